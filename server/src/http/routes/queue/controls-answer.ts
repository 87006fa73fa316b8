import { z } from 'zod';
import { time } from '../../schemas.js';

/** The switches and who turned them. */
export const controlsAnswer = z.object({
  paused: z.boolean(),
  pausedAt: time.nullable(),
  pausedBy: z.string().nullable(),
  pausedReason: z.string().nullable(),
  emergency: z.boolean(),
  emergencyAt: time.nullable(),
  emergencyBy: z.string().nullable(),
  emergencyReason: z.string().nullable(),
  pushesEnabled: z.boolean(),
  updatedAt: time,
});
