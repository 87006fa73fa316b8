import { z } from 'zod';
import { reportPeriods } from '../../../monitoring/reports/report-period.js';
import { totalNames } from '../../../monitoring/reports/report-types.js';
import { time } from '../../schemas.js';

const texts = z.object({ en: z.string(), ja: z.string() });
const share = z.number().nullable().meta({ description: '0 … 1; null: no data' });
const reason = z.object({ reason: z.string(), n: z.number(), before: z.number() });
const forecast = z.looseObject({
  kind: z.enum(['reached_on', 'reached', 'not_growing', 'beyond_two_years', 'no_limit', 'not_enough_data']),
});

export const reportAnswer = z
  .object({
    period: z.enum(reportPeriods),
    zone: z.string(),
    firstDay: z.string(),
    lastDay: z.string(),
    from: time,
    to: time,
    before: z.object({ from: time, to: time }),
    complete: z.boolean().meta({ description: 'false: the last day is not over' }),
    madeAt: time,
    countedSince: time.nullable().meta({ description: 'When counting began, if the period before is not known whole' }),
    verdict: z.enum(['good', 'attention', 'no_data']),
    figures: z.array(
      z.looseObject({ name: z.string(), value: share, before: share, samples: z.number(), status: z.enum(['met', 'missed', 'no_data']) }),
    ),
    totals: z.array(z.object({ name: z.enum(totalNames), n: z.number(), before: z.number() })),
    course: z.looseObject({ step: z.enum(['hour', 'day']), steps: z.array(z.looseObject({ from: time, accepted: z.number() })) }),
    errors: z.looseObject({
      total: z.number(),
      before: z.number(),
      byType: z.array(z.looseObject({ code: z.string(), count: z.number(), before: z.number(), advice: texts })),
    }),
    engagement: z.object({
      byType: z.array(z.looseObject({ type: z.string(), accepted: z.number(), engaged: z.number(), rate: share, rateBefore: share })),
      byHour: z.array(z.object({ hour: z.int(), accepted: z.number(), engaged: z.number() })),
    }),
    notSent: z.object({ suppressed: z.array(reason), held: z.array(reason), heldNow: z.number() }),
    tokens: z.array(z.looseObject({ platform: z.string(), active: z.number(), lost: z.number(), lostShare: share })),
    incidents: z.looseObject({ total: z.number(), before: z.number(), listed: z.array(z.looseObject({ id: z.int(), rule: z.string() })) }),
    stops: z.array(z.looseObject({ kind: z.enum(['pause', 'emergency', 'pushes_off']), from: time, until: time.nullable() })),
    slowestHours: z.array(z.object({ from: time, averageMs: z.number(), sent: z.number() })),
    capacity: z.looseObject({
      weeks: z.array(z.object({ lastDay: z.string(), accepted: z.number() })),
      growthPerWeek: z.number().nullable(),
      projects: z.array(
        z.looseObject({ project: z.string(), budget: z.number().nullable(), busiestHour: share, busiestMinute: share, forecast }),
      ),
      storage: z.looseObject({
        databaseBytes: z.number(),
        bytesPerDay: z.number().nullable(),
        limitBytes: z.number().nullable(),
        forecast,
      }),
    }),
    ledger: z.looseObject({ unaccounted: z.number(), proofs: z.number() }),
  })
  .meta({ id: 'Report', description: 'Counts without a unit are notifications or deliveries, durations milliseconds' });
