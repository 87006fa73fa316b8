import { describe, expect, it } from 'vitest';
import { forecast, lineThrough } from './forecast.js';

describe('lineThrough', () => {
  it('follows what lies on a line, and goes between what does not', () => {
    expect(lineThrough([10, 20, 30])).toEqual({ slope: 10, end: 30 });
    expect(lineThrough([5, 5, 5, 5])).toEqual({ slope: 0, end: 5 });
    expect(lineThrough([0, 10, 0])?.slope).toBe(0);
  });

  it('is not drawn through two points', () => {
    expect(lineThrough([1, 2])).toBeNull();
  });
});

describe('forecast', () => {
  const day = '2026-11-28';
  it.each([
    [
      { now: 40, perDay: 10, limit: 100 },
      { kind: 'reached_on', day: '2026-12-04' },
    ],
    [{ now: 100, perDay: 10, limit: 100 }, { kind: 'reached' }],
    [{ now: 40, perDay: 0, limit: 100 }, { kind: 'not_growing' }],
    [{ now: 40, perDay: -3, limit: 100 }, { kind: 'not_growing' }],
    [{ now: 40, perDay: 0.01, limit: 100 }, { kind: 'beyond_two_years' }],
    [{ now: 40, perDay: null, limit: 100 }, { kind: 'not_enough_data' }],
    [{ now: 40, perDay: 10, limit: null }, { kind: 'no_limit' }],
  ] as const)('%j', (given, expected) => {
    expect(forecast({ ...given, day })).toEqual(expected);
  });
});
