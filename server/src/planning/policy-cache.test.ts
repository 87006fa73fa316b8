import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Queryable } from '../database/database.js';
import { PolicyCache } from './policy-cache.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const setAttempts = (n: number): Promise<unknown> => db.admin.query('update push.policy set max_attempts = $1', [n]);

/** Asks the database, and fails while `broken`. */
class Asked implements Queryable {
  times = 0;
  broken = false;
  query: Queryable['query'] = (sql, params) => {
    this.times++;
    return this.broken ? Promise.reject(new Error('away')) : db.database.query(sql, params);
  };
  rows: Queryable['rows'] = (sql, params) => db.database.rows(sql, params);
}

it('is read anew beside the work past half of its age, and nobody waits for it', async () => {
  let now = 0;
  const asked = new Asked();
  const cache = new PolicyCache(asked, () => now, 1000);
  await setAttempts(3);
  expect((await cache.get()).maxAttempts).toBe(3);
  const once = asked.times;
  now = 400;
  expect((await cache.get()).maxAttempts).toBe(3);
  expect(asked.times).toBe(once);
  await setAttempts(4);
  now = 600;
  expect((await cache.get()).maxAttempts).toBe(3);
  await vi.waitFor(async () => expect((await cache.get()).maxAttempts).toBe(4));
  expect(asked.times).toBe(2 * once);
});

it('is never older than it may be: past its age whoever needs it waits, and hears when it cannot be read', async () => {
  let now = 0;
  const asked = new Asked();
  const cache = new PolicyCache(asked, () => now, 1000);
  await setAttempts(5);
  await cache.get();
  await setAttempts(6);
  asked.broken = true;
  now = 700;
  expect((await cache.get()).maxAttempts).toBe(5);
  now = 1001;
  await expect(cache.get()).rejects.toThrow('away');
  asked.broken = false;
  expect((await cache.get()).maxAttempts).toBe(6);
});
