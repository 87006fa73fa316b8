-- What is tuned while the system runs: one row that every process follows within about a second. null: what the process's own environment
-- says (slots, chunk size), or the default of the program. The bounds stand in performance/tuning-values.ts as well.
create table push.tuning (
  id                     smallint primary key default 1 check (id = 1),
  controller             boolean not null default true,                                     -- adjusts slots, chunk and claim size by itself
  slots                  integer check (slots between 1 and 200),                           -- chunks that one worker sends at the same time
  chunk_size             integer check (chunk_size between 1 and 100),                     -- deliveries of a chunk, which is one request
  claim_size             integer check (claim_size between 1 and 200),                      -- chunks of one claim
  notifications_ttl_ms   integer check (notifications_ttl_ms between 100 and 3600000),
  notifications_max_size integer check (notifications_max_size between 1 and 1000000),
  notifications_enabled  boolean,
  settings_ttl_ms        integer check (settings_ttl_ms between 100 and 3600000),
  settings_max_size      integer check (settings_max_size between 1 and 1000000),
  settings_enabled       boolean,
  tokens_ttl_ms          integer check (tokens_ttl_ms between 100 and 3600000),
  tokens_max_size        integer check (tokens_max_size between 1 and 1000000),
  tokens_enabled         boolean,
  -- What the controller remembers between steps, and when it took the last one: whoever locks the row next waits its time.
  memory                 jsonb not null default '{}' check (jsonb_typeof(memory) = 'object'),
  stepped_at             timestamptz,
  updated_at             timestamptz not null default now(),
  updated_by             text not null default 'todoku',
  updated_reason         text not null default 'first start'
);
insert into push.tuning default values;

-- The last thousand changes, by operators and by the controller.
create table push.tuning_history (
  id           bigint generated always as identity primary key,
  at           timestamptz not null default clock_timestamp(),
  actor        text not null,
  reason       text not null,
  before       jsonb not null,
  after        jsonb not null,
  measurements jsonb              -- what the controller went by; null: an operator set it
);

create function push.tell_tuning() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_notify('todoku_tuning', '');
  return null;
end $$;
create trigger tuning_tells after update on push.tuning for each statement execute function push.tell_tuning();

-- What each process says of itself with its heartbeat: performance/process-stats.ts.
alter table push.workers add column stats jsonb not null default '{}';

-- Caches of the processes that answer HTTP. Whoever changes a row says whose: 'settings:', 'tokens:' or 'notifications:', then the last eight hex
-- digits of each user's id, or '*' for everybody. Nothing is said while no such process is alive, because a commit that notifies waits for all
-- others that do. New notifications are told by planning, in batches and outside of any transaction (docs/decisions/0006).
create function push.caches_are_read() returns boolean language sql stable set search_path = '' as $$
  select exists (select from push.workers where 'api' = any (roles) and stopped_at is null and heartbeat_at > now() - interval '1 minute')
$$;

create function push.tell_caches() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  users text[];
begin
  if not push.caches_are_read() then
    return null;
  end if;
  if tg_level = 'STATEMENT' and tg_argv[1] = 'all' then
    users := array['*'];
  elsif tg_op = 'INSERT' then
    users := array(select distinct right(user_id::text, 8) from added limit 901);
  elsif tg_op = 'DELETE' then
    users := array(select distinct right(user_id::text, 8) from gone limit 901);
  else
    users := array(select distinct right(user_id::text, 8) from (select user_id from added union all select user_id from gone) both_sides limit 901);
  end if;
  if cardinality(users) > 900 then
    users := array['*'];
  end if;
  if cardinality(users) > 0 then
    perform pg_catalog.pg_notify('todoku_cache', tg_argv[0] || ':' || array_to_string(users, ''));
  end if;
  return null;
end $$;

do $$
declare
  t record;
begin
  for t in select * from (values ('notification_settings', 'settings'), ('push_tokens', 'tokens')) as told(name, cache) loop
    execute format('create trigger %I after insert on public.%I referencing new table as added for each statement execute function push.tell_caches(%L)',
      t.name || '_tell_insert', t.name, t.cache);
    execute format('create trigger %I after update on public.%I referencing old table as gone new table as added for each statement execute function push.tell_caches(%L)',
      t.name || '_tell_update', t.name, t.cache);
    execute format('create trigger %I after delete on public.%I referencing old table as gone for each statement execute function push.tell_caches(%L)',
      t.name || '_tell_delete', t.name, t.cache);
    execute format('create trigger %I after truncate on public.%I for each statement execute function push.tell_caches(%L, %L)',
      t.name || '_tell_truncate', t.name, t.cache, 'all');
  end loop;
end $$;
create trigger notifications_tell_update after update on public.notifications
  referencing old table as gone new table as added for each statement execute function push.tell_caches('notifications');
-- Deletions clear up old rows by the million: to keep each of them for a list of users would double their cost.
create trigger notifications_tell_delete after delete on public.notifications
  for each statement execute function push.tell_caches('notifications', 'all');
create trigger notifications_tell_truncate after truncate on public.notifications
  for each statement execute function push.tell_caches('notifications', 'all');

grant select, update on push.tuning to todoku_worker;
grant select, insert, delete on push.tuning_history to todoku_worker;
revoke execute on function push.tell_caches(), push.tell_tuning() from public;
