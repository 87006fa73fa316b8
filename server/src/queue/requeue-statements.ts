/**
 * Deliveries that were given up (dead_letter) or refused (failed), each at its last step, with what stands against another try: `obstacle`, null
 * when nothing does. $1 and $2: when it ended; $3 codes that say that the message itself is at fault.
 *
 * Type, lane, policy and token are asked for as they stand now. A failed delivery whose token was called dead has one again when the quarantine was
 * undone or the device registered anew, so the token's state decides and not the code.
 */
const judged = /* sql */ `
with ended as materialized (
  select d.* from push.deliveries d
  where d.at >= $1 and d.at < $2 and d.state in (30, 35)
    and not exists (
      select from push.deliveries x
      where x.delivery_id = d.delivery_id
        and (coalesce(x.chunk_id, 9223372036854775807), x.at, x.state) > (coalesce(d.chunk_id, 9223372036854775807), d.at, d.state))
), known as materialized (
  select e.delivery_id, e.state, e.chunk_id, e.notification_id, e.created_at, e.token_id, e.code,
    n.id is not null as has_row, t.is_active and t.user_id = n.user_id as has_token, n.broadcast_id, b.state as broadcast_state, t.project_id,
    coalesce(b.lane, y.lane, z.lane, c.default_lane) as lane,
    coalesce(y.unknown_policy, z.unknown_policy, 'resend') = 'resend' as resend_unknown,
    case when isfinite(n.expires_at) then n.expires_at
      else greatest(n.created_at, n.send_at) + make_interval(secs => coalesce(y.ttl_seconds, z.ttl_seconds, 86400)) end as expires_at,
    -- A poisoned delivery was on the wire when its workers died: it may have arrived, and it goes alone.
    e.code in ('POISONED', 'LEASE_EXPIRED') as poisoned
  from ended e
  cross join push.policy c
  left join public.notifications n on n.id = e.notification_id and n.created_at = e.created_at
  left join public.push_tokens t on t.id = e.token_id
  left join push.broadcasts b on b.id = n.broadcast_id
  left join push.notification_types y on y.type = n.type
  left join push.notification_types z on z.type = '*'
), judged as materialized (
  select k.*,
    case
      when not has_row then 'row_deleted'
      when state = 30 and code = any($3::text[]) then 'message_refused'
      when expires_at <= clock_timestamp() then 'expired'
      when has_token is distinct from true then 'no_active_token'
      when broadcast_state = 'cancelled' then 'broadcast_cancelled'
      when poisoned and not resend_unknown then 'may_have_arrived'
    end as obstacle
  from known k
)`;

/** How many stand how: obstacle null for those that can be queued again. */
export const countRequeueable = /* sql */ `${judged}
select obstacle, count(*) as n from judged group by 1 order by 1`;

/**
 * Queues up to $4 of them again, in new chunks of at most $5, in one statement: the step back to queued, the chunks, the ledger. A chunk holds
 * what one project, lane, hour, broadcast and time of expiry have in common, as planning makes them, and never more than the project's burst.
 * Returns how many deliveries.
 */
export const requeueEnded = /* sql */ `${judged}
, chosen as materialized (
  select j.*, date_trunc('hour', j.created_at, 'UTC') as hour,
    date_trunc(case when j.expires_at - j.created_at < interval '1 hour' then 'second' else 'minute' end, j.expires_at, 'UTC') as expiry,
    least($5::int, case when p.rate_budget is not null then p.rate_burst end) as most
  from judged j join push.projects p on p.id = j.project_id
  where obstacle is null
  order by delivery_id limit $4
), numbered as materialized (
  select *, case when poisoned then delivery_id end as alone,
    (row_number() over (
      partition by project_id, lane, hour, broadcast_id, resend_unknown, expiry, case when poisoned then delivery_id end order by delivery_id) - 1) / most as part
  from chosen
), recorded as (
  insert into push.deliveries (delivery_id, state, chunk_id, notification_id, created_at, token_id, code)
  select delivery_id, 1, chunk_id, notification_id, created_at, token_id, 'REQUEUED' from numbered
), queued as (
  insert into push.chunks (hour, expires_at, broadcast_id, project_id, lane, state, n, resend_unknown, last_code,
    delivery_ids, notification_ids, created_ats, token_ids)
  select hour, min(expires_at), broadcast_id, project_id, lane, case when broadcast_state = 'paused' then 3 else 1 end, count(*), resend_unknown,
    'REQUEUED', array_agg(delivery_id order by delivery_id), array_agg(notification_id order by delivery_id),
    array_agg(created_at order by delivery_id), array_agg(token_id order by delivery_id)
  from numbered
  group by hour, broadcast_id, project_id, lane, broadcast_state, resend_unknown, expiry, alone, part
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select hour, broadcast_id, 'state:' || s.name, -count(*) from numbered join push.delivery_states s on s.code = numbered.state group by 1, 2, 3
  union all
  select hour, broadcast_id, 'resent_unknown', count(*) from numbered where poisoned group by 1, 2
)
select count(*)::int as requeued from numbered`;
