import { expect, it } from 'vitest';
import { median, quantile, spread } from './statistics.js';

it('takes the nearest rank for a quantile', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

it('takes the middle, or the mean of the two middle ones, for a median', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 100])).toBe(3);
});

it('keeps every value beside the median', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, values: [3, 1, 2] });
});
