import { z } from 'zod';
import { comparisons } from '../../../monitoring/alerts/alert-types.js';
import { routeNames } from '../../../monitoring/alerts/route-directory.js';
import { newRuleSchema, ruleNameSchema } from '../../../monitoring/alerts/rule-input.js';
import { severities } from '../../../monitoring/alerts/severity.js';
import { time } from '../../schemas.js';

const acknowledged = {
  acknowledgedAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedNote: z.string().nullable(),
};

const activeAlert = z.object({
  id: z.int().nullable().meta({ description: 'By which it is acknowledged; null while it is pending' }),
  rule: z.string(),
  subject: z.string().meta({ description: 'Empty: the whole system' }),
  state: z.enum(['pending', 'firing']),
  severity: z.enum(severities),
  since: time.meta({ description: 'In this state' }),
  value: z.number().nullable().meta({ description: 'The latest reading; null: no data' }),
  noDataSince: time.nullable(),
  figure: z.string(),
  comparison: z.enum(comparisons),
  threshold: z.number(),
  clearThreshold: z.number(),
  summaryEn: z.string(),
  summaryJa: z.string(),
  runbook: z.string().meta({ description: 'Page and anchor in docs/manual/<language>/' }),
  command: z.string().meta({ description: 'The first one to run' }),
  ...acknowledged,
  silencedUntil: time.nullable(),
});

export const episode = z.object({
  id: z.int(),
  rule: z.string(),
  subject: z.string(),
  severity: z.enum(severities),
  figure: z.string(),
  comparison: z.enum(comparisons),
  threshold: z.number(),
  breachedAt: time,
  firedAt: time,
  resolvedAt: time.nullable(),
  resolvedWhy: z.enum(['cleared', 'gone', 'disabled', 'removed']).nullable(),
  valueFired: z.number().nullable(),
  valueWorst: z.number().nullable(),
  toldAt: time.nullable().meta({ description: 'null: nobody was told, because a silence covered it' }),
  ...acknowledged,
});

export const silenceAnswer = z.object({
  id: z.int(),
  rule: z.string().nullable(),
  subject: z.string().nullable(),
  startsAt: time,
  until: time,
  createdBy: z.string(),
  reason: z.string(),
});

export const ruleAnswer = z.object({
  ...newRuleSchema.shape,
  figure: z.string(),
  clearThreshold: z.number(),
  summaryEn: z.string(),
  summaryJa: z.string(),
  name: ruleNameSchema,
  shipped: z.boolean().meta({ description: 'It came with the system: it can be switched off, not removed' }),
  updatedAt: time,
});

export const ruleParams = z.strictObject({ name: ruleNameSchema });
export const routeParams = z.strictObject({ route: z.enum(routeNames) });

export const overview = z.object({
  at: time,
  alerts: z.array(activeAlert),
  silences: z.array(silenceAnswer),
  routes: z.array(z.object({ route: z.enum(routeNames), minSeverity: z.enum(severities), target: z.string() })),
  undelivered: z
    .array(z.object({ route: z.string(), waiting: z.int(), failed: z.int(), oldest: time, error: z.string().nullable() }))
    .meta({ description: 'What could not be told: being tried again, and given up within the last hour' }),
  evaluatedAt: time.nullable(),
  evaluatedBy: z.string().nullable(),
  stale: z.boolean().meta({ description: 'The rules were not evaluated for a minute: what is shown is old' }),
  heartbeatAt: time.nullable(),
  heartbeatError: z.string().nullable(),
});
