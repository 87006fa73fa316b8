import type { Queryable, Statement } from '../database/database.js';

/**
 * As of the ledger's roll-up: one statement, so a reader counts each entry once, here or there; keys in order, so two at once can't lock each other
 * out. Types are many and only reports ask for them: by the quarter of an hour, which divides the offset of every time zone.
 */
const rollUp: Statement = {
  name: 'roll_up_tallies',
  text: /* sql */ `
with taken as (
  delete from push.tally_entries
  where ctid = any (array(select ctid from push.tally_entries limit $1 for update skip locked))
  returning at, project_id, item, n, ms
), moved as (
  insert into push.minutes as m (item, minute, project_id, n, ms)
  select item, case when item like 'type:%' or item like 'engaged:%' then date_bin('15 minutes', at, 'epoch') else date_trunc('minute', at, 'UTC') end,
    project_id, sum(n), sum(ms)
  from taken group by 1, 2, 3 order by 1, 2, 3
  on conflict (item, minute, project_id) do update set n = m.n + excluded.n, ms = m.ms + excluded.ms
)
select count(*)::int as moved from taken`,
};

/** Keeps the entries few. Returns how many it moved: as many as `most` means that there are more. */
export async function rollUpTallies(database: Queryable, most = 5000): Promise<number> {
  const [row] = await database.query<{ moved: number }>(rollUp, [most]);
  return row?.moved ?? 0;
}

/** Minutes are kept for a hundred days: a monthly report compares a month with the one before. Returns how many rows went. */
export async function pruneMinutes(database: Queryable, most = 5000): Promise<number> {
  const rows = await database.query(
    /* sql */ `
    delete from push.minutes
    where ctid = any (array(select ctid from push.minutes where minute < now() - interval '100 days' limit $1)) returning 1`,
    [most],
  );
  return rows.length;
}

/** What one item came to within a window. */
export interface Flow {
  readonly item: string;
  readonly projectId: number;
  readonly n: number;
  readonly ms: number;
}

/**
 * Flows of the items of the last `seconds`, whole minutes, by item and project: what is rolled up and what is not yet, from
 * one snapshot. Items as they stand in push.minutes; 'error:*' means every error.
 */
export async function readFlows(database: Queryable, items: readonly string[], seconds: number): Promise<Flow[]> {
  return await database.query<Flow & object>(flows, [items, seconds]);
}

const flows: Statement = {
  name: 'read_flows',
  text: /* sql */ `
with span as materialized (
  select date_trunc('minute', clock_timestamp() - make_interval(secs => $2), 'UTC') as since
)
select item, project_id as "projectId", sum(n)::bigint as n, sum(ms)::bigint as ms
from (
  select item, project_id, n, ms from push.minutes where item = any ($1::text[]) and minute >= (select since from span)
  union all
  select item, project_id, n, ms from push.minutes
  where 'error:*' = any ($1::text[]) and item >= 'error:' and item < 'error;' and minute >= (select since from span)
  union all
  select item, 0, n, 0 from push.ledger_entries where item = any ($1::text[]) and at >= (select since from span)
  union all
  select item, project_id, n, ms from push.tally_entries
  where (item = any ($1::text[]) or ('error:*' = any ($1::text[]) and item like 'error:%')) and at >= (select since from span)
) flow
group by 1, 2 order by 1, 2`,
};
