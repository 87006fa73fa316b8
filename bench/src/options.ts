import { parseArgs } from 'node:util';
import { type PeerName, peerNames } from './peers/peer.js';

export const suiteNames = [
  'throughput',
  'bounds',
  'scaling',
  'latency',
  'intake',
  'memory',
  'backlog',
  'history',
  'features',
  'xmin',
  'tuning',
] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface Options {
  readonly suites: readonly SuiteName[];
  /** Notifications in a round. */
  readonly count: number;
  readonly rounds: number;
  /** Notifications that everyone sends in new processes before what is timed; 0: none, so that rounds are cold. */
  readonly warmUp: number;
  readonly peers: readonly PeerName[];
  /** Whether they were named: one that can't be measured here is a failure then, else a note. */
  readonly peersAskedFor: boolean;
  /** Notifications that wait when a worker starts. */
  readonly backlog: readonly number[];
  /** Deliveries of the past 30 days that lie in the tables. */
  readonly history: number;
  /** Users of the large broadcasts. */
  readonly recipients: number;
  /** Folder above the `bin` of another Postgres; null: the packaged one. */
  readonly postgres: string | null;
  /** File for the JSON; null: `bench/results/<date>-<kind>.json`. */
  readonly json: string | null;
  /** Throughput without the peer, with what each statement cost. */
  readonly productOnly: boolean;
  /** Folder for a CPU profile of the worker; null: none. */
  readonly profile: string | null;
  /** Small sizes, to see that everything works: no figures to rely on. */
  readonly quick: boolean;
  /** Keeps the result as the reference and puts its table into docs/performance.md. */
  readonly writeDocs: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export const help = `Usage: npm run bench -- [options]

Measures Todoku on this machine: a Postgres, a simulator and every contestant in processes of their own, which end with the run.

  --only LIST       of ${suiteNames.join(',')}; default: all of them
  --count N         notifications in a round of throughput, bounds, scaling, history, features, xmin and tuning (default 200000)
  --rounds N        rounds of each measurement (default 5); medians are shown with the lowest and highest
  --warm-up N       notifications that everyone sends in new processes before each timed round (default 20000); 0: rounds are cold
  --peers LIST      of ${peerNames.join(',')}; default: all of them that can run here, with a note of those that can't
  --recipients N    users of the large broadcasts of latency and memory (default 1000000)
  --backlog LIST    sizes of the backlog suite (default 10000,100000,1000000), up to 100000000
  --history N       deliveries of the past in the tables of the history suite (default 5000000)
  --postgres DIR    a Postgres installation (the folder above its bin), or "embedded" (default)
  --json FILE       where the JSON goes (default bench/results/<date>-<kind>.json)
  --product-only    throughput without the peer, and what each SQL statement cost
  --profile DIR     with throughput: a CPU profile of the worker in this folder
  --quick           small sizes and one round: shows that everything works; the figures mean nothing
  --write-docs      keep the result in bench/results/reference.json and in the table of docs/performance.md
  --help            this text

Exit codes: 0 measured (whether or not targets are met), 1 failed, 2 wrong arguments, 130 interrupted.
`;

const full = {
  count: 200_000,
  rounds: 5,
  warmUp: 20_000,
  recipients: 1_000_000,
  backlog: [10_000, 100_000, 1_000_000],
  history: 5_000_000,
};
const small = { count: 10_000, rounds: 1, warmUp: 1_000, recipients: 20_000, backlog: [1_000, 10_000], history: 20_000 };
const most = 100_000_000;

export function parseOptions(args: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({ args: [...args], strict: true, options: flags });
    if (values.help) return { kind: 'help' };
    const sizes = values.quick ? small : full;
    const options: Options = {
      suites: values.only === undefined ? suiteNames : namesOf('--only', values.only, suiteNames),
      count: wholeNumber('--count', values.count, sizes.count, 100),
      rounds: wholeNumber('--rounds', values.rounds, sizes.rounds, 1),
      warmUp: wholeNumber('--warm-up', values['warm-up'], sizes.warmUp, 0),
      peers: values.peers === undefined ? peerNames : namesOf('--peers', values.peers, peerNames),
      peersAskedFor: values.peers !== undefined,
      backlog: values.backlog === undefined ? sizes.backlog : sizesOf('--backlog', values.backlog),
      history: wholeNumber('--history', values.history, sizes.history, 1_000),
      recipients: wholeNumber('--recipients', values.recipients, sizes.recipients, 100),
      postgres: values.postgres === undefined || values.postgres === 'embedded' ? null : values.postgres,
      json: values.json ?? null,
      productOnly: values['product-only'],
      profile: values.profile ?? null,
      quick: values.quick,
      writeDocs: values['write-docs'],
    };
    if (options.writeDocs && (options.quick || options.productOnly)) {
      throw new Error('--write-docs keeps figures to rely on: not with --quick or --product-only');
    }
    return { kind: 'run', options };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
}

const flags = {
  only: { type: 'string' },
  count: { type: 'string' },
  rounds: { type: 'string' },
  'warm-up': { type: 'string' },
  peers: { type: 'string' },
  backlog: { type: 'string' },
  history: { type: 'string' },
  recipients: { type: 'string' },
  postgres: { type: 'string' },
  json: { type: 'string' },
  profile: { type: 'string' },
  'product-only': { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  'write-docs': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** In the order in which they are measured. */
function namesOf<Name extends string>(flag: string, text: string, names: readonly Name[]): Name[] {
  const asked = text.split(',').map((name) => name.trim());
  const stranger = asked.find((name) => !(names as readonly string[]).includes(name));
  if (stranger !== undefined) throw new Error(`${flag}: "${stranger}" is none of ${names.join(', ')}`);
  return names.filter((name) => asked.includes(name));
}

function sizesOf(flag: string, text: string): number[] {
  return text.split(',').map((size) => wholeNumber(flag, size.trim(), 0, 100));
}

function wholeNumber(flag: string, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
    throw new Error(`${flag} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}
