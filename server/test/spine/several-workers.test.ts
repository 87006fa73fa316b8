import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Spine } from '../support/spine.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start({ worker: { requestDeadlineMs: 1000, leaseSeconds: 20 } });
  await spine.admin.query("insert into push.notification_types (type, unknown_policy, dedupe_seconds) values ('once', 'drop', 0)");
});
afterAll(() => spine.close());
afterEach(() => spine.simulator.control.clearFaults());

const insertFor = (users: readonly string[], title: string) =>
  spine.admin.query(
    `insert into notifications (user_id, type, title)
     select u, case when nr % 4 = 0 then 'once' else 'reminder' end, $2 from unnest($1::uuid[]) with ordinality as x(u, nr)`,
    [users, title],
  );

describe('three workers on one database', () => {
  beforeAll(async () => {
    for (const id of ['one', 'two', 'three']) await spine.worker({ id });
  });

  it('share the work under faults: nothing lost, no copy that was not counted', async () => {
    const users = await spine.users(1500);
    for (const kind of ['accept_then_reset', 'status_500', 'short_ticket_count', 'refuse_then_reset', 'status_429'] as const) {
      spine.simulator.control.addFault({ kind, probability: 0.04 });
    }
    for (let i = 0; i < 15; i++)
      await insertFor(
        users.slice(i * 100, i * 100 + 100).map(({ id }) => id),
        `Part ${i}`,
      );
    // Then the world heals, and all of it has to end.
    await vi.waitFor(async () => expect((await spine.ledger())['deliveries']).toBe(1500));
    spine.simulator.control.clearFaults();
    await spine.admin.query("update push.projects set breaker_probe_at = now() where breaker_state = 'open'");
    await spine.settles();

    const hits = spine.simulator.control.hits();
    const rows = await spine.admin.query<{ delivery_id: number; state: string; type: string; copies: number }>(
      `select distinct on (d.delivery_id) d.delivery_id, s.name as state, n.type,
         (select count(*)::int from push.deliveries x where x.delivery_id = d.delivery_id and x.state = 1) as copies
       from push.deliveries d join push.delivery_states s on s.code = d.state join notifications n on n.id = d.notification_id
       order by d.delivery_id, d.at desc, d.state desc`,
    );
    expect(rows).toHaveLength(1500);
    for (const row of rows) {
      const taken = hits.get(String(row.delivery_id)) ?? 0;
      expect(taken).toBeLessThanOrEqual(1 + row.copies);
      if (row.type === 'once') expect(taken).toBeLessThanOrEqual(1);
      if (row.state === 'accepted_by_platform') expect(taken).toBeGreaterThanOrEqual(1);
      else expect(row.state).toBe('unknown');
    }
  });

  it('stop together within one deadline of a pause, and go on after it', async () => {
    const users = await spine.users(600);
    spine.simulator.control.change({ latencyMs: 100 });
    const before = spine.simulator.control.stats().accepted;
    await spine.admin.query('update push.projects set rate_budget = 200, rate_burst = 100');
    await insertFor(
      users.map(({ id }) => id),
      'Paused in mid-flight',
    );
    await spine.simulator.control.waitForAccepted(before + 1);
    const [paused] = await spine.admin.query<{ at: Date }>('update push.controls set paused = true returning clock_timestamp() as at');
    await vi.waitFor(async () => expect(await spine.admin.query('select 1 from push.chunks where state = 2')).toEqual([]));
    const taken = spine.simulator.control.stats().accepted;
    expect(taken).toBeLessThan(before + 600);
    const pausedAt = paused?.at.getTime() ?? Number.NaN;
    const now = async (): Promise<number> =>
      (await spine.admin.query<{ at: Date }>('select clock_timestamp() as at'))[0]?.at.getTime() ?? 0;
    await expect.poll(now).toBeGreaterThan(pausedAt + 1_500);
    expect(spine.simulator.control.entries().filter(({ tWall }) => tWall > pausedAt + 1_000)).toEqual([]);
    spine.simulator.control.change({ latencyMs: 0 });
    await spine.admin.query('update push.projects set rate_budget = null');
    await spine.admin.query('update push.controls set paused = false');
    await spine.settles();
    expect(spine.simulator.control.duplicates().length).toBeLessThanOrEqual((await spine.ledger())['resent_unknown'] ?? 0);
  });

  it('recover by themselves when every connection is cut', async () => {
    const users = await spine.users(400);
    spine.simulator.control.change({ latencyMs: 50 });
    const accepted = spine.simulator.control.stats().accepted;
    await insertFor(
      users.map(({ id }) => id),
      'Connections cut',
    );
    await spine.simulator.control.waitForAccepted(accepted + 50);
    await spine.admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'test worker%'",
    );
    spine.simulator.control.change({ latencyMs: 0 });
    await spine.settles();
    const ledger = await spine.ledger();
    const ended = Object.entries(ledger).filter(([item]) => item.startsWith('state:'));
    expect(ledger['deliveries']).toBe(ended.reduce((sum, [, n]) => sum + n, 0));
  });
});
