-- Reports: what they count that nothing counted yet, and which were sent.

-- Items are read by prefix ('error:' to 'error;'). In a language's order that range can be empty: glibc and ICU sort ';' before ':'.
alter table push.minutes alter column item type text collate "C";
alter table push.tally_entries alter column item type text collate "C";

-- More items of project 0, so that no report reads the rows themselves:
-- 'type:<type>'      notifications at their first planning, by type; rolled up by the quarter of an hour
-- 'engaged:<type>'   the same, read or opened for the first time; a type that has not been counted yet, and the types beyond the first few
--                    hundred, are 'engaged:*' and 'type:*'
-- 'held:<reason>'    notifications held, each time that they are
create or replace function push.count_engaged() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into push.tally_entries (project_id, item, n)
  with engaged as materialized (
    select left(a.type, 64) as type, count(*) as n
    from gone g join added a on a.id = g.id and a.created_at = g.created_at
    where g.read_at is null and g.opened_at is null and (a.read_at is not null or a.opened_at is not null)
    group by 1
  )
  select 0, 'engaged', sum(n) from engaged having sum(n) > 0
  union all
  select 0, case when exists (select from push.minutes m where m.item = 'type:' || type) then 'engaged:' || type else 'engaged:*' end, n from engaged;
  return null;
end $$;

-- Reports ask what was stopped, and for how long.
create index if not exists audit_action on push.audit (action, at);

-- One row a scheduled report: whoever writes it first sends it, and nobody else does.
create table push.reports (
  period    text not null check (period in ('daily', 'weekly', 'monthly')),
  last_day  date not null,                 -- in the zone
  zone      text not null,
  made_at   timestamptz not null default clock_timestamp(),
  made_by   text not null,                 -- the process
  notices   text[] not null,               -- its messages in push.alert_notices, one a route
  primary key (period, last_day)
);
grant select, insert, delete on push.reports to todoku_worker;

alter table push.alert_notices drop constraint alert_notices_kind_check;
alter table push.alert_notices add constraint alert_notices_kind_check check (kind in ('alerts', 'test', 'report'));
