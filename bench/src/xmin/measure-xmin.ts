import { Client } from 'pg';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { spread } from '../statistics.js';
import type { Contestant } from '../throughput/contestant.js';
import { startProduct } from '../throughput/product.js';
import { until } from '../wait.js';

/** Longer than a round of throughput: a decline takes time to show. */
const longer = 3;
const sampleMs = 100;

interface Sample {
  readonly seconds: number;
  readonly taken: number;
}

/** What the provider was sent a second, in the first and the last third of a run. */
interface Thirds {
  readonly first: number;
  readonly last: number;
  readonly samples: readonly Sample[];
}

/** Whether a long transaction elsewhere, which keeps Postgres from forgetting dead rows, slows planning and delivery down. */
export async function measureXmin(bench: Bench): Promise<SuiteResult> {
  const { options } = bench;
  const count = options.count * longer;
  bench.say(`xmin: preparing ${count} users with encrypted tokens`);
  const product = await startProduct(bench, count);
  try {
    const free: Thirds[] = [];
    const held: Thirds[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      free.push(await run(bench, product, count));
      held.push(await whileHeld(product.url, () => run(bench, product, count)));
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

async function run(bench: Bench, product: Contestant, count: number): Promise<Thirds> {
  await product.prepare(count);
  await bench.simulator.reset();
  const samples: Sample[] = [];
  const start = performance.now();
  const working = product.run(count);
  const watching = until(
    async () => {
      const { accepted } = await bench.simulator.stats();
      samples.push({ seconds: (performance.now() - start) / 1000, taken: accepted });
      return accepted >= count;
    },
    sampleMs,
    timeLimitMs,
  );
  await Promise.all([working, watching]);
  await product.check(count);
  return { ...thirdsOf(samples, count), samples };
}

function thirdsOf(samples: readonly Sample[], count: number): { readonly first: number; readonly last: number } {
  const third = count / 3;
  const begun = samples.findLast(({ taken }) => taken === 0)?.seconds ?? 0;
  return {
    first: third / (whenTaken(samples, third) - begun),
    last: third / (whenTaken(samples, count) - whenTaken(samples, count - third)),
  };
}

/** Seconds at which so many had been sent, between two samples in proportion. */
function whenTaken(samples: readonly Sample[], taken: number): number {
  const at = samples.findIndex((sample) => sample.taken >= taken);
  const after = samples[at];
  if (after === undefined) return Number.NaN;
  const before = samples[at - 1] ?? { seconds: 0, taken: 0 };
  return before.seconds + ((taken - before.taken) / (after.taken - before.taken)) * (after.seconds - before.seconds);
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
