import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { type Finding, reconcile } from './reconciler.js';

let spine: Spine;
let notifications: string[];
let known: readonly Finding[] = [];

beforeAll(async () => {
  spine = await Spine.start();
  await spine.worker();
  const users = await spine.users(12);
  notifications = await Promise.all(users.map((user) => spine.notify(user.id)));
  await spine.settles();
  await spine.stopWorkers();
});
afterAll(async () => {
  await spine.close();
});

async function deliveryOf(notification: string): Promise<string> {
  const [row] = await spine.admin.query<{ id: string }>(
    'select first_delivery::text as id from push.decisions where notification_id = $1',
    [notification],
  );
  return row?.id ?? '';
}

/** What is found that was not there before. */
async function news(): Promise<Finding[]> {
  const { findings, complete } = await reconcile(spine.database);
  expect(complete).toBe(true);
  const before = new Set(known.map((finding) => JSON.stringify(finding)));
  known = findings;
  return findings.filter((finding) => !before.has(JSON.stringify(finding)));
}

test('nothing is found where nothing is wrong', async () => {
  expect(await news()).toEqual([]);
});

test("a receipt from before its ticket, because the database's clock was set back, is no illegal step", async () => {
  const delivery = await deliveryOf(notifications[11] ?? '');
  await spine.admin.query("update push.deliveries set at = at - interval '10 minutes' where delivery_id = $1 and state = 20", [delivery]);
  expect(await news()).toEqual([]);
  await spine.admin.query("update push.deliveries set at = at + interval '10 minutes' where delivery_id = $1 and state = 20", [delivery]);
});

test('rows that came while the trigger was off are told apart from lost ones', async () => {
  const user = await spine.user();
  await spine.admin.query('alter table notifications disable trigger notification_push_trigger');
  const untaken = await spine.notify(user.id);
  await spine.admin.query('alter table notifications enable trigger notification_push_trigger');
  const proof = await reconcile(spine.database);
  expect(proof).toMatchObject({ unaccounted: 0, untaken: 1 });
  expect(await news()).toEqual([{ kind: 'untaken', n: 1, ids: [untaken] }]);

  const lost = await spine.notify(user.id, { title: 'Lost' });
  await spine.admin.query('delete from push.outbox');
  expect(await reconcile(spine.database)).toMatchObject({ unaccounted: 1, untaken: 1 });
  const found = await news();
  expect(found).toMatchObject([
    { kind: 'untaken', n: 2 },
    { kind: 'ledger:accepted', n: 1, said: 13, found: 12 },
  ]);
  expect(found[0]?.ids).toContain(lost);
});

test('a delivery whose last step is gone is named', async () => {
  const delivery = await deliveryOf(notifications[0] ?? '');
  await spine.admin.query('delete from push.deliveries where delivery_id = $1', [delivery]);
  const found = await news();
  expect(found).toContainEqual({ kind: 'delivery_lost', n: 1, ids: [delivery] });
  expect(found).toContainEqual(expect.objectContaining({ kind: 'ledger:state:accepted_by_platform', said: 12, found: 11 }));
});

test('a delivery that is queued after its end is named', async () => {
  const delivery = await deliveryOf(notifications[1] ?? '');
  await spine.admin.query(
    `insert into push.chunks (hour, expires_at, project_id, lane, n, resend_unknown, delivery_ids, notification_ids, created_ats, token_ids)
     select date_trunc('hour', created_at), now() + interval '1 day', 1, 1, 1, true, array[delivery_id], array[notification_id], array[created_at], array[token_id]
     from push.deliveries where delivery_id = $1 order by chunk_id desc limit 1`,
    [delivery],
  );
  expect(await news()).toEqual([{ kind: 'delivery_queued_after_its_end', n: 1, ids: [delivery] }]);
});

test('a step against the rules is named with the step', async () => {
  const delivery = await deliveryOf(notifications[2] ?? '');
  await spine.admin.query(
    `insert into push.deliveries (delivery_id, state, chunk_id, notification_id, created_at, token_id)
     select delivery_id, 30, chunk_id, notification_id, created_at, token_id from push.deliveries where delivery_id = $1 order by chunk_id desc limit 1`,
    [delivery],
  );
  expect(await news()).toContainEqual({ kind: 'illegal_step:accepted_by_platform>failed', n: 1, ids: [delivery] });
});

test('deliveries that nobody promised, and a notification planned twice, are named', async () => {
  const delivery = await deliveryOf(notifications[3] ?? '');
  await spine.admin.query('update push.decisions set first_delivery = 999999, deliveries = 1 where notification_id = $1', [
    notifications[3],
  ]);
  expect(await news()).toEqual(
    expect.arrayContaining([
      { kind: 'delivery_not_promised', n: 1, ids: [delivery] },
      expect.objectContaining({ kind: 'delivery_lost', ids: expect.arrayContaining(['999999']) as unknown }),
    ]),
  );
  await spine.admin.query('insert into push.decisions select * from push.decisions where notification_id = $1', [notifications[4]]);
  expect(await news()).toContainEqual({ kind: 'notification_planned_twice', n: 1, ids: [notifications[4]] });
});

test('receipts that nobody waits for any more are named', async () => {
  const delivery = await deliveryOf(notifications[5] ?? '');
  await spine.admin.query('delete from push.deliveries where delivery_id = $1 and state = 20', [delivery]);
  expect(await news()).toContainEqual({ kind: 'receipt_awaited_by_nobody', n: 1, ids: [delivery] });
});

test('when the time limit comes first it says that nothing is proved', async () => {
  const blocked = spine.admin.transaction(async (tx) => {
    await tx.query('lock table push.decisions in access exclusive mode');
    return await reconcile(spine.database, { timeLimitMs: 50 });
  });
  expect(await blocked).toMatchObject({ complete: false, findings: [] });
});
