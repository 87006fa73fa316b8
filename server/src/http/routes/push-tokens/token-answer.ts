import { z } from 'zod';
import { time } from '../../schemas.js';

/** A device as people may see it: never the token. */
export const tokenAnswer = z.object({
  tokenId: z.uuid(),
  userId: z.uuid(),
  provider: z.string(),
  project: z.string(),
  platform: z.string(),
  state: z.enum(['active', 'quarantined', 'signed_out', 'invalid']),
  stateReason: z.string().nullable(),
  stateAt: time,
  deviceId: z.string().nullable(),
  appVersion: z.string().nullable(),
  locale: z.string().nullable(),
  registeredAt: time,
  createdAt: time,
  registerAgainAt: time.nullable().meta({ description: 'Not null: an operator asks the app to register this device again' }),
  masked: z.string().nullable().meta({ description: 'Enough of the token to recognise it' }),
});
