import { expect, it } from 'vitest';
import { IdlePace } from './idle-pace.js';

it('sleeps longer the longer nothing came', () => {
  let now = 0;
  const pace = new IdlePace(() => now, 1000);
  expect(pace.next()).toBe(1000);
  pace.worked();
  expect([pace.next(), pace.next(), pace.next(), pace.next(), pace.next()]).toEqual([10, 20, 40, 50, 50]);
  now = 5001;
  expect(pace.next()).toBe(250);
  now = 60_001;
  expect(pace.next()).toBe(1000);
  pace.worked();
  expect(pace.next()).toBe(10);
});

it('never sleeps longer than it may in the calm', () => {
  let now = 0;
  const pace = new IdlePace(() => now, 100);
  pace.worked();
  now = 10_000;
  expect(pace.next()).toBe(100);
});
