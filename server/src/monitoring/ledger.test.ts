import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { readLedger, rollUpLedger } from './ledger.js';
import { lastReconciliation, reconcile } from './reconciler.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(async () => {
  await spine.close();
});

test('an empty system has a ledger of zeros', async () => {
  const { rows } = await readLedger(spine.database);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ accepted: 0, planned: 0, deliveries: 0, unaccounted: 0, suppressed: {}, ended: {} });
});

test('every sum agrees at every moment, while notifications travel and entries are rolled up', async () => {
  const users = await spine.users(150);
  const asleep = users.slice(0, 20);
  await spine.admin.query(
    `insert into notification_settings (user_id, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, timezone)
     select u, true, (now() at time zone 'UTC' - interval '1 hour')::time, (now() at time zone 'UTC' + interval '1 hour')::time, 'UTC'
     from unnest($1::uuid[]) u`,
    [asleep.map((user) => user.id)],
  );
  await spine.admin.query(
    `insert into notifications (user_id, type, title, created_at) select u, 'reminder', 'hour ' || h, now() - make_interval(hours => h)
     from unnest($1::uuid[]) u, generate_series(0, 2) h`,
    [[...users.map((user) => user.id), randomUUID()]],
  );
  await spine.worker();
  let reads = 0;
  for (let settled = false; !settled; reads++) {
    const [total, hours] = await Promise.all([
      readLedger(spine.database),
      readLedger(spine.database, { by: 'hour' }),
      rollUpLedger(spine.database, 7),
    ]);
    expect(total.rows.map((row) => row.unaccounted)).toEqual([0]);
    expect(hours.rows.map((row) => row.unaccounted)).toEqual([0, 0, 0]);
    expect(total.rows[0]?.accepted).toBe(453);
    settled = total.rows[0]?.ended.accepted_by_platform === 390;
  }
  await spine.settles();
  const [row] = (await readLedger(spine.database)).rows;
  expect(row).toMatchObject({ planned: 390, held: 60, suppressed: { no_token: 3 }, deliveries: 390, outbox: 0, awaitingReceipt: 0 });
  expect(reads).toBeGreaterThan(0);
});

test('rolling up leaves no entry and changes no sum', async () => {
  const before = await spine.ledger();
  while ((await rollUpLedger(spine.database, 10)) > 0);
  expect(await spine.admin.query('select from push.ledger_entries')).toHaveLength(0);
  expect(await spine.ledger()).toEqual(before);
});

test('since and broadcast narrow it', async () => {
  const recent = await readLedger(spine.database, { since: new Date(Date.now() - 30 * 60_000) });
  expect(recent.rows[0]?.accepted).toBeLessThanOrEqual(151);
  const none = await readLedger(spine.database, { by: 'broadcast' });
  expect(none.rows.map((row) => row.broadcastId)).toEqual([null]);
  expect((await readLedger(spine.database, { broadcastId: 4711 })).rows[0]?.accepted).toBe(0);
});

test('the rows themselves prove it', async () => {
  const proof = await reconcile(spine.database, { from: new Date(Date.now() - 4 * 3_600_000) });
  expect(proof).toMatchObject({ complete: true, unaccounted: 0, untaken: 0, notifications: 453, deliveries: 390, findings: [] });
  expect(await lastReconciliation(spine.database)).toEqual(proof);
});
