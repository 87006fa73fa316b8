import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from './support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(() => db.admin.query('truncate notifications, push.outbox, push.ledger_entries'));

/** Packs in the order in which planning takes them, each with the numbers of its rows. */
const packs = () =>
  db.admin.query<{ lane: number; broadcast_id: number | null; n: number; ids: number; numbers: number[] }>(/* sql */ `
    select o.lane, o.broadcast_id, o.n, cardinality(o.notification_ids) as ids, x.numbers
    from push.outbox o, lateral (
      select array_agg((data ->> 'n')::int order by nr) as numbers
      from unnest(o.notification_ids, o.created_ats) with ordinality as u(id, created_at, nr)
      join notifications n on n.id = u.id and n.created_at = u.created_at
    ) x order by o.lane, o.id`);

const insert = (rows: number, type = `'news'`, more = '', values = ''): Promise<unknown> =>
  db.admin.query(/* sql */ `
    insert into notifications (user_id, type, title, data ${more})
    select gen_random_uuid(), ${type}, 'x', jsonb_build_object('n', n) ${values} from generate_series(1, ${rows}) n`);

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('notification_push_trigger', () => {
  it('packs up to 500 rows of a statement, and planning takes them in their order', async () => {
    await insert(1234);
    expect((await packs()).map(({ n, ids, numbers }) => [n, ids, numbers])).toEqual([
      [500, 500, upTo(1, 500)],
      [500, 500, upTo(501, 1000)],
      [234, 234, upTo(1001, 1234)],
    ]);
    expect(await db.admin.query('select item, n, broadcast_id from push.ledger_entries')).toEqual([
      { item: 'accepted', n: 1234, broadcast_id: null },
    ]);
  });

  it("keeps lanes apart: the type's, else that of '*', else the policy's", async () => {
    const mixed = `(array['critical', 'news', 'other'])[1 + n % 3]`;
    await db.admin.query(`insert into push.notification_types (type, lane) values ('news', 2)`);
    await insert(600, mixed);
    await db.admin.query(`update push.notification_types set lane = 2 where type = '*'`);
    await insert(3, `'other'`);
    const lanes = (await packs()).map(({ lane, n }) => ({ lane, n }));
    await db.admin.query(`update push.notification_types set lane = null where type = '*'`);
    await db.admin.query(`delete from push.notification_types where type = 'news'`);
    const sum = (lane: number) => lanes.filter((pack) => pack.lane === lane).reduce((total, { n }) => total + n, 0);
    expect([sum(0), sum(1), sum(2)]).toEqual([200, 200, 203]);
  });

  it("takes a broadcast's lane over the type's, and refuses a broadcast that is not there", async () => {
    const [broadcast] = await db.admin.query<{ id: number }>(
      `insert into push.broadcasts (type, title, lane, audience, created_by) values ('critical', 'x', 2, '{"kind": "all"}', 'test') returning id`,
    );
    const id = broadcast?.id ?? 0;
    await insert(501, `'critical'`, ', broadcast_id', `, ${id}`);
    expect((await packs()).map(({ lane, broadcast_id, n }) => [lane, broadcast_id, n])).toEqual([
      [2, id, 500],
      [2, id, 1],
    ]);
    await expect(insert(1, `'news'`, ', broadcast_id', `, ${id + 1}`)).rejects.toMatchObject({ code: '23503' });
    expect(await db.admin.query('select count(*)::int as n from notifications')).toEqual([{ n: 501 }]);
  });

  it('counts by the hour of UTC, whatever zone the session is in', async () => {
    await db.admin.transaction(async (tx) => {
      await tx.query(`set local timezone = 'Asia/Kolkata'`);
      await tx.query(/* sql */ `
        insert into notifications (user_id, type, title, created_at) values
          (gen_random_uuid(), 'news', 'x', '2026-10-05 10:59:59.999999Z'),
          (gen_random_uuid(), 'news', 'x', '2026-10-05 11:00:00Z'),
          (gen_random_uuid(), 'news', 'x', '2026-10-05 11:29:59Z')`);
    });
    const hours = await db.admin.query<{ hour: string; n: number }>(
      `select to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as hour, n from push.ledger_entries order by 1`,
    );
    expect(hours).toEqual([
      { hour: '2026-10-05 10:00:00.000000', n: 1 },
      { hour: '2026-10-05 11:00:00.000000', n: 2 },
    ]);
  });

  it('makes ids that are in the order of time, and all different', async () => {
    await insert(2000);
    const rows = await db.admin.query<{ version: string; ms: number; different: number }>(/* sql */ `
      select substring(id::text, 15, 1) as version, count(distinct id)::int as different,
        (max(abs(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint - extract(epoch from clock_timestamp()) * 1000)) < 600000) as ms
      from notifications group by 1`);
    expect(rows).toEqual([{ version: '7', different: 2000, ms: true }]);
  });
});
