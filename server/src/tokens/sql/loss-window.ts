import type { Statement } from '../../database/database.js';

/**
 * How many recipients the project sent to in the ten minutes up to the sending that is judged, and of how many tokens were called dead in the
 * last ten minutes. $1 project, $2 token ids that are called dead now, $3 when they were sent to (the latest), $4 recipients of that request.
 *
 * Dead tokens of one user count once, on both sides: whoever registers hundreds of devices and loses them all says nothing about our credentials.
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
), lost as (
  select count(*) as tokens, count(distinct user_id) as users from (
    select t.user_id from public.push_tokens t where t.id = any($2::uuid[]) and t.state = 'active'
    union all
    -- updated_at is never before state_at, and has the index of inactive tokens.
    select t.user_id from project p, public.push_tokens t
    where not t.is_active and t.updated_at > clock_timestamp() - interval '10 minutes'
      and t.project_id = $1 and t.state = 'quarantined'
      and t.state_at > greatest(p.unfrozen_at, clock_timestamp() - interval '10 minutes')
  ) dead
), sent as (
  select greatest($4::int, (
    select coalesce(sum(a.recipients), 0) from push.attempts a
    where a.project_id = $1 and a.at > greatest(p.unfrozen_at, $3::timestamptz - interval '10 minutes')
      and a.at <= $3::timestamptz + interval '1 minute'
  )) as recipients
  from project p
)
select y.token_loss_share as share, y.token_loss_minimum as minimum,
  greatest(lost.users, sent.recipients - (lost.tokens - lost.users))::int as recipients, lost.users as lost
from sent cross join lost cross join push.policy y`,
};

export interface LossWindow {
  readonly share: number;
  readonly minimum: number;
  /** Sent to; of one user's dead tokens one is counted. */
  readonly recipients: number;
  /** Users with dead tokens. */
  readonly lost: number;
}
