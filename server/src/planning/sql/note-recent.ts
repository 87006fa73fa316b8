import type { Statement } from '../../database/database.js';

/**
 * Notes what planning is about to decide for users, one row each, and says what they had before: content within its window, and how many
 * pushes the cap still grants. Whoever comes first holds a user's row until the commit.
 *
 * $1 users, in the order of their ids, so that two planners never wait for each other; $2 how many notifications, $3 how many of them the cap
 * counts. Contents to remember: $4 hash, $5 notification, $6 seconds for users with one; array literals $7 … $9 for those with more.
 * $10 seconds of the cap that one push uses up (0: no cap), $11 the cap's window in seconds, $12 planning time (null: the database's).
 *
 * Only users that matter come back: who had a row before, has more than one notification, or was not granted every push. Anyone else has no
 * history and got the one push that was asked for her.
 *
 * Rejected, measured on 2 cores with batches of 2,000 (µs a notification): content and pace in two tables, 16 instead of 5 (two random
 * index inserts each, and the expiry's index); array literals for every user, 2 more.
 */
export const noteRecent: Statement = {
  name: 'note_recent',
  text: /* sql */ `
with recent as (
  insert into push.user_recent as r (user_id, pace_until, asked, granted, contents, ids, untils)
  select x.user_id, coalesce($12, now()) + make_interval(secs => x.wanted * $10::float8), x.asked, x.wanted,
    case when x.content is not null then array[x.content] else coalesce(x.contents::bigint[], '{}') end,
    case when x.content is not null then array[x.id] else coalesce(x.ids::uuid[], '{}') end,
    case when x.content is not null then array[coalesce($12, now()) + make_interval(secs => x.seconds)]
      when x.contents is null then '{}'
      else (select array_agg(coalesce($12, now()) + make_interval(secs => s)) from unnest(x.more_seconds::int[]) as s)
    end
  from unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::bigint[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[])
    as x(user_id, asked, wanted, content, id, seconds, contents, ids, more_seconds)
  on conflict (user_id) do update set
    asked = excluded.asked,
    (granted, pace_until) = (
      select g, greatest(r.pace_until, coalesce($12, now())) + make_interval(secs => g * $10::float8)
      from (select case when $10::float8 = 0 then excluded.granted else greatest(0, least(excluded.granted, floor((
        $11::float8 - extract(epoch from greatest(r.pace_until, coalesce($12, now())) - coalesce($12, now())) + 0.001) / $10::float8)))::int end as g) granting),
    (known, contents, ids, untils) = (
      select coalesce(sum(k), 0), coalesce(array_agg(c), '{}'), coalesce(array_agg(i), '{}'), coalesce(array_agg(u), '{}')
      from (
        (select 1 as k, c, i, u from unnest(r.contents, r.ids, r.untils) as kept(c, i, u) where u > coalesce($12, now())
          order by u desc limit greatest(0, 64 - cardinality(excluded.contents)))
        union all
        (select 0, c, i, u from unnest(excluded.contents, excluded.ids, excluded.untils) as fresh(c, i, u)
          where not exists (select from unnest(r.contents, r.untils) as live(c, u) where live.c = fresh.c and live.u > coalesce($12, now()))
          limit 64)
      ) entry),
    updated_at = now()
  returning user_id, asked, granted, r.xmax = 0 as is_new, known, contents, ids
)
select user_id, granted, contents::text, ids::text, known from recent where not is_new or asked <> 1 or granted < asked`,
};

/** Gives back what the cap granted and planning did not use: $1 users, $2 how many pushes by user, $3 seconds that one push uses up. */
export const refundCap: Statement = {
  name: 'refund_cap',
  text: /* sql */ `
update push.user_recent r
set pace_until = r.pace_until - make_interval(secs => ($2::jsonb ->> r.user_id::text)::int * $3::float8)
where r.user_id = any ($1::uuid[])`,
};
