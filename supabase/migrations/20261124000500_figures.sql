-- What the figures are computed from: flows by the minute, written in the commits that they describe and counted exactly once.

-- When the deliveries of a chunk could first have gone out: the mean of the times at which their notifications entered the outbox. A mean is
-- enough, since the average time of delivery is all that is made of it. null: its due time. It stays when a chunk is sent again.
alter table push.chunks add column ready_at timestamptz;

-- When an entry was made; hour is that of the notification.
alter table push.ledger_entries add column at timestamptz not null default clock_timestamp();

-- What the ledger does not count: 'sent' (taken by a provider; ms: the sum of their times of delivery), 'error:<code>' (answers, receipts and
-- requests that failed, each delivery in them once) and 'engaged' (notifications read or opened for the first time; project 0).
create table push.tally_entries (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default clock_timestamp(),
  project_id smallint not null,
  item       text not null,
  n          bigint not null,
  ms         bigint not null default 0
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Entries of both kinds, rolled up by the minute in which they were made. Those of the ledger are of project 0.
create table push.minutes (
  item       text not null,
  minute     timestamptz not null,
  project_id smallint not null,
  n          bigint not null,
  ms         bigint not null default 0,
  primary key (item, minute, project_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create function push.count_engaged() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into push.tally_entries (project_id, item, n)
  select 0, 'engaged', count(*)
  from gone g join added a on a.id = g.id and a.created_at = g.created_at
  where g.read_at is null and g.opened_at is null and (a.read_at is not null or a.opened_at is not null)
  having count(*) > 0;
  return null;
end $$;
create trigger notifications_engaged after update on public.notifications
  referencing old table as gone new table as added for each statement execute function push.count_engaged();

-- The share of tokens that were lost lately is read every few seconds.
create index push_tokens_lost on public.push_tokens (state_at) where state in ('quarantined', 'invalid');

grant select, insert, delete, update on push.tally_entries, push.minutes to todoku_worker;
grant usage on all sequences in schema push to todoku_worker;
revoke execute on function push.count_engaged() from public;
