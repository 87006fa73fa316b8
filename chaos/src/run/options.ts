import { parseArgs } from 'node:util';
import { FAILPOINTS } from './failpoint-deck.js';
import { FAULTS } from './which-faults.js';

export interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly only: readonly string[];
  /** Faults and failpoints that come before all others. */
  readonly first: readonly string[];
  readonly keep: boolean;
}

export interface Asked extends Options {
  /** The set of runs that a change has to pass, instead of one. */
  readonly ci: boolean;
  /** Only wants to be told what can be asked. */
  readonly help: boolean;
}

export const usage = `npm run chaos -- [--seed N] [--minutes M] [--only FAULT,...] [--first FAULT,...] [--keep]
npm run chaos -- --ci
  --seed     a whole number below 2^32; the same seed has the same schedule of faults
  --minutes  of load and faults (1); healing and judging come on top
  --only     these faults alone, and no failpoints; "failpoints" for those alone. Faults:
             ${FAULTS.join(' ')}
  --first    these faults and failpoints before all others
  --keep     leave the folder of a clean run, too
  --ci       a set of runs in which every fault and failpoint has to strike`;

/** Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[], newSeed: number): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      first: { type: 'string' },
      keep: { type: 'boolean' },
      ci: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const seed = values.seed === undefined ? newSeed : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new Error('--seed has to be a whole number below 2^32.');
  const minutes = Number(values.minutes ?? '1');
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes has to be above 0 and at most 1440.');
  const only = known('--only', values.only, [...FAULTS, 'failpoints']);
  const first = known('--first', values.first, [...FAULTS, ...FAILPOINTS]);
  return { seed, minutes, only, first, keep: values.keep ?? false, ci: values.ci ?? false, help: values.help ?? false };
}

function known(option: string, text: string | undefined, names: readonly string[]): string[] {
  const given = text?.split(',') ?? [];
  const unknown = given.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`${option}: there is no fault ${unknown.join(', ')}.`);
  return given;
}

export function replayOf({ seed, minutes, only, first }: Options): string {
  const lists = Object.entries({ only, first }).flatMap(([name, faults]) => (faults.length > 0 ? [` --${name} ${faults.join(',')}`] : []));
  return `npm run chaos -- --seed ${seed} --minutes ${minutes}${lists.join('')}`;
}
