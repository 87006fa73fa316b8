import type { Queryable } from '../database/database.js';
import type { Flow } from './tallies.js';

/** From an instant on, before another. Both at a full minute, or `to` may be now. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * What items came to within a span, by item and project: what is rolled up and what is not yet, from one snapshot. Items as they stand in
 * push.minutes; 'error:*' means every item that begins with 'error:'.
 */
export async function readFlowsBetween(database: Queryable, items: readonly string[], { from, to }: Span): Promise<Flow[]> {
  return await database.query<Flow & object>(
    /* sql */ `
select item, project_id as "projectId", sum(n)::bigint as n, sum(ms)::bigint as ms from (${entries}) flow group by 1, 2 order by 1, 2`,
    parametersOf(items, from, to),
  );
}

/** A flow of one step: `step` counts from 0, the span's beginning. */
export interface StepFlow extends Flow {
  readonly step: number;
}

/** The same in steps of so many seconds. What is asked for by prefix comes as one item a prefix: 'error:*'. */
export async function readFlowSteps(
  database: Queryable,
  items: readonly string[],
  { from, to }: Span,
  seconds: number,
): Promise<StepFlow[]> {
  return await database.query<StepFlow & object>(
    /* sql */ `
select floor(date_part('epoch', at - $3) / $5)::int as step, coalesce(prefix || ':*', item) as item, project_id as "projectId",
  sum(n)::bigint as n, sum(ms)::bigint as ms
from (${entries}) flow group by 1, 2, 3 order by 1, 2, 3`,
    [...parametersOf(items, from, to), seconds],
  );
}

/** $1 items, $2 prefixes, $3 from, $4 to. A minute is a range of the key for each item, so rows of other items and times are not read. */
const entries = /* sql */ `
  select m.item, null as prefix, m.minute as at, m.project_id, m.n, m.ms
  from unnest($1::text[]) asked(item) join push.minutes m on m.item = asked.item and m.minute >= $3 and m.minute < $4
  union all
  select m.item, asked.prefix, m.minute, m.project_id, m.n, m.ms
  from unnest($2::text[]) asked(prefix)
  join push.minutes m on m.item >= asked.prefix || ':' and m.item < asked.prefix || ';' and m.minute >= $3 and m.minute < $4
  union all
  select t.item, asked.prefix, t.at, t.project_id, t.n, t.ms
  from push.tally_entries t left join unnest($2::text[]) asked(prefix) on t.item like asked.prefix || ':%'
  where (t.item = any ($1::text[]) or asked.prefix is not null) and t.at >= $3 and t.at < $4
  union all
  select l.item, asked.prefix, l.at, 0, l.n, 0
  from push.ledger_entries l left join unnest($2::text[]) asked(prefix) on l.item like asked.prefix || ':%'
  where (l.item = any ($1::text[]) or asked.prefix is not null) and l.at >= $3 and l.at < $4`;

function parametersOf(items: readonly string[], from: Date, to: Date): readonly unknown[] {
  const isPrefix = (item: string): boolean => item.endsWith(':*');
  return [items.filter((item) => !isPrefix(item)), items.filter(isPrefix).map((item) => item.slice(0, -2)), from, to];
}
