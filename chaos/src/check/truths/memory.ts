import { Judgement, type TruthVerdict } from '../verdict.js';

/** How much memory one process had at one time. */
export interface MemorySample {
  readonly pid: number;
  readonly name: string;
  /** Monotonic ms. */
  readonly at: number;
  readonly rssBytes: number;
}

const megabyte = 1 << 20;
/** No process of the product may need more, whatever the backlog. */
const mostBytes = 700 * megabyte;
/** What a heap may drift without growing: garbage that was not collected yet, code that was compiled later. */
const driftBytes = 100 * megabyte;
/** Before this the process still loads and warms up. */
const warmUpMs = 10_000;
/** Fewer samples than this say nothing. */
const fewest = 12;

/** Truth 10: memory does not grow with the time that a process runs. */
export function judgeMemory(samples: readonly MemorySample[]): TruthVerdict {
  const judgement = new Judgement(10, 'Memory is flat');
  const byProcess = new Map<number, MemorySample[]>();
  for (const sample of samples) {
    const list = byProcess.get(sample.pid) ?? [];
    list.push(sample);
    byProcess.set(sample.pid, list);
  }
  for (const [pid, all] of byProcess) {
    const [first] = all;
    if (first === undefined) continue;
    const peak = Math.max(...all.map(({ rssBytes }) => rssBytes));
    judgement.examined(all.length);
    if (peak > mostBytes) judgement.found('too_much_memory', `${first.name} (${pid}): ${Math.round(peak / megabyte)} MiB`);
    const warm = all.filter(({ at }) => at - first.at >= warmUpMs);
    if (warm.length < fewest) continue;
    const third = Math.floor(warm.length / 3);
    const [early, late] = [median(warm.slice(0, third)), median(warm.slice(-third))];
    if (late > early * 1.5 + driftBytes) {
      judgement.found('memory_grows', `${first.name} (${pid}): from ${Math.round(early / megabyte)} to ${Math.round(late / megabyte)} MiB`);
    }
  }
  return judgement.verdict();
}

function median(samples: readonly MemorySample[]): number {
  const sorted = samples.map(({ rssBytes }) => rssBytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
