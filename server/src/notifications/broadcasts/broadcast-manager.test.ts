import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimOne, engineOn } from '../../../test/support/chunks.js';
import { Spine, type TestUser } from '../../../test/support/spine.js';
import { getsThrough, waitForLocks } from '../../../test/support/without-gap.js';
import { silentLogger } from '../../logging/logger.js';
import { readLedger } from '../../monitoring/ledger.js';
import { reconcile } from '../../monitoring/reconciler.js';
import { DeliveryNumbers } from '../../planning/delivery-numbers.js';
import { PlanWriter } from '../../planning/plan-writer.js';
import { recordPlan } from '../../planning/sql/record-plan.js';
import { TalliedTypes } from '../../planning/tallied-types.js';
import { listAudit } from '../../security/audit.js';
import { tendStrayChunks } from './broadcast-chunks.js';
import { BroadcastManager } from './broadcast-manager.js';
import { BroadcastFanOut } from './fan-out.js';

const by = { actor: 'cli:test', reason: 'a test' };
const news = { type: 'news', title: 'News', audience: { kind: 'all' } };

let spine: Spine;
let manager: BroadcastManager;

beforeEach(async () => {
  spine = await Spine.start();
  manager = new BroadcastManager(spine.database);
});
afterEach(async () => {
  await spine.close();
});

/** A broadcast to `count` users, all of them planned, nothing sent yet. */
async function plannedBroadcast(count: number): Promise<{ id: number; users: TestUser[] }> {
  const users = await spine.users(count);
  const { id } = await manager.create(news, by, { start: true });
  await new BroadcastFanOut({ database: spine.database, log: silentLogger }).run();
  await spine.admin.query('update push.controls set paused = true');
  await spine.worker();
  await expect.poll(async () => (await manager.get(id)).progress.waiting).toBe(count);
  return { id, users };
}

const chunkStates = async (): Promise<unknown> => {
  const rows = await spine.admin.query<{ state: number }>('select distinct state from push.chunks order by 1');
  return rows.map((row) => row.state);
};
const letGo = async (): Promise<void> => {
  await spine.admin.query('update push.controls set paused = false');
};
const takenPerUser = (users: readonly TestUser[]): number[] => [
  ...new Set(users.map((user) => spine.simulator.control.takenBy(user.tokens[0] ?? '').length)),
];

test('paused it waits, resumed it goes on, and everybody gets it once', async () => {
  const { id, users } = await plannedBroadcast(250);
  expect((await manager.pause(id, by)).state).toBe('paused');
  expect((await manager.pause(id, by)).state).toBe('paused');
  expect(await chunkStates()).toEqual([3]);
  await letGo();
  const other = await spine.notify((await spine.user()).id);
  await spine.reaches(other, 'accepted_by_platform');
  expect(takenPerUser(users)).toEqual([0]);
  expect((await manager.get(id)).progress).toMatchObject({ waiting: 250, percent: 0, perSecond: null });

  expect((await manager.resume(id, by)).state).toBe('done');
  await spine.settles();
  expect(takenPerUser(users)).toEqual([1]);
  expect((await manager.get(id)).progress).toMatchObject({
    planned: 250,
    deliveries: 250,
    waiting: 0,
    ended: { accepted_by_platform: 250 },
    unaccounted: 0,
    percent: 100,
  });
  expect((await readLedger(spine.database, { by: 'broadcast' })).rows.map(({ broadcastId, accepted }) => [broadcastId, accepted])).toEqual([
    [null, 1],
    [id, 250],
  ]);
});

test('cancelled, nothing of it is sent, and every delivery is accounted for', async () => {
  const { id, users } = await plannedBroadcast(150);
  // In the outbox when it is cancelled, and a chunk that comes back from the wire afterwards.
  await spine.stopWorkers();
  await spine.admin.query(
    "insert into notifications (user_id, type, title, broadcast_id) select u, 'news', 'Late', $2 from unnest($1::uuid[]) u",
    [users.slice(0, 5).map((user) => user.id), id],
  );
  await spine.admin.query(
    "update push.chunks set state = 2, lease_until = now() + interval '1 hour' where id = (select min(id) from push.chunks)",
  );
  await manager.cancel(id, by);
  expect(await chunkStates()).toEqual([2]);
  await spine.admin.query('update push.chunks set state = 1');
  expect(await tendStrayChunks(spine.database)).toBe(1);
  expect(await tendStrayChunks(spine.database)).toBe(0);
  await letGo();
  await spine.worker();
  await spine.settles();
  expect(takenPerUser(users)).toEqual([0]);
  expect(await manager.get(id)).toMatchObject({
    state: 'cancelled',
    progress: { suppressed: { broadcast_cancelled: 5 }, ended: { cancelled: 150 }, unaccounted: 0, percent: 0 },
  });
  expect(await reconcile(spine.database)).toMatchObject({ complete: true, findings: [] });
  expect((await manager.cancel(id, by)).state).toBe('cancelled');
});

test('one of which everything has ended stays done, and one that would be over before it began is refused', async () => {
  const { id } = await plannedBroadcast(3);
  await letGo();
  await spine.settles();
  const { awaitingReceipt, waiting } = (await manager.get(id)).progress;
  expect({ awaitingReceipt, waiting }).toEqual({ awaitingReceipt: 0, waiting: 0 });
  expect((await manager.cancel(id, by)).state).toBe('done');
  expect((await listAudit(spine.database)).filter(({ action }) => action === 'broadcasts.cancel')).toEqual([]);
  const past = { ...news, expiresAt: '2020-01-01T00:00:00Z' };
  await expect(manager.create(past, by)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'expiresAt' });
  const late = await manager.create({ ...news, expiresAt: '2199-01-01T00:00:00Z' }, by);
  await spine.admin.query('update push.broadcasts set expires_at = now() where id = $1', [late.id]);
  await expect(manager.start(late.id, by)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('chunks that crossed a pause or a resumption are put right', async () => {
  const { id } = await plannedBroadcast(10);
  await spine.admin.query('update push.chunks set state = 3');
  await tendStrayChunks(spine.database);
  expect(await chunkStates()).toEqual([1]);
  await manager.pause(id, by);
  await spine.admin.query('update push.chunks set state = 1');
  await tendStrayChunks(spine.database);
  expect(await chunkStates()).toEqual([3]);
});

test('a fan-out that is paused goes on where it was', async () => {
  await spine.users(7);
  const { id } = await manager.create(news, by, { start: true });
  const fanOut = new BroadcastFanOut({ database: spine.database, log: silentLogger }, { batchSize: 3 });
  await fanOut.run();
  await manager.pause(id, by);
  expect(await fanOut.run()).toBe(false);
  expect(await manager.get(id)).toMatchObject({ created: 3, estimate: 7 });
  expect((await manager.resume(id, by)).state).toBe('running');
  while (await fanOut.run());
  expect(await manager.get(id)).toMatchObject({ created: 7, state: 'done' });
});

test('every act is in the audit, with who and why', async () => {
  const { id } = await manager.create(news, { actor: 'key:one', reason: 'a draft' });
  await manager.start(id, { actor: 'key:two', reason: 'it is time' });
  await manager.pause(id, { actor: 'cli:me', reason: 'a typing error' });
  await manager.resume(id, by);
  await manager.cancel(id, by);
  const acts = await listAudit(spine.database);
  expect(acts.map(({ action, actor, reason, target }) => [action, actor, reason, target]).reverse()).toEqual([
    ['broadcasts.create', 'key:one', 'a draft', `broadcast:${id}`],
    ['broadcasts.start', 'key:two', 'it is time', `broadcast:${id}`],
    ['broadcasts.pause', 'cli:me', 'a typing error', `broadcast:${id}`],
    ['broadcasts.resume', 'cli:test', 'a test', `broadcast:${id}`],
    ['broadcasts.cancel', 'cli:test', 'a test', `broadcast:${id}`],
  ]);
  expect((await manager.list({ state: 'cancelled' })).map((broadcast) => broadcast.id)).toEqual([id]);
  expect(await manager.list({ state: 'running' })).toEqual([]);
});

test('steps that its state does not allow', async () => {
  await expect(manager.get(4711)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { id } = await manager.create({ ...news, audience: { kind: 'list' } }, by);
  await expect(manager.start(id, by)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(manager.pause(id, by)).rejects.toMatchObject({ code: 'CONFLICT' });
  await manager.cancel(id, by);
  await expect(manager.resume(id, by)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(manager.appendRecipients(id, [], { actor: 'test', reason: 'test' })).rejects.toMatchObject({ path: 'userIds' });
  const open = await manager.create(news, by);
  await expect(
    manager.appendRecipients(open.id, ['00000000-0000-4000-8000-000000000001'], { actor: 'test', reason: 'test' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a claim that began before the cancellation and waits takes nothing of it', async () => {
  const { id } = await plannedBroadcast(3);
  await spine.stopWorkers();
  await letGo();
  const interrupted = { ...spine.database, query: () => Promise.reject(new Error('interrupted')) };
  const claiming = await spine.admin.transaction(async (tx) => {
    await tx.query('update push.controls set updated_at = now()');
    const claim = engineOn(spine.database).claim(claimOne);
    await waitForLocks(spine.admin, 1);
    await expect(new BroadcastManager(interrupted).cancel(id, by)).rejects.toThrow('interrupted');
    return { claim };
  });
  expect(await claiming.claim).toEqual([]);
  await tendStrayChunks(spine.database);
  expect((await manager.get(id)).progress).toMatchObject({ waiting: 0, ended: { cancelled: 3 }, unaccounted: 0 });
});

test('a pause gets through although there is always somebody who plans of it', async () => {
  await spine.users(1);
  const { id } = await manager.create(news, by, { start: true });
  const chunk: Record<number, string> = {
    ...{ 8: `{${id}}`, 9: '{1}', 10: '{2}', 11: '{2026-01-01}', 12: `{${id}}`, 13: '{2100-01-01}', 14: '{true}', 15: '{1}' },
    ...{ 16: '{"{1}"}', 17: `{"{${randomUUID()}}"}`, 18: '{"{0}"}', 19: `{"{${randomUUID()}}"}`, 30: '{0}' },
  };
  const nothing = new PlanWriter(2, new DeliveryNumbers(), () => 100, new TalliedTypes()).parameters();
  const ofBroadcast = nothing.map((parameter, i) => chunk[i] ?? parameter);
  expect(
    await getsThrough(
      spine,
      (tx) => tx.rows(recordPlan, ofBroadcast),
      () => manager.pause(id, by),
    ),
  ).toBe(true);
});
