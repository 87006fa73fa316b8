import { createHash } from 'node:crypto';

const records = 2000;
const repeats = 20;
const tries = 5;

/**
 * Milliseconds that a fixed piece of work takes one processor just now, the best of a few tries. On a machine shared with others the same work can cost
 * half as much again an hour later, in microseconds of processor time as well: what the yardstick tells of before and after a suite, its figures share.
 */
export function yardstickMs(): number {
  return Math.round(Math.min(...Array.from({ length: tries }, measureOnce)) * 10) / 10;
}

/** The kind of work that a worker does: rows into objects, objects into JSON, and a digest. */
function measureOnce(): number {
  const start = performance.now();
  const digest = createHash('sha256');
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const rows = Array.from({ length: records }, (_, i) => ({
      id: `${repeat}-${i}`,
      title: 'a title of some length',
      at: i * 1000,
      tags: ['a', 'b'],
    }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    const read = JSON.parse(JSON.stringify([...byId.values()])) as unknown[];
    digest.update(JSON.stringify(read));
  }
  digest.digest();
  return performance.now() - start;
}
