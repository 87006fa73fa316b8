import { z } from 'zod';
import { NotificationErrorHandler } from '../../../monitoring/errors/notification-error-handler.js';
import { healthCheck } from '../../../monitoring/health/health-check.js';
import { NotificationMonitoringManager } from '../../../monitoring/notification-monitoring-manager.js';
import { instant } from '../../../notifications/instant.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';

const target = z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })]).nullable();
const texts = z.object({ en: z.string(), ja: z.string() });
const unit = z.enum(['share', 'ms', 'count', 'flag']);
const part = z.object({ status: z.enum(['ok', 'failed']), detail: texts, durationMs: z.number() });

/** How the system is. */
export function monitoringRoutes({ database, providers }: HttpParts): Route[] {
  const manager = new NotificationMonitoringManager(database);
  const errors = new NotificationErrorHandler(database);
  return [
    route({
      method: 'GET',
      url: '/v1/health',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'Whether all is well, and what is not',
      answers: {
        200: z.object({
          status: z.enum(['healthy', 'degraded', 'unhealthy']),
          at: time,
          issues: z.array(
            z.object({
              figure: z.string(),
              subject: z.string(),
              severity: z.enum(['critical', 'warning']),
              value: z.number(),
              target,
              message: texts,
            }),
          ),
          checks: z.record(
            z.string(),
            z.object({ status: z.enum(['ok', 'problem', 'no_data']), unit, target, value: z.number().nullable() }),
          ),
          activeAlerts: z.int(),
        }),
      },
      handle: () => manager.getSystemHealth(),
    }),
    route({
      method: 'GET',
      url: '/v1/health/parts',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'Looks at database, push service, queue and caches; sends nothing to any device',
      description: 'Answers within about five seconds, whatever is wrong.',
      answers: {
        200: z.object({
          status: z.enum(['healthy', 'unhealthy']),
          checks: z.object({ database: part, pushService: part, queueService: part, cacheService: part }),
          timestamp: z.string(),
        }),
      },
      handle: () => healthCheck({ database, providers }),
    }),
    route({
      method: 'GET',
      url: '/v1/metrics',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'The key figures, with targets and windows',
      answers: {
        200: z.looseObject({
          at: time,
          deliverySuccessRate: z.number().nullable(),
          averageDeliveryTime: z.number().nullable(),
          errorRate: z.number().nullable(),
          userEngagementRate: z.number().nullable(),
          tokenInvalidationRate: z.number().nullable(),
          queueSize: z.number().nullable(),
          figures: z.array(
            z.looseObject({ name: z.string(), subject: z.string(), value: z.number().nullable(), unit, target, meetsTarget: z.boolean() }),
          ),
        }),
      },
      handle: () => manager.getCurrentMetrics(),
    }),
    route({
      method: 'GET',
      url: '/v1/errors',
      access: ['operate'],
      tag: 'Monitoring',
      summary: 'What went wrong with deliveries, how often, and what to do about it',
      query: z.strictObject({
        since: instant.optional().meta({ description: 'A day ago when absent; minutes are kept for a hundred days' }),
      }),
      answers: {
        200: z.looseObject({
          at: time,
          since: time,
          total: z.int(),
          rate: z.number().nullable(),
          errorsByType: z.record(z.string(), z.int()),
          byProvider: z.record(z.string(), z.int()),
          errors: z.array(
            z.looseObject({ code: z.string(), provider: z.string(), count: z.int(), firstSeen: time, lastSeen: time, advice: texts }),
          ),
          trend: z.array(z.object({ from: time, errors: z.int(), sent: z.int() })),
        }),
      },
      handle: ({ query: { since } }) => errors.getErrorStats(since === undefined ? {} : { since }),
    }),
  ];
}
