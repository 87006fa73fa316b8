import type { Statement } from '../../database/database.js';

/**
 * Quarantines tokens that a provider called dead. $1 project; arrays: $2 token ids, $3 codes, $4 when each was sent to; $5 recipients of the same
 * request, $6 true: the window was looked at and allows it.
 *
 * One statement for the usual case. A request of which a smaller share died than the policy allows cannot lift the share of the whole window over
 * it, so the window (\`loss-window.ts\`) is only looked at after a suspicious one; at 300 requests a second reading it every time would
 * cost more than sending.
 *
 * Untouched: tokens that were registered again after that request was sent, and everything while the project is frozen. Rows are locked in
 * the order of their ids, so that two outcomes with the same tokens wait for each other instead of deadlocking.
 */
export const loseTokensStatement: Statement = {
  name: 'lose_tokens',
  text: /* sql */ `
with gate as materialized (
  select p.frozen_at is not null as frozen, cardinality($2::uuid[]) > y.token_loss_share * $5::int as suspicious
  from push.projects p join push.policy y on y.id = 1 where p.id = $1
), dead as materialized (
  select t.id, l.code
  from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as l(id, code, sent_at)
  join public.push_tokens t on t.id = l.id and t.id = any ($2::uuid[])
  where t.state = 'active' and t.registered_at < l.sent_at
    and exists (select from gate where not frozen and (not suspicious or $6::boolean))
  order by t.id
  for update of t
), lost as (
  update public.push_tokens t
  set state = 'quarantined', is_active = false, state_reason = dead.code, state_at = clock_timestamp()
  from dead where t.id = dead.id and t.id = any ($2::uuid[])
  returning t.id
)
select frozen, suspicious, (select count(*) from lost) as lost from gate`,
};

export interface LossVerdict {
  readonly frozen: boolean;
  readonly suspicious: boolean;
  readonly lost: number;
}
