import type { LedgerGrouping } from './ledger-types.js';

interface Grouping {
  readonly hour: string;
  readonly broadcast: string;
}

const groupings: Readonly<Record<LedgerGrouping, Grouping>> = {
  total: { hour: 'null::timestamptz', broadcast: 'null::bigint' },
  hour: { hour: 'hour', broadcast: 'null::bigint' },
  broadcast: { hour: 'null::timestamptz', broadcast: 'broadcast_id' },
};

/** An outbox row may hold several hours (a release, a catch-up), so its hours are those of its notifications. Only looked at when asked for. */
const outboxByHour = /* sql */ `
  select date_trunc('hour', u.created_at, 'UTC'), coalesce(o.broadcast_id, 0), 'live:outbox', 1
  from push.outbox o, unnest(o.created_ats) as u(created_at)`;

const outboxWhole = /* sql */ `select null, coalesce(broadcast_id, 0), 'live:outbox', n from push.outbox`;

/**
 * Everything that the ledger says and everything that is in flight, in one statement: one snapshot, so the sums must agree to the last
 * notification at any moment, whatever is being moved meanwhile. $1: no hour before this (null: all), $2: only this broadcast (null: all).
 */
export function ledgerStatement(by: LedgerGrouping, withHours: boolean): string {
  const { hour, broadcast } = groupings[by];
  return /* sql */ `
select ${hour} as hour, ${broadcast} as broadcast_id, item, sum(n)::bigint as n, clock_timestamp() as at
from (
  select hour, broadcast_id, item, n from push.ledger_totals
  union all
  select hour, coalesce(broadcast_id, 0), item, n from push.ledger_entries
  union all
  ${withHours ? outboxByHour : outboxWhole}
  union all
  select date_trunc('hour', created_at, 'UTC'), coalesce(broadcast_id, 0), 'live:held', 1 from push.held
  union all
  select hour, coalesce(broadcast_id, 0),
    case when state = 2 then 'live:sending' when state = 3 then 'live:parked' when due_at > clock_timestamp() then 'live:delayed' else 'live:queued' end, n
  from push.chunks
  union all
  select hour, coalesce(broadcast_id, 0), 'live:awaiting_receipt', n from push.receipt_batches
) counted
where ($1::timestamptz is null or hour >= $1) and ($2::bigint is null or broadcast_id = $2)
group by 1, 2, 3
order by 1, 2, 3`;
}
