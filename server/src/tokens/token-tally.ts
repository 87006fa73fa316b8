import type { Queryable } from '../database/database.js';

/** How many tokens of a platform are in a state. */
export interface TokenCount {
  readonly platform: string;
  readonly state: string;
  readonly n: number;
}

/** What stands in push.token_tally; fewer rows than this are left as they are. */
const WORTH_ROLLING_UP = 200;

/** Every token, counted without reading them: push.token_tally has a few rows for each platform and state. Exact in every snapshot. */
export async function countTokens(database: Queryable): Promise<TokenCount[]> {
  return await database.query<TokenCount & object>(
    'select platform, state, sum(n)::bigint as n from push.token_tally group by 1, 2 having sum(n) <> 0 order by 1, 2',
  );
}

/** One statement, so that a reader counts each row once; rows that another transaction holds are left to the next time. */
const rollUp = /* sql */ `
with taken as (
  delete from push.token_tally
  where ctid = any (array(select ctid from push.token_tally limit $1 for update skip locked))
    and (select count(*) from push.token_tally) > $2
  returning platform, state, n
), kept as (
  insert into push.token_tally (platform, state, n)
  select platform, state, sum(n) from taken group by 1, 2 having sum(n) <> 0
)
select count(*)::int as moved from taken`;

/** Keeps the rows few. Returns how many it took: as many as `most` means that there are more. */
export async function rollUpTokenTally(database: Queryable, most = 5000): Promise<number> {
  const [row] = await database.query<{ moved: number }>(rollUp, [most, WORTH_ROLLING_UP]);
  return row?.moved ?? 0;
}

/**
 * Reads all tokens (0.1 s for a million) and corrects what was changed past the triggers, as a restore with triggers off does. Both counts come from
 * one snapshot and each change is in the same commit as its row, so nothing under way is taken for an error. Returns how many counts were wrong.
 */
const recount = /* sql */ `
insert into push.token_tally (platform, state, n)
select platform, state, sum(n)
from (
  select platform, state, count(*) as n from public.push_tokens group by 1, 2
  union all
  select platform, state, -sum(n) from push.token_tally group by 1, 2
) difference
group by 1, 2 having sum(n) <> 0
returning 1`;

export async function recountTokens(database: Queryable): Promise<number> {
  return (await database.query(recount)).length;
}
