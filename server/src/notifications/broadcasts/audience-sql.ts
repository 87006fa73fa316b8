import type { Audience } from './broadcast-input.js';

/** What is kept of an audience in the broadcast's row. A list's users are rows of push.broadcast_recipients. */
export type StoredAudience = { readonly kind: 'all' | 'list' } | StoredFilter;

/** Times come back from the row as text. */
type StoredFilter = Omit<Extract<Audience, { kind: 'filter' }>, 'registeredAfter' | 'registeredBefore'> & {
  readonly registeredAfter?: Date | string | null | undefined;
  readonly registeredBefore?: Date | string | null | undefined;
};

/**
 * Who is in a filter, asked of one user `u`. $1 … $7: platforms, timezones, locales, app versions, registered after, registered before, has a
 * token; null: no condition. In one text for all filters, so that no condition is ever put together from input.
 */
const inFilter = /* sql */ `
  (($1::text[] is null and $3::text[] is null and $4::text[] is null and $5::timestamptz is null and $6::timestamptz is null
      and $7::boolean is distinct from true)
    or exists (
      select from public.push_tokens t
      where t.user_id = u.user_id and t.is_active
        and ($1::text[] is null or t.platform = any ($1::text[]))
        and ($3::text[] is null or exists (
          select from unnest($3::text[]) l where lower(t.locale) = lower(l) or starts_with(lower(t.locale), lower(l) || '-')))
        and ($4::text[] is null or t.app_version = any ($4::text[]))
        and ($5::timestamptz is null or t.registered_at >= $5)
        and ($6::timestamptz is null or t.registered_at < $6)))
  and ($7::boolean is distinct from false
    or not exists (select from public.push_tokens t where t.user_id = u.user_id and t.is_active))
  and ($2::text[] is null or coalesce(
    (select s.timezone from public.notification_settings s where s.user_id = u.user_id), (select default_timezone from push.policy)) = any ($2::text[]))`;

/** The parameters of `inFilter`. */
export function filterParameters(audience: StoredAudience): unknown[] {
  if (audience.kind !== 'filter') return [null, null, null, null, null, null, null];
  const { platforms, timezones, locales, appVersions, registeredAfter, registeredBefore, hasToken } = audience;
  return [platforms, timezones, locales, appVersions, registeredAfter, registeredBefore, hasToken].map((condition) => condition ?? null);
}

/** Everybody whom the system knows: an active device, or a settings row. */
const everybody = /* sql */ `
  select user_id from public.push_tokens where is_active union select user_id from public.notification_settings`;

/** How many users, and how many of them have a device to send to. After `inFilter`'s parameters. */
export const countKnown = /* sql */ `
select count(*) as users, count(*) filter (where exists (select from public.push_tokens t where t.user_id = u.user_id and t.is_active)) as reachable
from (${everybody}) u
where ${inFilter}`;

/** $1: the users. */
export const countListed = /* sql */ `
select count(*) as users, count(*) filter (where exists (select from public.push_tokens t where t.user_id = u.user_id and t.is_active)) as reachable
from (select distinct user_id from unnest($1::uuid[]) l(user_id)) u`;

/** $1: the broadcast. */
export const countRecipients = /* sql */ `
select count(*) as users, count(*) filter (where exists (select from public.push_tokens t where t.user_id = u.user_id and t.is_active)) as reachable
from push.broadcast_recipients u where broadcast_id = $1`;

/**
 * The next users after the cursor, in the order of their ids, whether they are in the filter or not. $8 the broadcast, $9 how many,
 * $10 the cursor (only when `onwards`). Users beyond the page can't be before one in it: each side of the union gives its own first ones.
 */
function pageOf(kind: StoredAudience['kind'], onwards: boolean): string {
  const after = onwards ? 'and user_id > $10::uuid' : '';
  if (kind === 'list') {
    return /* sql */ `select user_id from push.broadcast_recipients where broadcast_id = $8 ${after} order by user_id limit $9`;
  }
  return /* sql */ `
    select user_id from (
      (select distinct user_id from public.push_tokens where is_active ${after} order by user_id limit $9)
      union
      (select user_id from public.notification_settings where true ${after} order by user_id limit $9)
    ) either order by user_id limit $9`;
}

/**
 * One step of the fan-out: rows for a page of users, and the cursor behind them, in one statement. `looked`: users in the page, fewer than asked
 * for at the end; `made`: rows. The limit counts users looked at, so that a filter that few meet keeps each step short as well.
 */
export function fanOutStatement(kind: StoredAudience['kind'], onwards: boolean): string {
  return /* sql */ `
with page as materialized (${pageOf(kind, onwards)}
), made as (
  insert into public.notifications (user_id, type, title, message, data, push, collapse_key, send_at, expires_at, broadcast_id)
  select u.user_id, b.type, b.title, b.message, b.data, b.push, b.collapse_key, b.send_at, b.expires_at, b.id
  from page u cross join push.broadcasts b
  where b.id = $8 and ${inFilter}
  returning 1
), step as (
  select (select count(*) from page) as looked, (select count(*) from made) as made, (select user_id from page order by user_id desc limit 1) as last
)
update push.broadcasts b set
  cursor = coalesce(step.last, b.cursor), created = b.created + step.made, updated_at = clock_timestamp(),
  state = case when step.looked < $9 then 'done' else b.state end,
  finished_at = case when step.looked < $9 then clock_timestamp() end
from step where b.id = $8
returning step.looked::int, step.made::int`;
}
