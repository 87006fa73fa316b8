import { z } from 'zod';
import { laneNames } from './lane-names.js';

const rule = 'must be critical, default or bulk, or its number: 0, 1 or 2';
const number = z.union([z.literal(0), z.literal(1), z.literal(2)], rule);

/** A lane by its name, as people read it everywhere, or by its number, as it is stored and answered. */
export const laneSchema = z
  .union([number, z.enum(laneNames)], rule)
  .meta({ description: 'critical, default or bulk; or its number: 0, 1 or 2' })
  .transform((lane) => (typeof lane === 'number' ? lane : laneNames.indexOf(lane)))
  .pipe(number.meta({ description: '0 critical, 1 default, 2 bulk' }));
