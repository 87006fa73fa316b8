import { z } from 'zod';
import { readLedger } from '../../../monitoring/ledger.js';
import { instant } from '../../../notifications/instant.js';
import { given } from '../../given.js';
import type { HttpParts } from '../../http-parts.js';
import { type Route, route } from '../../route.js';
import { time } from '../../schemas.js';

const counts = z.record(z.string(), z.int());

const row = z.object({
  hour: time.nullable(),
  broadcastId: z.int().nullable(),
  accepted: z.int(),
  outbox: z.int(),
  held: z.int(),
  suppressed: counts,
  planned: z.int(),
  deliveries: z.int(),
  queued: z.int(),
  delayed: z.int(),
  parked: z.int(),
  sending: z.int(),
  awaitingReceipt: z.int(),
  ended: counts,
  resentUnknown: z.int(),
  unaccounted: z.int().meta({ description: 'What the sums do not explain: 0, or something is wrong' }),
});

export function ledger({ database }: HttpParts): Route {
  return route({
    method: 'GET',
    url: '/v1/ledger',
    access: ['operate'],
    tag: 'System',
    summary: 'Where every accepted notification is',
    query: z.strictObject({
      by: z.enum(['total', 'hour', 'broadcast']).default('total'),
      since: instant.optional(),
      broadcastId: z
        .string()
        .regex(/^[1-9]\d{0,14}$/, 'must be a number')
        .transform(Number)
        .optional(),
    }),
    answers: { 200: z.object({ at: time, by: z.string(), rows: z.array(row) }) },
    handle: ({ query }) => readLedger(database, given(query)),
  });
}
