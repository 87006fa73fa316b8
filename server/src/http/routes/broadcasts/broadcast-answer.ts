import { z } from 'zod';
import { time } from '../../schemas.js';

export const broadcastAnswer = z.object({
  id: z.int(),
  state: z
    .enum(['draft', 'running', 'paused', 'cancelled', 'done'])
    .meta({ description: 'done: every row was made; whether all was sent, `progress` says' }),
  type: z.string(),
  title: z.string(),
  lane: z.int(),
  audience: z.looseObject({ kind: z.string() }),
  sendAt: time.nullable(),
  expiresAt: time.nullable(),
  estimate: z.int().nullable().meta({ description: 'Users counted when it was made or started' }),
  created: z.int().meta({ description: 'Notifications made so far' }),
  createdBy: z.string(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

const counts = z.record(z.string(), z.int());

export const progressAnswer = z.object({
  suppressed: counts,
  held: z.int(),
  planned: z.int(),
  deliveries: z.int(),
  waiting: z.int(),
  awaitingReceipt: z.int(),
  ended: counts,
  unaccounted: z.int(),
  percent: z.number(),
  perSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
