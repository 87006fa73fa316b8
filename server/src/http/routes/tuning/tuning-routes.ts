import { z } from 'zod';
import { tuningSchema } from '../../../performance/tuning-values.js';
import { actorOf } from '../../caller.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { reason, reasonBody, time, wholeNumberText } from '../../schemas.js';

const values = z.record(z.string(), z.unknown());
const step = z.object({
  id: z.int(),
  at: time,
  actor: z.string(),
  reason: z.string(),
  before: values,
  after: values,
  measurements: values.nullable().meta({ description: 'What the controller went by; null: an operator set it' }),
});
const tuned = z.object({ slots: z.int(), chunkSize: z.int(), claimSize: z.int() });
const cache = z.object({ ttl: z.int(), maxSize: z.int(), enabled: z.boolean() });
const force = tuned.extend({
  controller: z.boolean(),
  caches: z.object({ notifications: cache, settings: cache, tokens: cache }),
});

/** What is tuned while the system runs. */
export function tuningRoutes({ notificationPerformanceOptimizer: optimizer }: HttpParts): Route[] {
  return [
    route({
      method: 'GET',
      url: '/v1/tuning',
      access: ['operate'],
      tag: 'Tuning',
      summary: 'Slots, chunk size, caches: what is in force, what is set, and what changed and why',
      query: z.strictObject({ steps: wholeNumberText(0, 1000).default(20) }),
      answers: { 200: z.object({ inForce: force, set: tuningSchema, history: z.array(step) }) },
      handle: ({ query }) => optimizer.overview(query.steps),
    }),
    route({
      method: 'PATCH',
      url: '/v1/tuning',
      access: ['operate'],
      tag: 'Tuning',
      summary: 'Change some of it; null: as the environment says',
      description: 'Fields that are left out stay as they are. In force in every process within about a second.',
      body: tuningSchema.partial().extend({ reason }),
      answers: { 200: tuningSchema },
      handle: ({ caller, body: { reason: why, ...change } }) => optimizer.change(change, { actor: actorOf(caller), reason: why }),
    }),
    route({
      method: 'POST',
      url: '/v1/tuning/adjust',
      access: ['operate'],
      tag: 'Tuning',
      summary: 'One step of the controller now, also while it is off',
      body: reasonBody,
      answers: {
        200: z.object({ changed: z.boolean(), reason: z.string(), before: tuned, after: tuned, measurements: values }),
      },
      handle: ({ caller, body }) => optimizer.adjustConfigBasedOnPerformance({ actor: actorOf(caller), reason: body.reason }),
    }),
    route({
      method: 'GET',
      url: '/v1/performance',
      access: ['operate'],
      tag: 'Tuning',
      summary: 'How the system performs: response times, caches, queue, processes',
      answers: {
        200: z.looseObject({
          at: time,
          averageResponseTime: z.number().nullable(),
          cacheHitRate: z.number().nullable(),
          queueDepth: z.number(),
          throughput: z.number(),
        }),
      },
      handle: () => optimizer.getPerformanceMetrics(),
    }),
  ];
}
