import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Queryable } from '../database/database.js';
import { DeliveryNumbers } from './delivery-numbers.js';

/** The sequence, without its database. */
function blocks(): Queryable & { readonly drawn: () => number } {
  let last = 0;
  return {
    drawn: () => last / 1000,
    query: async () => [],
    rows: async (_sql, params) =>
      Array.from({ length: Number(params?.[0]) }, () => {
        last += 1000;
        return [String(last)];
      }),
  };
}

it('reserves enough for any notifications, whatever the tails of blocks leave unused, and gives no number twice', async () => {
  const runs = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(fc.array(runs, { maxLength: 4 }), async (batches) => {
      const database = blocks();
      const numbers = new DeliveryNumbers();
      const given = new Set<number>();
      for (const batch of batches) {
        await numbers.reserve(
          database,
          batch.reduce((sum, n) => sum + n, 0),
          Math.max(0, ...batch),
        );
        for (const count of batch) {
          const first = numbers.take(count);
          for (let i = 0; i < count; i++) given.add(first + i);
        }
      }
      expect(given.size).toBe(batches.flat().reduce((sum, n) => sum + n, 0));
    }),
  );
});

it('suffices for a batch whose every user has 60 devices', async () => {
  const numbers = new DeliveryNumbers();
  await numbers.reserve(blocks(), 2000 * 60, 60);
  for (let i = 0; i < 2000; i++) expect(numbers.take(60) % 1000).toBeLessThanOrEqual(940);
});

it('draws one block for a thousand single notifications', async () => {
  const database = blocks();
  const numbers = new DeliveryNumbers();
  for (let i = 0; i < 1000; i++) {
    await numbers.reserve(database, 1, 1);
    numbers.take(1);
  }
  expect(database.drawn()).toBeLessThanOrEqual(2);
});

it('draws anew after a failure: a server that crashed before the commit may give the same block to somebody else', async () => {
  const numbers = new DeliveryNumbers();
  const sequence = blocks();
  await numbers.reserve(sequence, 1500, 1);
  const first = numbers.take(1);
  numbers.forget();
  await numbers.reserve(sequence, 1, 1);
  expect(numbers.take(1)).toBeGreaterThan(first + 1999);
});
