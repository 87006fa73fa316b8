import { type Bench, timeLimitMs } from '../bench.js';
import { until } from '../wait.js';
import type { Contestant } from './contestant.js';

const sampleMs = 100;

interface Sample {
  readonly seconds: number;
  readonly taken: number;
}

/** What the provider was sent a second, in the first and the last third of a run. */
export interface Thirds {
  readonly first: number;
  readonly last: number;
  readonly seconds: number;
  readonly samples: readonly Sample[];
}

/** One checked round, watched by what the simulator has taken. */
export async function runSampled(bench: Bench, product: Contestant, count: number): Promise<Thirds> {
  await product.prepare(count);
  await bench.simulator.reset();
  const samples: Sample[] = [];
  const start = performance.now();
  const working = product.run(count).then(() => (performance.now() - start) / 1000);
  const watching = until(
    async () => {
      const { accepted } = await bench.simulator.stats();
      samples.push({ seconds: (performance.now() - start) / 1000, taken: accepted });
      return accepted >= count;
    },
    sampleMs,
    timeLimitMs,
  );
  const [seconds] = await Promise.all([working, watching]);
  await product.check(count);
  return { ...thirdsOf(samples, count), seconds, samples };
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
