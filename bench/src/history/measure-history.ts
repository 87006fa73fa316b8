import { readLedger } from '@todoku/server/monitoring/ledger.js';
import type { Bench } from '../bench.js';
import type { Figure, SuiteResult, Unit } from '../figures.js';
import { type Latencies, sendSingles } from '../latency/singles.js';
import { untilSettled } from '../setup/broadcast.js';
import { createProductDatabase, type ProductDatabase } from '../setup/product-database.js';
import { quantile, spread } from '../statistics.js';
import type { Round } from '../throughput/contestant.js';
import { tellRound } from '../throughput/costs.js';
import { playRound } from '../throughput/round.js';
import { fillHistory } from './fill-history.js';
import { type Kept, productThatKeeps } from './product-that-keeps.js';

/** One of the two databases and what was seen on it. */
interface Side {
  readonly id: 'empty' | 'full';
  readonly when: string;
  readonly database: ProductDatabase;
  readonly product: Kept;
  readonly rounds: Round[];
  /** Rows a second, of the inserts of each round. */
  readonly intake: number[];
  readonly idle: Latencies[];
}

/** Latencies of an idle system, shared out among the rounds. */
const singles = { full: 500, quick: 50 };

/**
 * Whether a month of history in the tables makes intake or sending slower: two databases in one Postgres, one with history and one without,
 * in turn, because minutes apart a shared machine is another one.
 */
export async function measureHistory(bench: Bench): Promise<SuiteResult> {
  const { count, warmUp, history, rounds } = bench.options;
  const users = Math.max(count, warmUp);
  bench.say(`history: preparing twice ${users} users with encrypted tokens`);
  const sides: Side[] = [];
  try {
    sides.push(await open(bench, 'empty', 'empty tables', users));
    sides.push(await open(bench, 'full', `${history.toLocaleString('en-US')} notifications of the past`, users));
    const [, full] = sides;
    if (full === undefined) throw new Error('a side is missing');
    bench.say(`history: laying down ${history} notifications of the past with what they left`);
    await fillHistory(bench, full.database, history);
    const [size] = await full.database.admin.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
    for (let round = 1; round <= rounds; round += 1) {
      for (const side of round % 2 === 1 ? sides : sides.toReversed()) await playSide(bench, side, round);
    }
    return {
      figures: sides.flatMap(figures),
      details: {
        databaseBytes: Number(size?.bytes),
        ...Object.fromEntries(sides.map(({ id, rounds: played, intake, idle }) => [id, { rounds: played, intake, idle }])),
      },
    };
  } finally {
    for (const { product } of sides) await product.stop();
  }
}

async function open(bench: Bench, id: Side['id'], when: string, users: number): Promise<Side> {
  const database = await createProductDatabase(bench.postgres, `history_${id}`, users);
  return { id, when, database, product: productThatKeeps(bench, database), rounds: [], intake: [], idle: [] };
}

/** New processes, warmed up; then what is timed; then single notifications, while nothing else is on its way. */
async function playSide(bench: Bench, { when, database, product, rounds, intake, idle }: Side, round: number): Promise<void> {
  const { count, warmUp, quick, rounds: all } = bench.options;
  await product.renew();
  if (warmUp > 0) await playRound(bench, product, warmUp);
  const played = await playRound(bench, product, count);
  rounds.push(played);
  intake.push(product.rowsPerSecond());
  tellRound(bench, `history: round ${round}/${all} with ${when}: in ${Math.round(product.rowsPerSecond())}/s, out`, played);
  await database.admin.query('truncate push.user_recent');
  await bench.simulator.reset();
  const before = (await readLedger(database.admin)).rows[0]?.accepted ?? 0;
  for (const process of product.processes()) await process.ask('start');
  const several = Math.ceil((quick ? singles.quick : singles.full) / all);
  idle.push(await sendSingles(bench, database, { name: `${round}`, type: 'reminder', users: database.users.slice(0, several) }));
  await untilSettled(database, before + several);
  await product.rest();
}

function figures({ id, when, rounds, intake, idle }: Side): Figure[] {
  const figure = (name: string, what: string, unit: Unit, values: readonly number[]): Figure => ({
    id: `history.${id}.${name}`,
    what,
    unit,
    value: spread(values),
    target: null,
  });
  const each = (seconds: (round: Round) => number): number[] => rounds.map((round) => (seconds(round) * 1e6) / round.count);
  const latencies = idle.flatMap(({ fromCommit }) => fromCommit);
  const latency = `Commit → provider request, idle, ${when}`;
  return [
    figure('intake', `Intake by SQL, 10,000 rows a statement, ${when}`, '/s', intake),
    figure(
      'rate',
      `Committed rows → recorded outcomes, ${when}`,
      '/s',
      rounds.map(({ perSecond }) => perSecond),
    ),
    figure(
      'cpu.sender',
      `CPU of its worker a notification, ${when}`,
      'µs',
      each(({ cpu }) => cpu.sender),
    ),
    figure(
      'cpu.database',
      `CPU of Postgres a notification, ${when}`,
      'µs',
      each(({ cpu }) => cpu.database),
    ),
    figure('median', `${latency}: median`, 'ms', [quantile(latencies, 0.5)]),
    figure('p99', `${latency}: p99`, 'ms', [quantile(latencies, 0.99)]),
  ];
}
