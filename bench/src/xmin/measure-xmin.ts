import { Client } from 'pg';
import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { spread } from '../statistics.js';
import { startProduct } from '../throughput/product.js';
import { playRound } from '../throughput/round.js';
import { runSampled, type Thirds } from '../throughput/run-sampled.js';

/** Longer than a round of throughput: a decline takes time to show. */
const longer = 3;

/** Whether a long transaction elsewhere, which keeps Postgres from forgetting dead rows, slows planning and delivery down. */
export async function measureXmin(bench: Bench): Promise<SuiteResult> {
  const { options } = bench;
  const count = options.count * longer;
  bench.say(`xmin: preparing ${count} users with encrypted tokens`);
  const product = await startProduct(bench, count);
  try {
    await product.renew();
    if (options.warmUp > 0) await playRound(bench, product, Math.min(options.warmUp, count));
    const free: Thirds[] = [];
    const held: Thirds[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      free.push(await runSampled(bench, product, count));
      held.push(await whileHeld(product.url, () => runSampled(bench, product, count)));
      const [without, within] = [free.at(-1), held.at(-1)].map(
        (thirds) => `${Math.round(thirds?.first ?? 0)}/s → ${Math.round(thirds?.last ?? 0)}/s`,
      );
      bench.say(`xmin: round ${round}/${options.rounds}, first → last third: ${without} free, ${within} held`);
    }
    return {
      figures: [...figures('free', 'no long transaction', free), ...figures('held', 'a REPEATABLE READ transaction held open', held)],
      details: { count, free, held },
    };
  } finally {
    await product.stop();
  }
}

function figures(id: string, when: string, runs: readonly Thirds[]): Figure[] {
  const kept = spread(runs.map(({ first, last }) => (100 * last) / first));
  return [
    {
      id: `xmin.${id}.first`,
      what: `Delivered with ${when}: first third`,
      unit: '/s',
      value: spread(runs.map(({ first }) => first)),
      target: null,
    },
    {
      id: `xmin.${id}.last`,
      what: `Delivered with ${when}: last third`,
      unit: '/s',
      value: spread(runs.map(({ last }) => last)),
      target: null,
    },
    {
      id: `xmin.${id}.kept`,
      what: `Last : first third with ${when}`,
      unit: '%',
      value: kept,
      target: id === 'held' ? { atLeast: 90 } : null,
    },
  ];
}

/** Holds a snapshot that is older than everything `work` does. */
async function whileHeld<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'bench: long transaction' });
  // It goes when the server is stopped in an interrupted run.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read');
    await client.query('select count(*) from push.projects');
    return await work();
  } finally {
    await client.end();
  }
}
