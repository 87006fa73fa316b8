import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';

let db: TestDatabase;
const heard: string[] = [];
const clients: Client[] = [];

beforeEach(async () => {
  db = await testDatabase();
  heard.length = 0;
  for (const channel of ['todoku_outbox', 'end'])
    await db.admin.listen(
      channel,
      () => heard.push(channel),
      () => undefined,
    );
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  await db.close();
});

async function session(): Promise<Client> {
  const client = new Client(db.url);
  clients.push(client);
  await client.connect();
  return client;
}

const row = "insert into notifications (user_id, type, title) values ($1, 'reminder', 'Hello')";
const insert = (client: Client) => client.query(row, [randomUUID()]);

/** What was heard since the last question: notifications come in the order of their commits. */
async function heardUntilNow(): Promise<string[]> {
  await db.admin.query('notify "end"');
  await vi.waitFor(() => expect(heard.at(-1)).toBe('end'));
  return heard.splice(0).slice(0, -1);
}

describe('the wake-up', () => {
  it('comes with the commit of an insert, once for a transaction of many', async () => {
    const one = await session();
    await one.query('begin');
    for (let i = 0; i < 20; i++) await insert(one);
    expect(await heardUntilNow()).toEqual([]);
    await one.query('commit');
    expect(await heardUntilNow()).toEqual(['todoku_outbox']);
  });

  it('is not held up by another transaction that has inserted and stays open', async () => {
    const [long, short] = [await session(), await session()];
    await long.query('begin');
    await insert(long);
    await insert(short);
    expect(await heardUntilNow()).toEqual(['todoku_outbox']);
    await long.query('rollback');
  });

  it('does not come for what was rolled back, whole or to a savepoint', async () => {
    const one = await session();
    await one.query('begin');
    await one.query('savepoint s');
    await insert(one);
    await one.query('rollback to s');
    await one.query('commit');
    await one.query('begin');
    await insert(one);
    await one.query('rollback');
    expect(await heardUntilNow()).toEqual([]);
  });

  it('comes for what is taken in again, and for what an app inserts under its own role', async () => {
    const one = await session();
    await one.query('alter table notifications disable trigger notification_push_trigger');
    await insert(one);
    await one.query('alter table notifications enable trigger notification_push_trigger');
    expect(await heardUntilNow()).toEqual([]);
    await db.database.query("select push.catch_up(now() - interval '1 hour', now() + interval '1 hour')");
    expect(await heardUntilNow()).toEqual(['todoku_outbox']);
    await one.query('set role service_role');
    await insert(one);
    expect(await heardUntilNow()).toEqual(['todoku_outbox']);
  });
});
