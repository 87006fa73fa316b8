import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messagesTo, send, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';
import { RateWindow } from './rate-window.js';
import { TokenBucket } from './token-bucket.js';

const start = simulators();

describe('the largest amount in any second', () => {
  it('is what a search over all windows finds', () => {
    const arrival = fc.record({ gap: fc.integer({ min: 0, max: 700 }), amount: fc.integer({ min: 1, max: 100 }) });
    fc.assert(
      fc.property(fc.array(arrival, { minLength: 1, maxLength: 600 }), (arrivals) => {
        const window = new RateWindow();
        let now = 0;
        const seen = arrivals.map(({ gap, amount }) => {
          now += gap;
          window.add(now, amount);
          return { at: now, amount };
        });
        const sums = seen.map(({ at }) =>
          seen.filter((one) => one.at > at - 1000 && one.at <= at).reduce((sum, one) => sum + one.amount, 0),
        );
        expect(window.largest).toBe(Math.max(...sums));
      }),
      { numRuns: 50 },
    );
  });

  it('stays right when a second holds more than the ring did', () => {
    const window = new RateWindow();
    for (let n = 0; n < 5000; n += 1) window.add(n / 10, 1);
    for (let n = 0; n < 500; n += 1) window.add(10_000 + n, 1);
    expect(window.largest).toBe(5000);
  });

  it('is counted for each project and for what was offered', async () => {
    const { url, control } = await start({ rate: 100 });
    control.setToken(token('b'), { project: '@owner/b' });
    await send(url, messagesTo(100));
    await send(url, messagesTo(50));
    await send(url, [{ to: token('b') }]);
    control.advance(1000);
    await send(url, messagesTo(60));
    expect(control.stats()).toMatchObject({
      offered: 211,
      accepted: 161,
      refusals: { 429: 1 },
      maxAcceptedPerSecond: 101,
      maxOfferedPerSecond: 151,
      maxAcceptedPerSecondByProject: { '@todoku/sandbox': 100, '@owner/b': 1 },
    });
  });
});

describe('a bucket', () => {
  it('never holds more than its burst, and fills at its rate', () => {
    const bucket = new TokenBucket(600, 100, 0);
    expect(bucket.has(101, 60_000)).toBe(false);
    expect(bucket.has(100, 60_000)).toBe(true);
    bucket.take(100);
    expect(bucket.has(1, 60_000)).toBe(false);
    expect(bucket.has(60, 60_100)).toBe(true);
    expect(bucket.has(61, 60_100)).toBe(false);
  });
});

it('counts requests under way at once', async () => {
  const { url, control } = await start();
  control.addFault({ kind: 'accept_then_hang', times: 4 });
  const giveUp = new AbortController();
  const calls = Array.from({ length: 4 }, () => send(url, messagesTo(1), { signal: giveUp.signal }).catch(() => undefined));
  await expect.poll(() => control.stats().accepted).toBe(4);
  giveUp.abort();
  await Promise.all(calls);
  expect(control.stats()).toMatchObject({ maxConcurrency: 4, maxConnections: 4 });
});
