import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isAddedError } from '../../test/support/faults/added-errors.js';
import { Spine } from '../../test/support/spine.js';
import { beat } from '../workers/heartbeat.js';
import { type FigureName, figureDefinitions, type Reading } from './figures.js';
import { rollUpLedger } from './ledger.js';
import { readFigures } from './read-figures.js';
import { pruneMinutes, readFlows, rollUpTallies } from './tallies.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(async () => {
  await spine.close();
});

const read = async (): Promise<ReadonlyMap<FigureName, readonly Reading[]>> => (await readFigures(spine.database)).figures;
const whole = async (name: FigureName): Promise<Reading | undefined> => (await read()).get(name)?.[0];
const flowsOf = async (items: string[]) => await readFlows(spine.database, items, 3600);

test('an empty system has every figure, and no data where nothing happened', async () => {
  const figures = await read();
  expect([...figures.keys()].sort()).toEqual(figureDefinitions.map(({ name }) => name).sort());
  for (const name of [
    'delivery_success_rate',
    'error_rate',
    'average_delivery_ms',
    'engagement_rate',
    'token_invalidation_rate',
  ] as const) {
    expect(figures.get(name)).toMatchObject([{ subject: '', value: null }]);
  }
  for (const name of ['queue_waiting', 'oldest_item_age_ms', 'receipts_expiring', 'ledger_unaccounted'] as const) {
    expect(figures.get(name)).toEqual([{ subject: '', value: 0 }]);
  }
});

test('what was sent, failed and read is counted once, before and after it is rolled up', async () => {
  const users = await spine.users(40);
  const gone = users.slice(0, 10);
  for (const { tokens } of gone) for (const token of tokens) spine.simulator.control.setToken(token, { behaviour: 'dead_at_ticket' });
  await spine.worker();
  for (const { id } of users) await spine.notify(id);
  await spine.settles();
  await spine.admin.query("update push_tokens set state = 'quarantined', is_active = false, state_at = now() where user_id = any ($1)", [
    gone.map(({ id }) => id),
  ]);
  await spine.admin.query('update notifications set is_read = true where user_id = any ($1)', [users.slice(0, 20).map(({ id }) => id)]);
  await spine.admin.query('update notifications set opened_at = now() where user_id = any ($1)', [users.slice(10, 24).map(({ id }) => id)]);

  const expected = { delivery_success_rate: 0.75, engagement_rate: 0.6, token_invalidation_rate: 0.25 };
  const check = async (): Promise<void> => {
    const figures = await read();
    for (const [name, value] of Object.entries(expected))
      expect(figures.get(name as FigureName)?.[0]).toEqual({ subject: '', value, samples: 40 });
    expect(figures.get('error_rate')?.[0]?.value).toBeGreaterThan(0);
    expect(figures.get('average_delivery_ms')?.[0]?.value).toBeGreaterThan(0);
  };
  const items = ['accepted', 'engaged', 'sent', 'error:*', 'state:accepted_by_platform', 'state:failed'];
  const before = await flowsOf(items);
  await check();
  await Promise.all([rollUpLedger(spine.database, 3), rollUpTallies(spine.database, 2)]);
  expect(await flowsOf(items)).toEqual(before);
  while ((await rollUpLedger(spine.database, 50)) > 0);
  while ((await rollUpTallies(spine.database, 50)) > 0);
  expect(await flowsOf(items)).toEqual(before);
  await check();
  const errors = before.filter(({ item }) => item.startsWith('error:') && !isAddedError(item.slice('error:'.length)));
  expect(errors).toEqual([{ item: 'error:DeviceNotRegistered', projectId: 1, n: 10, ms: 0 }]);
});

test('a queue that waits for what is known is no backlog', async () => {
  await spine.admin.query("update push.controls set paused = true, paused_at = now() - interval '1 hour'");
  for (const { id } of await spine.users(3)) await spine.notify(id);
  await vi.waitFor(async () => expect(await spine.admin.query('select sum(n)::int as n from push.chunks')).toEqual([{ n: 3 }]));
  await spine.admin.query("update push.chunks set due_at = due_at - interval '10 minutes'");
  expect(await whole('queue_waiting')).toEqual({ subject: '', value: 0 });
  expect((await whole('paused_ms'))?.value).toBeGreaterThanOrEqual(3_600_000);
  await spine.admin.query('update push.projects set paused = true');
  await spine.admin.query('update push.controls set paused = false, paused_at = null');
  expect(await whole('queue_waiting')).toEqual({ subject: '', value: 0 });
  expect((await whole('oldest_item_age_ms'))?.value).toBe(0);
});

test('nothing explains chunks that no worker takes', async () => {
  await spine.stopWorkers();
  await spine.admin.query(
    "insert into push.projects (id, provider, name) select 77, provider, 'idle' from push.projects limit 1 on conflict do nothing",
  );
  await spine.admin.query("update push.chunks set project_id = 77, state = 1, due_at = now() - interval '10 minutes'");
  expect((await whole('queue_waiting'))?.value).toBe(3);
  expect((await whole('oldest_item_age_ms'))?.value).toBeGreaterThanOrEqual(600_000);
});

test('clocks that differ are seen by worker', async () => {
  const identity = { id: 'late', host: 'h', pid: 1, roles: ['worker'], version: '0' };
  await beat(spine.database, identity, { clockMs: Date.now() - 60_000 });
  const skew = (await read()).get('clock_skew_ms')?.find(({ subject }) => subject === 'late');
  expect(skew?.value).toBeGreaterThan(50_000);
});

test('minutes are kept for a hundred days', async () => {
  await spine.admin.query("insert into push.minutes (item, minute, project_id, n) values ('sent', now() - interval '101 days', 1, 5)");
  expect(await pruneMinutes(spine.database)).toBe(1);
});
