import type { Bench } from '../bench.js';
import type { Figure, SuiteResult, Target } from '../figures.js';
import { cancelBroadcast, startBroadcast, untilSettled, untilTaken } from '../setup/broadcast.js';
import { createProductDatabase, emptyProduct, type ProductDatabase } from '../setup/product-database.js';
import { startWorkerProcess } from '../setup/worker-process.js';
import { quantile, spread } from '../statistics.js';
import { type Latencies, sendSingles } from './singles.js';

/** A broadcast is in full flow when this share of it has been sent, and nearly over at the other. */
const inFlow = 0.02;
const nearlyOver = 0.9;
/** Expo's rate for a project: so long until a limited broadcast is in flow. */
const limitedInFlow = 600;

/** From commit to provider request: while nothing else happens, and in the critical lane while a large broadcast runs. */
export async function measureLatency(bench: Bench): Promise<SuiteResult> {
  const { recipients, quick } = bench.options;
  const singles = quick ? 50 : 500;
  bench.say(`latency: preparing ${recipients} users with encrypted tokens`);
  const database = await createProductDatabase(bench.postgres, 'latency', recipients);
  try {
    const users = database.users.slice(0, singles);
    const idle = await whileIdle(bench, database, users);
    const { critical, broadcast } = await underBroadcast(bench, database, users);
    const limited = await underLimitedBroadcast(bench, database, users);
    return {
      figures: [
        figure('idle.median', 'Commit → provider request, idle: median', quantile(idle.fromCommit, 0.5), { atMost: 10 }),
        figure('idle.p99', 'Commit → provider request, idle: p99', quantile(idle.fromCommit, 0.99), { atMost: 50 }),
        figure('idle.insert.median', 'Insert sent → provider request, idle: median', quantile(idle.fromInsert, 0.5), null),
        figure(
          'critical.median',
          'Commit → provider request, critical lane under a broadcast: median',
          quantile(critical.fromCommit, 0.5),
          null,
        ),
        figure('critical.p99', 'Commit → provider request, critical lane under a broadcast: p99', quantile(critical.fromCommit, 0.99), {
          atMost: 250,
        }),
        figure('limited.p99', 'Commit → provider request, critical, the limit of 600/s kept: p99', quantile(limited.fromCommit, 0.99), {
          atMost: 250,
        }),
        {
          id: 'latency.broadcast',
          what: `Broadcast to ${recipients.toLocaleString('en-US')} beside them, start → all outcomes`,
          unit: '/s',
          value: spread([broadcast]),
          target: null,
        },
      ],
      details: { idle, critical, limited },
    };
  } finally {
    await database.close();
  }
}

const figure = (id: string, what: string, value: number, target: Target | null): Figure => ({
  id: `latency.${id}`,
  what,
  unit: 'ms',
  value: spread([value]),
  target,
});

async function whileIdle(bench: Bench, database: ProductDatabase, users: readonly string[]): Promise<Latencies> {
  const worker = await startWorkerProcess(bench, database.url);
  try {
    await bench.simulator.reset();
    await worker.ask('start');
    // Not counted: connections open and code is compiled.
    await sendSingles(bench, database, { name: 'warm-up', type: 'reminder', users: users.slice(0, 30) });
    await bench.simulator.reset();
    bench.say(`latency: ${users.length} single notifications while idle`);
    const latencies = await sendSingles(bench, database, { name: 'idle', type: 'reminder', users });
    await untilSettled(database, null);
    return latencies;
  } finally {
    await worker.stop();
  }
}

async function underBroadcast(
  bench: Bench,
  database: ProductDatabase,
  users: readonly string[],
): Promise<{ readonly critical: Latencies; readonly broadcast: number }> {
  const { recipients } = bench.options;
  const worker = await startAnew(bench, database, false);
  try {
    const start = performance.now();
    await startBroadcast(database, null);
    await untilTaken(bench, recipients * inFlow);
    bench.say(`latency: critical notifications while ${recipients} users get a broadcast`);
    const enough = async (): Promise<boolean> => (await bench.simulator.stats()).accepted >= recipients * nearlyOver;
    const critical = await sendSingles(bench, database, { name: 'critical', type: 'critical', users, enough });
    await untilSettled(database, recipients + critical.fromCommit.length);
    const broadcast = recipients / ((performance.now() - start) / 1000);
    bench.say(`latency: ${critical.fromCommit.length} critical ones; the broadcast ran at ${Math.round(broadcast)}/s`);
    return { critical, broadcast };
  } finally {
    await worker.stop();
  }
}

/** As in production: the broadcast would take long, so it is cancelled when enough was seen. */
async function underLimitedBroadcast(bench: Bench, database: ProductDatabase, users: readonly string[]): Promise<Latencies> {
  const worker = await startAnew(bench, database, true);
  try {
    const id = await startBroadcast(database, null);
    await untilTaken(bench, limitedInFlow);
    bench.say('latency: the same with the limit of 600 recipients a second kept');
    const latencies = await sendSingles(bench, database, { name: 'limited', type: 'critical', users });
    await cancelBroadcast(database, id);
    await untilSettled(database, null);
    return latencies;
  } finally {
    await worker.stop();
  }
}

async function startAnew(bench: Bench, database: ProductDatabase, rateLimit: boolean) {
  await emptyProduct(database);
  await database.admin.query('checkpoint');
  const worker = await startWorkerProcess(bench, database.url, { rateLimit });
  await bench.simulator.reset();
  await worker.ask('start');
  return worker;
}
