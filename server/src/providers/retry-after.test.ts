import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.js';

const now = new Date('2026-11-05T10:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['999999999999999', 3_600_000],
    ['Thu, 05 Nov 2026 10:00:30 GMT', 30_000],
    ['Thu, 05 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 05 Nov 2027 10:00:00 GMT', 3_600_000],
    ['-5', null],
    ['1.5', null],
    ['1e9', null],
    ['0x10', null],
    ['9'.repeat(400), null],
    ['soon', null],
    ['Thu, 99 Nov 2026 10:00:30 GMT', null],
    ['', null],
    [null, null],
    [undefined, null],
    [['7'], null],
  ])('reads %j as %j ms', (header, wait) => {
    expect(parseRetryAfter(header, now)).toBe(wait);
  });

  it('gives 0 … 1 hour or nothing for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const wait = parseRetryAfter(header, now);
          return wait === null || (Number.isInteger(wait) && wait >= 0 && wait <= 3_600_000);
        },
      ),
    );
  });
});
