import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { readOutboxRows } from './outbox-rows.js';
import { takeOutboxWithContent } from './sql/take-outbox.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

it.each(['title', 'message', 'data', 'push'])('does not load content whose %s is far too big to be sent', async (column) => {
  const user = randomUUID();
  const big = Array.from({ length: 2000 }, () => randomUUID()).join();
  const value = column === 'data' || column === 'push' ? JSON.stringify({ big }) : big;
  await db.admin.query(`insert into notifications (user_id, type, title) values ($1, 'reminder', 'small')`, [user]);
  const columns = { title: 'big', [column]: value };
  const names = Object.keys(columns);
  await db.admin.query(
    `insert into notifications (user_id, type, ${names.join(', ')}) values ($1, 'reminder', ${names.map((_, i) => `$${i + 2}`).join(', ')})`,
    [user, ...Object.values(columns)],
  );
  const rows = await db.database.rows(takeOutboxWithContent, [1, 100, 100, 0, null]);
  const { items } = readOutboxRows(rows);
  expect(items.map(({ message }) => message?.title ?? null).sort()).toEqual([null, 'small'].sort());
  expect(Math.max(...items.map(({ payloadBytes }) => payloadBytes))).toBeGreaterThan(8192);
  expect(rows.flat().reduce((sum, text) => sum + (text?.length ?? 0), 0)).toBeLessThan(8192);
});
