import { beforeEach, expect, it } from 'vitest';
import { CallerLimits } from './caller-limits.js';

let now = 0;
let limits: CallerLimits;
beforeEach(() => {
  now = 5_000;
  limits = new CallerLimits({ monotonic: () => now });
});

const passed = (act: () => void, times: number): number => {
  let n = 0;
  for (let i = 0; i < times; i += 1) {
    try {
      act();
      n += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    }
  }
  return n;
};

it('lets a user do much at once, then so much a second, and nobody else waits for her', () => {
  expect(passed(() => limits.noteUser('a'), 150)).toBe(100);
  now += 1_000;
  expect(passed(() => limits.noteUser('a'), 50)).toBe(10);
  expect(passed(() => limits.noteUser('b'), 50)).toBe(50);
  now += 3_600_000;
  expect(passed(() => limits.noteUser('a'), 150)).toBe(100);
});

it('limits wrong credentials by address', () => {
  expect(passed(() => limits.noteFailure('192.0.2.1'), 150)).toBe(100);
  expect(passed(() => limits.noteFailure('192.0.2.2'), 1)).toBe(1);
  now += 1_000;
  expect(passed(() => limits.noteFailure('192.0.2.1'), 50)).toBe(20);
});
