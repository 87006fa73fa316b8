import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { connectDatabase } from './connect-database.js';
import type { Queryable } from './database.js';
import { DatabaseError } from './database-error.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query('create table public.things (id int primary key, n int not null)');
  await db.admin.query('grant all on public.things to todoku_worker');
});
afterAll(() => db.close());

const add = (id: number) => `insert into public.things values (${id}, 0)`;
const has = async (id: number): Promise<boolean> => (await db.admin.query('select from public.things where id = $1', [id])).length === 1;

it('commits what it resolves to', async () => {
  expect(await db.database.transaction((tx) => tx.query(`${add(1)} returning id`))).toEqual([{ id: 1 }]);
  expect(await has(1)).toBe(true);
});

it('rolls back and hands on what the work throws', async () => {
  const own = new Error('own');
  const work = db.database.transaction(async (tx) => {
    await tx.query(add(2));
    throw own;
  });
  await expect(work).rejects.toBe(own);
  expect(await has(2)).toBe(false);
});

it('does not pass for committed when the work swallowed a failed statement', async () => {
  const work = db.database.transaction(async (tx) => {
    await tx.query(add(3));
    await tx.query('select 1 / 0').catch(() => undefined);
  });
  await expect(work).rejects.toMatchObject({ code: '25P02' });
  expect(await has(3)).toBe(false);
});

it('sends statements started side by side in turn', async () => {
  const both = await db.database.transaction((tx) => Promise.all([tx.query('select 1 as n'), tx.rows('select 2')]));
  expect(both).toEqual([[{ n: 1 }], [['2']]]);
});

it('refuses statements after its end', async () => {
  let kept: Queryable | undefined;
  await db.database.transaction(async (tx) => {
    kept = tx;
  });
  await expect(kept?.query('select 1')).rejects.toThrow('has ended');
});

it('repeats the loser of a deadlock until both are done', async () => {
  await db.database.query(`${add(10)}, (11, 0)`);
  // Both hold their first row before either asks for its second, in the first round only.
  let holders = 0;
  let bothHold: () => void = () => undefined;
  const holding = new Promise<void>((resolve) => {
    bothHold = resolve;
  });
  let rounds = 0;
  const crossing = (first: number, second: number): Promise<void> =>
    db.database.transaction(async (tx) => {
      rounds += 1;
      await tx.query('update public.things set n = n + 1 where id = $1', [first]);
      holders += 1;
      if (holders === 2) bothHold();
      await holding;
      await tx.query('update public.things set n = n + 1 where id = $1', [second]);
    });
  await Promise.all([crossing(10, 11), crossing(11, 10)]);
  expect(rounds).toBeGreaterThan(2);
  expect(await db.admin.query('select n from public.things where id in (10, 11)')).toEqual([{ n: 2 }, { n: 2 }]);
});

it('stops repeating after the given number', async () => {
  let rounds = 0;
  const work = db.database.transaction(
    async (tx) => {
      rounds += 1;
      await tx.query(`do $$ begin raise exception using errcode = '40001'; end $$`);
    },
    { retries: 2 },
  );
  await expect(work).rejects.toBeInstanceOf(DatabaseError);
  expect(rounds).toBe(3);
});

it('never lends a connection again that Postgres ended because its process stood still before the commit', async () => {
  const alone = connectDatabase({ url: db.url, maxConnections: 1, applicationName: 'test', log: silentLogger });
  try {
    const work = alone.transaction(async (tx) => {
      await tx.query("select set_config('idle_in_transaction_session_timeout', '50', true)");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    });
    await expect(work).rejects.toBeInstanceOf(DatabaseError);
    expect(await alone.query('select 1 as n')).toEqual([{ n: 1 }]);
  } finally {
    await alone.close();
  }
});
