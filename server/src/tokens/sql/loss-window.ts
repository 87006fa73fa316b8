import type { Statement } from '../../database/database.js';

/**
 * How many recipients the project sent to in the ten minutes up to the sending that is judged, and how many of its tokens were called dead
 * in the last ten minutes. $1 project, $2 token ids that are called dead now, $3 when they were sent to (the latest), $4 recipients of that request.
 *
 * Sending and losing have windows of their own because receipts tell of sendings a quarter of an hour old. The attempt that is judged may be
 * in push.attempts already (same transaction) or not (receipts write none): the greater number holds. Losses count tokens, not answers,
 * so a token that is called dead twice counts once.
 */
export const lossWindowStatement: Statement = {
  name: 'loss_window',
  text: /* sql */ `
with project as (
  select id, coalesce(unfrozen_at, '-infinity') as unfrozen_at from push.projects where id = $1
)
select y.token_loss_share as share, y.token_loss_minimum as minimum,
  greatest($4::int, (
    select coalesce(sum(a.recipients), 0) from push.attempts a
    where a.project_id = $1 and a.at > greatest(p.unfrozen_at, $3::timestamptz - interval '10 minutes')
      and a.at <= $3::timestamptz + interval '1 minute'
  ))::int as recipients,
  (
    select count(*) from public.push_tokens t where t.id = any($2::uuid[]) and t.state = 'active'
  ) + (
    -- updated_at is never before state_at, and has the index of inactive tokens.
    select count(*) from public.push_tokens t
    where not t.is_active and t.updated_at > clock_timestamp() - interval '10 minutes'
      and t.project_id = $1 and t.state = 'quarantined'
      and t.state_at > greatest(p.unfrozen_at, clock_timestamp() - interval '10 minutes')
  ) as lost
from project p cross join push.policy y`,
};

export interface LossWindow {
  readonly share: number;
  readonly minimum: number;
  readonly recipients: number;
  readonly lost: number;
}
