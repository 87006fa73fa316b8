import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAddedError, statementsFail } from '../../test/support/faults/added-errors.js';
import { Spine, type StoredDelivery, type TestUser } from '../../test/support/spine.js';
import { reconcile } from '../monitoring/reconciler.js';
import { Inbox } from '../notifications/inbox.js';
import { acknowledge } from './acknowledge.js';

/** One spine keeps tickets waiting for their receipts, the other fetches them at once. */
let waiting: Spine;
let quick: Spine;

beforeAll(async () => {
  [waiting, quick] = await Promise.all([Spine.start({ worker: { receiptDelaySeconds: 3600 } }), Spine.start()]);
  await Promise.all([waiting.worker(), quick.worker()]);
});
afterAll(() => Promise.all([waiting.close(), quick.close()]));
afterEach(async () => {
  for (const spine of [waiting, quick])
    expect(await reconcile(spine.database)).toMatchObject({ complete: true, unaccounted: 0, findings: [] });
});

async function sent(spine: Spine, state: string, devices = 1): Promise<{ user: TestUser; id: string; deliveries: StoredDelivery[] }> {
  const user = await spine.user(devices);
  const id = await spine.notify(user.id);
  return { user, id, deliveries: await spine.reaches(id, state) };
}

async function ack(spine: Spine, user: TestUser, id: string, deliveryId: number | undefined): Promise<void> {
  const found = await new Inbox(spine.database).find({ userId: user.id, claims: {} }, id);
  if (found === null) throw new Error('not hers');
  await acknowledge(spine.database, { deliveryId: String(deliveryId), notificationId: id, ...found });
}

async function statesOf(spine: Spine, id: string): Promise<string[]> {
  return (await spine.deliveries(id)).filter(({ code }) => !isAddedError(code)).map(({ state }) => state);
}

/** Sent in one request: what comes back from a claim that nobody heard of comes in parts. */
async function sentTogether(devices: number): Promise<Awaited<ReturnType<typeof sent>>> {
  for (;;) {
    const all = await sent(waiting, 'accepted_by_expo', devices);
    const parts = await waiting.admin.query('select from push.receipt_batches where notification_ids @> array[$1::uuid]', [all.id]);
    if (parts.length === 1 || !statementsFail()) return all;
  }
}

describe('acknowledge', () => {
  it('follows the receipt', async () => {
    const { user, id, deliveries } = await sent(quick, 'accepted_by_platform');
    const before = await quick.ledger();
    await ack(quick, user, id, deliveries[0]?.delivery_id);
    expect(await statesOf(quick, id)).toEqual(['accepted_by_expo', 'accepted_by_platform', 'acked_by_device']);
    const after = await quick.ledger();
    expect(after['state:acked_by_device']).toBe((before['state:acked_by_device'] ?? 0) + 1);
    expect(after['state:accepted_by_platform'] ?? 0).toBe((before['state:accepted_by_platform'] ?? 0) - 1);
  });

  it('ends the wait for the receipt, for this delivery alone', async () => {
    const { user, id, deliveries } = await sentTogether(3);
    await ack(waiting, user, id, deliveries[1]?.delivery_id);
    const [batch] = await waiting.admin.query<{ n: number; delivery_ids: number[]; tickets: number; epoch: number }>(
      `select n, delivery_ids, cardinality(ticket_ids) as tickets, epoch from push.receipt_batches where notification_ids @> array[$1::uuid]`,
      [id],
    );
    expect(batch).toMatchObject({ n: 2, tickets: 2, epoch: 1 });
    expect(batch?.delivery_ids).not.toContain(deliveries[1]?.delivery_id);
    await ack(waiting, user, id, deliveries[0]?.delivery_id);
    await ack(waiting, user, id, deliveries[2]?.delivery_id);
    expect(await waiting.admin.query('select id from push.receipt_batches where notification_ids @> array[$1::uuid]', [id])).toEqual([]);
    const [left] = await waiting.admin.query<{ n: number }>('select coalesce(sum(n), 0)::int as n from push.receipt_batches');
    expect((await waiting.ledger())['state:accepted_by_expo'] ?? 0).toBe(left?.n);
  });

  it('is the same said twice, also at once', async () => {
    const { user, id, deliveries } = await sent(waiting, 'accepted_by_expo');
    await Promise.all(Array.from({ length: 5 }, () => ack(waiting, user, id, deliveries[0]?.delivery_id)));
    expect((await statesOf(waiting, id)).filter((state) => state === 'acked_by_device')).toHaveLength(1);
  });

  it('refuses deliveries of other notifications, failed ones, and those that nobody has sent', async () => {
    const one = await sent(waiting, 'accepted_by_expo');
    const other = await sent(waiting, 'accepted_by_expo');
    await expect(ack(waiting, one.user, one.id, other.deliveries[0]?.delivery_id)).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const user = await quick.user();
    quick.simulator.control.setToken(user.tokens[0] ?? '', { behaviour: 'dead_at_ticket' });
    const id = await quick.notify(user.id);
    const [failed] = await quick.reaches(id, 'failed');
    await expect(ack(quick, user, id, failed?.delivery_id)).rejects.toMatchObject({ code: 'CONFLICT' });

    await waiting.admin.query('update push.controls set paused = true');
    const unsent = await waiting.notify(one.user.id);
    await expect.poll(async () => (await waiting.decisions(unsent)).length).toBe(1);
    const [decision] = await waiting.admin.query<{ first: number }>(
      'select first_delivery as first from push.decisions where notification_id = $1',
      [unsent],
    );
    await expect(ack(waiting, one.user, unsent, decision?.first)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('in a moment'),
    });
    await waiting.admin.query('update push.controls set paused = false');
  });
});
