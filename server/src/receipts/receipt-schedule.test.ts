import { expect, it } from 'vitest';
import { GIVE_UP_SECONDS, nextReceiptDelay } from './receipt-schedule.js';

it.each([0, 0.5, 0.999])('asks for the last time when tickets are given up, within a day, whatever the jitter (%d)', (jitter) => {
  const asked: number[] = [];
  let age = 15 * 60;
  for (let tries = 0; age < GIVE_UP_SECONDS; tries++) {
    asked.push(age);
    age += nextReceiptDelay(tries, age, () => jitter);
  }
  expect(age).toBe(GIVE_UP_SECONDS);
  expect(asked.length).toBeGreaterThan(8);
  for (const [i, at] of asked.entries()) expect((asked[i + 1] ?? age) - at).toBeLessThanOrEqual(4.4 * 3600);
});

it('never waits less than a second, also for what is overdue', () => {
  expect(nextReceiptDelay(3, GIVE_UP_SECONDS + 100, () => 0)).toBe(1);
});
