import { readLedger } from '@todoku/server/monitoring/ledger.js';
import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { type Latencies, sendSingles } from '../latency/singles.js';
import { untilSettled, untilTaken } from '../setup/broadcast.js';
import { createProductDatabase, emptyProduct, insertNotifications, type ProductDatabase, settle } from '../setup/product-database.js';
import { startWorkerProcess } from '../setup/worker-process.js';
import { quantile, spread } from '../statistics.js';
import { fillHistory } from './fill-history.js';

/** Latency and rate with these tables. */
interface Measured {
  readonly idle: Latencies;
  readonly rates: readonly number[];
}

/** Whether a month of history in the tables makes sending slower: the same measurements with empty tables and with full ones. */
export async function measureHistory(bench: Bench): Promise<SuiteResult> {
  const { count, history } = bench.options;
  bench.say(`history: preparing ${count} users with encrypted tokens`);
  const database = await createProductDatabase(bench.postgres, 'history', count);
  try {
    const empty = await measure(bench, database, 'empty');
    await emptyProduct(database);
    bench.say(`history: laying down ${history} notifications of the past with what they left`);
    await fillHistory(bench, database, history);
    const [size] = await database.admin.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
    const full = await measure(bench, database, 'full');
    const rows = history.toLocaleString('en-US');
    return {
      figures: [...figures('empty', 'empty tables', empty), ...figures('full', `${rows} notifications of the past`, full)],
      details: { empty, full, databaseBytes: Number(size?.bytes) },
    };
  } finally {
    await database.close();
  }
}

/** Nothing is emptied here: the history must stay. Only what would hold the same texts back as repeated is forgotten. */
async function measure(bench: Bench, database: ProductDatabase, name: string): Promise<Measured> {
  const { count, rounds, warmUp, quick } = bench.options;
  const worker = await startWorkerProcess(bench, database.url);
  try {
    await worker.ask('start');
    if (warmUp > 0) await sendMany(bench, database, Math.min(warmUp, count));
    const rates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      rates.push(await sendMany(bench, database, count));
      bench.say(`history: round ${round}/${rounds} with ${name} tables: ${Math.round(rates.at(-1) ?? 0)}/s`);
    }
    await bench.simulator.reset();
    await database.admin.query('truncate push.user_recent');
    const idle = await sendSingles(bench, database, { name, type: 'reminder', users: database.users.slice(0, quick ? 50 : 500) });
    await untilSettled(database, null);
    return { idle, rates };
  } finally {
    await worker.stop();
  }
}

/** Notifications a second, their commits included: the worker is not stopped meanwhile. */
async function sendMany(bench: Bench, database: ProductDatabase, count: number): Promise<number> {
  const { admin } = database;
  await admin.query('truncate push.user_recent');
  await settle(admin, ['push.outbox', 'push.chunks']);
  await bench.simulator.reset();
  const before = await accepted(database);
  const start = performance.now();
  await insertNotifications(database, count);
  await untilTaken(bench, count);
  await untilSettled(database, before + count);
  const seconds = (performance.now() - start) / 1000;
  const stats = await bench.simulator.stats();
  if (stats.accepted !== count) throw new Error(`the simulator took ${stats.accepted} of ${count}`);
  return count / seconds;
}

async function accepted({ admin }: ProductDatabase): Promise<number> {
  return (await readLedger(admin)).rows[0]?.accepted ?? 0;
}

function figures(id: string, when: string, { idle, rates }: Measured): Figure[] {
  const latency = (name: string, what: string, share: number): Figure => ({
    id: `history.${id}.${name}`,
    what: `Commit → provider request, idle, ${when}: ${what}`,
    unit: 'ms',
    value: spread([quantile(idle.fromCommit, share)]),
    target: null,
  });
  return [
    {
      id: `history.${id}.rate`,
      what: `Inserted, planned, sent and recorded, ${when}`,
      unit: '/s',
      value: spread(rates),
      target: null,
    },
    latency('median', 'median', 0.5),
    latency('p99', 'p99', 0.99),
  ];
}
