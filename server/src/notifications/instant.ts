import { z } from 'zod';
import { isStorableTime, storableYears } from '../clock/storable-time.js';

/** ISO 8601 with Z or an offset: a time without one would mean another instant on every machine. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time as in 2026-08-01T09:00:00+09:00, with Z or an offset' })
  .transform((text) => new Date(text))
  .refine(isStorableTime, `must be in the years ${storableYears}`);
