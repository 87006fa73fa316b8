import { describe, expect, it } from 'vitest';
import { clockOf } from './render-parts.js';

describe('clockOf', () => {
  const time = clockOf('Asia/Tokyo');

  it('shows an instant on the clock of the zone', () => {
    expect(time(new Date('2026-07-31T22:00:12Z'))).toBe('2026-08-01 07:00:12');
  });

  it.each([
    // As the driver gives 'infinity' and what is later than a Date can be.
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [new Date(Number.NaN), 'Invalid Date'],
  ])('shows %s as it is read, and does not fail', (at, shown) => {
    expect(time(at as Date)).toBe(shown);
  });
});
