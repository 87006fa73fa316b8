import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { startBroadcast, untilSettled } from '../setup/broadcast.js';
import { createProductDatabase, emptyProduct, type ProductDatabase } from '../setup/product-database.js';
import { startWorkerProcess } from '../setup/worker-process.js';
import { spread } from '../statistics.js';
import { peakMemory } from './peak-memory.js';

const few = 10_000;
const megabyte = 1e6;

/** Most resident memory of a worker of its own while it carries out a broadcast: to few, and to very many. */
export async function measureMemory(bench: Bench): Promise<SuiteResult> {
  const { recipients } = bench.options;
  bench.say(`memory: preparing ${recipients} users with encrypted tokens`);
  const database = await createProductDatabase(bench.postgres, 'memory', recipients);
  try {
    const small = await peakDuring(bench, database, Math.min(few, recipients));
    const large = await peakDuring(bench, database, recipients);
    const figure = (id: string, users: number, bytes: number): Figure => ({
      id: `memory.${id}`,
      what: `Worker's peak resident memory, broadcast to ${users.toLocaleString('en-US')}`,
      unit: 'MB',
      value: spread([bytes / megabyte]),
      target: { atMost: 250 },
    });
    return {
      figures: [figure('small', Math.min(few, recipients), small), figure('large', recipients, large)],
      details: { source: process.platform === 'linux' ? 'VmHWM of /proc/<pid>/status' : 'ru_maxrss of the process' },
    };
  } finally {
    await database.close();
  }
}

async function peakDuring(bench: Bench, database: ProductDatabase, users: number): Promise<number> {
  await emptyProduct(database);
  await database.admin.query('checkpoint');
  const worker = await startWorkerProcess(bench, database.url);
  try {
    await worker.ask('start');
    await startBroadcast(database, users === database.users.length ? null : database.users.slice(0, users));
    await untilSettled(database, users);
    const peak = await peakMemory(worker);
    bench.say(`memory: ${(peak / megabyte).toFixed(0)} MB at ${users} recipients`);
    return peak;
  } finally {
    await worker.stop();
  }
}
