import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const never = (): void => expect.unreachable('not told to happen');
const notify = (channel: string, payload: string) => db.admin.query('select pg_notify($1, $2)', [channel, payload]);
const listeners = /* sql */ `select pid from pg_stat_activity where datname = current_database() and query ilike '%listen %' and pid <> pg_backend_pid()`;

it('hears its channels only, each subscriber its own', async () => {
  const heard: string[] = [];
  const one = await db.database.listen('one', (payload) => heard.push(`one ${payload}`), never);
  const two = await db.database.listen('Two "quoted"', (payload) => heard.push(`two ${payload}`), never);
  await notify('other', 'x');
  await notify('one', 'a');
  await notify('Two "quoted"', '');
  await vi.waitFor(() => expect(heard).toEqual(['one a', 'two ']));
  await one.close();
  await notify('one', 'unheard');
  await notify('Two "quoted"', 'b');
  await vi.waitFor(() => expect(heard).toEqual(['one a', 'two ', 'two b']));
  await two.close();
});

it('comes back after its connection was killed, and says so', async () => {
  const heard: string[] = [];
  const back = vi.fn();
  const subscription = await db.database.listen('wake', (payload) => heard.push(payload), back);
  for (const round of [1, 2]) {
    await db.admin.query(`select pg_terminate_backend(pid) from (${listeners}) as listening`);
    await vi.waitFor(() => expect(back).toHaveBeenCalledTimes(round), { timeout: 10_000 });
    await notify('wake', String(round));
    await vi.waitFor(() => expect(heard.at(-1)).toBe(String(round)));
  }
  await subscription.close();
});

it('uses one connection for all', async () => {
  const all = await Promise.all(['a', 'b', 'c'].map((channel) => db.database.listen(channel, never, never)));
  expect(await db.admin.query(listeners)).toHaveLength(1);
  for (const subscription of all) await subscription.close();
});
