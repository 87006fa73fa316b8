import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Loaded, UserCache } from './user-cache.js';

const config = { ttl: 60_000, maxSize: 3, enabled: true };
const user = randomUUID();
let cache: UserCache<number>;
beforeEach(() => {
  cache = new UserCache<number>(config);
  cache.turn(true);
});

/** Answers 1, 2, 3 …, one more each time it is asked. */
function counting(freshMs: number | null = null) {
  let n = 0;
  return vi.fn(async (): Promise<Loaded<number>> => ({ value: ++n, freshMs }));
}

it('reads once, until it is told to forget', async () => {
  const load = counting();
  expect([await cache.get(user, '', load), await cache.get(user, '', load)]).toEqual([1, 1]);
  cache.forget(user);
  expect(await cache.get(user, '', load)).toBe(2);
  expect(cache.stats()).toEqual({ hits: 1, misses: 2, evictions: 0, size: 1 });
});

it('reads once for many who ask at the same time', async () => {
  const load = counting();
  expect(await Promise.all([1, 2, 3].map(() => cache.get(user, '', load)))).toEqual([1, 1, 1]);
  expect(load).toHaveBeenCalledOnce();
});

it('does not keep what was changed while it was being read', async () => {
  let answer = (_: Loaded<number>): void => undefined;
  const slow = cache.get(user, '', () => new Promise((resolve) => (answer = resolve)));
  cache.forget(user);
  const after = counting();
  const fresh = await cache.get(user, '', async () => ({ value: 20, freshMs: null }));
  answer({ value: 10, freshMs: null });
  expect([await slow, fresh, await cache.get(user, '', after)]).toEqual([10, 20, 20]);
  expect(after).not.toHaveBeenCalled();
});

it('keeps nothing of a reading that failed', async () => {
  await expect(cache.get(user, '', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await cache.get(user, '', counting())).toBe(1);
});

it('reads again for another scope, and for another user whose key is the same', async () => {
  const load = counting();
  await cache.get(user, 'as herself', load);
  expect(await cache.get(user, 'as somebody else', load)).toBe(2);
  expect(await cache.get(`ffffffff-ffff-4fff-bfff-ffff${user.slice(-8)}`, 'as somebody else', load)).toBe(3);
});

it('keeps nothing that is true no longer, and counts what had to make room', async () => {
  const load = counting(0);
  expect([await cache.get(user, '', load), await cache.get(user, '', load)]).toEqual([1, 2]);
  for (let i = 0; i < 5; i++) await cache.get(randomUUID(), '', counting());
  expect(cache.stats()).toMatchObject({ size: 3, evictions: 2 });
});

it('passes every question on while it is off or not wanted', async () => {
  const load = counting();
  cache.configure({ ...config, enabled: false });
  expect([await cache.get(user, '', load), await cache.get(user, '', load)]).toEqual([1, 2]);
  cache.configure(config);
  cache.turn(false);
  expect([await cache.get(user, '', load), await cache.get(user, '', load)]).toEqual([3, 4]);
  expect(cache.stats()).toMatchObject({ hits: 0, size: 0 });
});

it('begins empty when it is configured anew, and not when nothing differs', async () => {
  const load = counting();
  await cache.get(user, '', load);
  cache.configure({ ...config });
  expect(await cache.get(user, '', load)).toBe(1);
  cache.configure({ ...config, ttl: 30_000 });
  expect(await cache.get(user, '', load)).toBe(2);
});
