import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { peakMemory } from '../memory/peak-memory.js';
import { spread } from '../statistics.js';
import { startProduct } from '../throughput/product.js';
import { playRound } from '../throughput/round.js';
import { runSampled, type Thirds } from '../throughput/run-sampled.js';

/** More notifications than users: some get several, each with other data. Fewer than the cap on pushes to one user in an hour. */
const mostUsers = 1_000_000;
const megabyte = 1e6;

interface Drained extends Thirds {
  readonly size: number;
  readonly perSecond: number;
  /** Bytes. */
  readonly peak: number;
}

/** Whether a worker that finds a large backlog is slower or larger than one that finds a small one. */
export async function measureBacklog(bench: Bench): Promise<SuiteResult> {
  const { backlog, warmUp } = bench.options;
  const users = Math.min(mostUsers, Math.max(warmUp, ...backlog));
  bench.say(`backlog: preparing ${users} users with encrypted tokens`);
  const product = await startProduct(bench, users);
  try {
    const drained: Drained[] = [];
    for (const size of backlog) {
      await product.renew();
      if (warmUp > 0) await playRound(bench, product, Math.min(warmUp, users));
      const thirds = await runSampled(bench, product, size);
      const [worker] = product.processes();
      if (worker === undefined) throw new Error('the worker is gone');
      drained.push({ ...thirds, size, perSecond: size / thirds.seconds, peak: await peakMemory(worker) });
      bench.say(`backlog: ${size} at ${Math.round(size / thirds.seconds)}/s, ${((drained.at(-1)?.peak ?? 0) / megabyte).toFixed(0)} MB`);
    }
    return { figures: drained.flatMap(figuresOf), details: { drained } };
  } finally {
    await product.stop();
  }
}

function figuresOf({ size, perSecond, first, last, peak }: Drained): Figure[] {
  const figure = (id: string, what: string, unit: Figure['unit'], value: number): Figure => ({
    id: `backlog.${size}.${id}`,
    what: `Backlog of ${size.toLocaleString('en-US')}: ${what}`,
    unit,
    value: spread([value]),
    target: null,
  });
  return [
    figure('rate', 'planned, sent and recorded', '/s', perSecond),
    figure('kept', 'last : first third', '%', (100 * last) / first),
    { ...figure('memory', "worker's peak resident memory", 'MB', peak / megabyte), target: { atMost: 250 } },
  ];
}
