import { describe, expect, it } from 'vitest';
import { quietHoursOf } from './settings-row.js';

describe('quietHoursOf', () => {
  it.each([
    ['22:00:00', '07:00:00', 1320, 420],
    ['00:00:00', '23:59:00', 0, 1439],
    ['22:00:30', '07:00:30', 1320, 421],
    ['22:00:59.999', '06:59:00.001', 1320, 420],
    ['22:00:00', '23:59:59.999999', 1320, 0],
    ['24:00:00', '24:00:00', 0, 0],
    ['22:00', '07:00', 1320, 420],
    ['', 'broken', 0, 0],
  ])('reads %s to %s as minutes %i to %i', (start, end, startMinute, endMinute) => {
    expect(quietHoursOf(start, end)).toEqual({ startMinute, endMinute });
  });
});
