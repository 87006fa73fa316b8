import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { reconcile } from '../monitoring/reconciler.js';
import { listAudit } from '../security/audit.js';
import { countRetryable, requeueFailed } from './requeue.js';

let spine: Spine;

beforeEach(async () => {
  spine = await Spine.start();
});
afterEach(() => spine.close());

const by = { actor: 'cli:test', reason: 'the provider is back' };
const always = { since: new Date(0), until: new Date(Date.now() + 3_600_000) };
const chunkSize = 100;

/** Ends the deliveries of new notifications as nobody did: planned, claimed, and settled with this state and code. */
async function endedAs(state: 30 | 35, code: string, count = 1, columns: Record<string, unknown> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (const user of await spine.users(count)) ids.push(await spine.notify(user.id, columns));
  await spine.worker({ sending: false });
  await expectPlanned(count);
  await spine.stopWorkers();
  await spine.admin.query(
    `with gone as (delete from push.chunks where state = 1 returning *), told as (
       insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, code)
       select u.d, $1, 8, g.id, u.n, u.c, u.t, $2 from gone g, unnest(g.delivery_ids, g.notification_ids, g.created_ats, g.token_ids) as u(d, n, c, t))
     insert into push.ledger_entries (hour, broadcast_id, item, n)
     select hour, broadcast_id, 'state:' || (select name from push.delivery_states where code = $1), n from gone`,
    [state, code],
  );
  return ids;
}

async function expectPlanned(count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const [row] = await spine.admin.query<{ n: number }>('select coalesce(sum(n), 0)::int as n from push.chunks');
      expect(row?.n).toBe(count);
    },
    { interval: 20 },
  );
}

async function expectAllAccounted(): Promise<void> {
  expect(await reconcile(spine.database)).toMatchObject({ complete: true, unaccounted: 0, findings: [] });
}

describe('requeueFailed', () => {
  it('sends again what was given up, by legal steps that the ledger knows of', async () => {
    const ids = await endedAs(35, 'ProviderError', 3);
    await expectAllAccounted();
    expect(await countRetryable(spine.database, always)).toEqual({ deliveries: 3, left: {} });

    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toEqual({ deliveries: 3, left: {} });
    expect(await spine.ledger()).toMatchObject({ accepted: 3, deliveries: 3 });
    expect(await spine.ledger()).not.toHaveProperty('state:dead_letter');
    await expectAllAccounted();
    expect(await listAudit(spine.database)).toMatchObject([{ ...by, action: 'queue.retry_failed', details: { deliveries: 3 } }]);

    await spine.worker();
    for (const id of ids) await spine.reaches(id, 'accepted_by_platform');
    await spine.settles();
    await expectAllAccounted();
    expect((await spine.ledger())['resent_unknown'] ?? 0).toBe(await spine.resentOfLostClaims());
  });

  it('does nothing the second time, and nothing of another time', async () => {
    await endedAs(35, 'ProviderError');
    const before = new Date(Date.now() - 3_600_000);
    expect(await requeueFailed(spine.database, { since: new Date(0), until: before }, by, { chunkSize })).toEqual({
      deliveries: 0,
      left: {},
    });
    const both = await Promise.all([1, 2].map(() => requeueFailed(spine.database, always, by, { chunkSize })));
    expect(both.map(({ deliveries }) => deliveries).sort()).toEqual([0, 1]);
    expect(await listAudit(spine.database)).toHaveLength(1);
    await expectAllAccounted();
  });

  it('leaves what would be refused, is over, or has nobody to go to', async () => {
    const [, expired, gone, deleted] = [...(await endedAs(30, 'MessageTooBig')), ...(await endedAs(30, 'InvalidCredentials', 3))];
    await spine.admin.query("update notifications set expires_at = now() - interval '1 second' where id = $1", [expired]);
    await spine.admin.query(
      "update push_tokens set state = 'quarantined', is_active = false where user_id = (select user_id from notifications where id = $1)",
      [gone],
    );
    await spine.admin.query('delete from notifications where id = $1', [deleted]);
    const left = { expired: 1, message_refused: 1, no_active_token: 1, row_deleted: 1 };
    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toEqual({ deliveries: 0, left });
    expect(await listAudit(spine.database)).toEqual([]);
  });

  it("leaves what was refused in Expo's older words", async () => {
    await endedAs(30, 'API_ERROR');
    expect(await countRetryable(spine.database, always)).toEqual({ deliveries: 0, left: { message_refused: 1 } });
  });

  it('sends to a token again that was called dead and is active now', async () => {
    const [id = ''] = await endedAs(30, 'DeviceNotRegistered');
    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toMatchObject({ deliveries: 1 });
    await spine.worker();
    await spine.reaches(id, 'accepted_by_platform');
  });

  it('sends poison alone and counts it as sent again', async () => {
    await endedAs(35, 'POISONED', 2);
    await requeueFailed(spine.database, always, by, { chunkSize });
    expect(await spine.admin.query('select n from push.chunks')).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await spine.ledger()).toMatchObject({ resent_unknown: 2 });
    await expectAllAccounted();
  });

  it('never resends what may have arrived where the type says so', async () => {
    await spine.admin.query("update push.notification_types set unknown_policy = 'drop' where type = '*'");
    await endedAs(35, 'POISONED');
    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toEqual({ deliveries: 0, left: { may_have_arrived: 1 } });
  });

  it('keeps to the burst of the project and works in batches', async () => {
    await endedAs(35, 'ProviderError', 7);
    await spine.admin.query('update push.projects set rate_budget = 600, rate_burst = 3');
    expect(await requeueFailed(spine.database, always, by, { chunkSize, batchSize: 4 })).toMatchObject({ deliveries: 7 });
    const chunks = await spine.admin.query<{ n: number }>('select n from push.chunks order by id');
    expect(chunks.map(({ n }) => n).reduce((sum, n) => sum + n, 0)).toBe(7);
    expect(Math.max(...chunks.map(({ n }) => n))).toBe(3);
    expect(await listAudit(spine.database)).toHaveLength(2);
    await expectAllAccounted();
  });

  it('parks what belongs to a paused broadcast and leaves what belongs to a cancelled one', async () => {
    const [broadcast] = await spine.admin.query<{ id: number }>(
      `insert into push.broadcasts (type, title, audience, created_by, state, lane)
       values ('news', 'News', '{"kind": "all"}', 'test', 'done', 2) returning id`,
    );
    await endedAs(35, 'ProviderError', 1, { broadcast_id: broadcast?.id });
    await spine.admin.query("update push.broadcasts set state = 'cancelled'");
    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toEqual({ deliveries: 0, left: { broadcast_cancelled: 1 } });
    await spine.admin.query("update push.broadcasts set state = 'paused'");
    expect(await requeueFailed(spine.database, always, by, { chunkSize })).toMatchObject({ deliveries: 1 });
    expect(await spine.admin.query('select state, lane, broadcast_id from push.chunks')).toEqual([
      { state: 3, lane: 2, broadcast_id: broadcast?.id },
    ]);
    await expectAllAccounted();
  });
});
