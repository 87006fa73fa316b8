import type { Bench } from '../bench.js';
import { startGraphileWorker } from '../peers/graphile-worker.js';
import { type Spread, spread } from '../statistics.js';
import { playAlternating } from '../throughput/play-alternating.js';
import { startProduct } from '../throughput/product.js';

/** Small, so that a change can wait for it; both get enough of a warm-up to be past their compilers. */
export const guardSizes = { count: 30_000, warmUp: 10_000, rounds: 3 };

const lineId = 'graphile-worker.shared';
/** The peer's cost a job does not depend on its backlog, so that a small round says what a large one says. */
const way = { concurrency: 500, localQueue: 1000, perRequest: 100 };

export interface Verdict {
  /** Todoku : peer, round by round. */
  readonly ratio: Spread;
  readonly floor: number;
  readonly peer: string;
  readonly passed: boolean;
}

/**
 * Whether the product has become much slower, by no clock of its own: against a peer in the same minute on the same machine, which is slowed
 * by the same neighbours. The floor lies below every ratio seen on a machine at work, so that only a real loss passes under it.
 */
export async function guard(bench: Bench, floor: number): Promise<Verdict> {
  const product = await startProduct(bench, Math.max(bench.options.count, bench.options.warmUp));
  const peer = await startGraphileWorker(bench);
  try {
    const line = peer.lines.find(({ id }) => id === lineId);
    if (line === undefined) throw new Error(`the peer has no line ${lineId}`);
    const [ours, theirs] = await playAlternating(bench, 'guard', [product, peer.driven(line, way)]);
    const ratio = spread((ours?.rounds ?? []).map(({ perSecond }, i) => perSecond / (theirs?.rounds[i]?.perSecond ?? Number.NaN)));
    return { ratio, floor, peer: line.title, passed: ratio.median >= floor };
  } finally {
    await product.stop();
    await peer.stop();
  }
}
