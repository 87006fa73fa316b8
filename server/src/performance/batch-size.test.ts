import fc from 'fast-check';
import { expect, it } from 'vitest';
import { optimalBatchSize } from './batch-size.js';

it.each([
  ['a long queue', 100_000, 200, 0, 100],
  ['a short queue on an idle system', 600, 200, 0, 50],
  ['the same on a busy one', 600, 200, 0.9, 100],
  ['an empty queue', 0, 0, 0, 20],
  ['requests near their deadline', 100_000, 20_000, 0, 50],
  ['requests beyond it', 100_000, 1e9, 0, 10],
  ['nothing that is known', Number.NaN, Number.NaN, Number.NaN, 100],
])('%s', (_what, queue, time, load, size) => {
  expect(optimalBatchSize(queue, time, load)).toBe(size);
});

it('is a whole number that a request may have, grows with the queue and shrinks with the time, whatever it is given', () => {
  const number = fc.double();
  fc.assert(
    fc.property(number, number, number, (queue, time, load) => {
      const size = optimalBatchSize(queue, time, load);
      expect(Number.isInteger(size) && size >= 10 && size <= 100).toBe(true);
      expect(optimalBatchSize(queue * 2, time, load)).toBeGreaterThanOrEqual(queue > 0 ? size : 10);
      expect(optimalBatchSize(queue, Math.abs(time) * 2, load)).toBeLessThanOrEqual(optimalBatchSize(queue, Math.abs(time), load));
    }),
  );
});
