import type { Statement } from '../../database/database.js';
import { PAYLOAD_BYTES_SQL } from '../payload-size.js';

/**
 * Takes up to $2 notifications of one lane out of the outbox and loads all that `decide()` wants to know of them.
 *
 * $1 lane, $2 notifications, $3 outbox rows, $4 low-water mark of ids, $5 seconds of the cap that one push uses up (0: no cap),
 * $6 the cap's window in seconds, $7 the cap's limit, $8 planning time (null: the database's).
 *
 * Two kinds of rows come back. Kind 0: one for each notification and active token of its user (one with a null token when there is none),
 * rows of one notification together. Kind 1: one for each user whose row in user_recent matters: she had one before, or there is more than one
 * notification for her, or not each was granted a push. A user without such a row has no history and got the one push that was asked for her.
 *
 * The same words for another time (send_at) are another content: reminders for a week may be inserted at once. So are they for another device
 * (token_id): a sender to bare tokens does not know which of them are one user's.
 *
 * Rejected, measured on 2 cores with batches of 2,000 (µs a notification):
 * - content dedupe and pace in two tables: 16 instead of 6 (two random index inserts each, and the expiry's index);
 * - joining what the upsert returned to the notifications: the planner can't know its size; nested loop over 2,000 x 2,000: 300;
 * - aggregating a user's tokens into arrays: 3 more than one row a token.
 */
export const takeOutbox: Statement = {
  name: 'take_outbox',
  text: /* sql */ `
with locked as materialized (
  select id, n from push.outbox
  where lane = $1 and id >= $4
  order by lane, id limit $3
  for update skip locked
), picked as (
  select id from (select id, sum(n) over (order by id) - n as before from locked) counted where before < $2
), taken as (
  delete from push.outbox o using picked where o.id = picked.id
  returning o.id, o.broadcast_id, o.notification_ids, o.created_ats
), item as materialized (
  select row_number() over () as nr, t.id as outbox_id, t.broadcast_id, u.id, u.created_at
  from taken t, unnest(t.notification_ids, t.created_ats) as u(id, created_at)
), note as materialized (
  select i.nr, i.outbox_id, i.id, i.created_at, i.broadcast_id, n.user_id, n.type, n.send_at, n.expires_at, n.token_id,
    ${PAYLOAD_BYTES_SQL} as bytes,
    hashtextextended(n.type || chr(31) || n.title || chr(31) || n.message || chr(31) || n.data::text
      || coalesce(chr(31) || date_part('epoch', n.send_at)::text, '') || coalesce(chr(31) || n.token_id::text, ''), 0) as content,
    coalesce(t.dedupe_seconds, d.dedupe_seconds) as dedupe_seconds,
    coalesce(t.capped, d.capped) as capped
  from item i
  left join public.notifications n on n.id = i.id and n.created_at = i.created_at
  left join push.notification_types t on t.type = n.type
  left join push.notification_types d on d.type = '*'
), turn as (
  -- Of the same content twice in one batch the first one counts.
  select *, row_number() over (partition by user_id, content order by nr) as turn from note where user_id is not null
), asked as (
  select user_id, count(*) as rows, count(*) filter (where capped) as wanted,
    coalesce(array_agg(content) filter (where turn = 1 and dedupe_seconds > 0), '{}') as contents,
    coalesce(array_agg(id) filter (where turn = 1 and dedupe_seconds > 0), '{}') as ids,
    coalesce(array_agg(coalesce($8, now()) + make_interval(secs => dedupe_seconds)) filter (where turn = 1 and dedupe_seconds > 0), '{}') as untils
  from turn
  group by user_id order by user_id
), recent as (
  insert into push.user_recent as r (user_id, pace_until, asked, granted, contents, ids, untils)
  select user_id, coalesce($8, now()) + make_interval(secs => least(wanted, $7::int) * $5::float8),
    least(rows, 32767), least(wanted, $7::int, 32767), contents, ids, untils
  from asked
  on conflict (user_id) do update set
    asked = excluded.asked,
    (granted, pace_until) = (
      select g, greatest(r.pace_until, coalesce($8, now())) + make_interval(secs => g * $5::float8)
      from (select case when $5::float8 = 0 then excluded.granted else greatest(0, least(excluded.granted, floor((
        $6::float8 - extract(epoch from greatest(r.pace_until, coalesce($8, now())) - coalesce($8, now())) + 0.001) / $5::float8)))::int end as g) granting),
    (contents, ids, untils) = (
      select coalesce(array_agg(c), '{}'), coalesce(array_agg(i), '{}'), coalesce(array_agg(u), '{}')
      from (
        select c, i, u from (
          select * from unnest(r.contents, r.ids, r.untils) as kept(c, i, u) where u > coalesce($8, now())
          union all
          select * from unnest(excluded.contents, excluded.ids, excluded.untils) as fresh(c, i, u)
          where not exists (select from unnest(r.contents, r.untils) as live(c, u) where live.c = fresh.c and live.u > coalesce($8, now()))
        ) entry order by u desc limit 64
      ) newest),
    updated_at = now()
  returning user_id, asked, granted, contents, ids, r.xmax = 0 as is_new
)
select 0 as kind, n.outbox_id, n.nr, n.id, n.created_at, date_part('epoch', n.created_at), n.broadcast_id, n.user_id, n.type,
  date_part('epoch', n.send_at), date_part('epoch', n.expires_at), n.bytes, n.content, n.capped,
  b.state, t.id, t.project_id,
  s.user_id is not null, s.push_enabled, s.timezone, s.quiet_hours_enabled, s.quiet_hours_start, s.quiet_hours_end,
  s.types -> n.type -> 'enabled' = 'false'::jsonb, date_part('epoch', coalesce($8, clock_timestamp()))
from note n
left join push.broadcasts b on b.id = n.broadcast_id
left join public.notification_settings s on s.user_id = n.user_id
left join public.push_tokens t on t.user_id = n.user_id and t.is_active and (n.token_id is null or t.id = n.token_id)
union all
select 1, null, granted, null, null, null, null, user_id, null, null, null, asked, null, null, contents::text, null, null,
  null, null, ids::text, null, null, null, null, null
from recent where not is_new or asked <> 1 or granted < asked`,
};
