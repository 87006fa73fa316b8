import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { DatabaseError } from '../database/database-error.js';
import { ControlsCache } from './controls-cache.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

it('asks the database once a second, and at once after it was told to forget', async () => {
  let now = 0;
  let asked = 0;
  const counted = {
    ...db.database,
    query: <Row extends object>(...args: Parameters<typeof db.database.query>) => {
      asked++;
      return db.database.query<Row>(...args);
    },
  };
  const cache = new ControlsCache(counted, () => now);
  await Promise.all([cache.get(), cache.get()]);
  now = 999;
  expect((await cache.get()).pushesEnabled).toBe(true);
  expect(asked).toBe(1);
  await db.admin.query('update push.controls set pushes_enabled = false');
  now = 1000;
  expect((await cache.get()).pushesEnabled).toBe(false);
  cache.forget();
  await cache.get();
  expect(asked).toBe(3);
});

it('does not remember that the database was away', async () => {
  let away = true;
  const query: typeof db.database.query = (...args) =>
    away ? Promise.reject(new DatabaseError('08006', 'gone')) : db.database.query(...args);
  const cache = new ControlsCache({ ...db.database, query }, () => 0);
  await expect(cache.get()).rejects.toMatchObject({ code: '08006' });
  away = false;
  await expect(cache.get()).resolves.toMatchObject({ paused: false });
});
