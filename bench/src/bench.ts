import type { Options } from './options.js';
import type { Processes } from './processes/processes.js';
import type { Postgres } from './setup/postgres.js';
import type { Simulator } from './setup/simulator.js';

/** What every suite works with. */
export interface Bench {
  readonly options: Options;
  readonly postgres: Postgres;
  /** Without a rate limit; reset it before use. */
  readonly simulator: Simulator;
  readonly processes: Processes;
  /** Tells whoever waits how far it is. */
  say(line: string): void;
}

/** No measurement takes longer on a machine that is worth measuring. */
export const timeLimitMs = 900_000;
