import { parseArgs } from 'node:util';
import { FAULTS } from './schedule.js';

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly only: readonly string[];
  readonly keep: boolean;
}

export const usage = `npm run chaos -- [--seed N] [--minutes M] [--only FAULT,...] [--keep]
  --seed     a whole number below 2^32; the same seed has the same schedule of faults
  --minutes  of load and faults (1); healing and judging come on top
  --only     these faults alone, and no failpoints; "failpoints" for those alone. Faults: ${FAULTS.join(' ')}
  --keep     leave the folder of a clean run, too`;

/** Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[], newSeed: number): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, minutes: { type: 'string' }, only: { type: 'string' }, keep: { type: 'boolean' } },
  });
  const seed = values.seed === undefined ? newSeed : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new Error('--seed has to be a whole number below 2^32.');
  const minutes = Number(values.minutes ?? '1');
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes has to be above 0 and at most 1440.');
  const only = values.only?.split(',') ?? [];
  const unknown = only.filter((name) => name !== 'failpoints' && !FAULTS.includes(name));
  if (unknown.length > 0) throw new Error(`--only: there is no fault ${unknown.join(', ')}.`);
  return { seed, minutes, only, keep: values.keep ?? false };
}

export const replayOf = ({ seed, minutes, only }: Options): string =>
  `npm run chaos -- --seed ${seed} --minutes ${minutes}${only.length > 0 ? ` --only ${only.join(',')}` : ''}`;
