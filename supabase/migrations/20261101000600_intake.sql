-- Intake: a row in notifications is a push. Statement level, so that 100,000 rows cost 200 outbox rows, in the caller's own transaction:
-- it commits or rolls back with it. ALTER TABLE notifications DISABLE TRIGGER notification_push_trigger stops new pushes.

-- A wake-up is only a hint, polling is the truth. NOTIFY serialises all committing notifiers of a database, so one transaction at a time
-- may send it; whoever does not get the lock is found by the poll that follows a busy moment. Deferred to the commit, so that the lock is held for
-- as long as a commit takes: asked for at the insert, a transaction that stays open would silence all others until it ends.
create function push.wake_planning() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if pg_catalog.pg_try_advisory_xact_lock(7304121) then
    perform pg_catalog.pg_notify('todoku_outbox', '');
  end if;
  return null;
end $$;

create constraint trigger outbox_wakes_planning after insert on push.outbox
  deferrable initially deferred for each row execute function push.wake_planning();

-- The ledger counts by the hour of UTC, in whatever zone the app's session is: zones of half hours exist.
create function push.take_in() returns trigger language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  stranger bigint;
begin
  with packed as materialized (
    select lane, broadcast_id, min(known) as known, hour, count(*) as n, array_agg(id) as ids, array_agg(created_at) as created_ats
    from (
      select i.id, i.created_at, i.broadcast_id, b.id as known, date_trunc('hour', i.created_at) as hour,
        coalesce(b.lane, t.lane, d.lane, p.default_lane) as lane,
        row_number() over () as nr
      from inserted i
      cross join push.policy p
      left join push.notification_types t on t.type = i.type
      left join push.notification_types d on d.type = '*'
      left join push.broadcasts b on b.id = i.broadcast_id
    ) numbered
    group by lane, broadcast_id, hour, (nr - 1) / 500
  ), counted as (
    insert into push.ledger_entries (hour, broadcast_id, item, n)
    select hour, broadcast_id, 'accepted', sum(n) from packed group by 1, 2
  ), written as (
    insert into push.outbox (lane, broadcast_id, n, notification_ids, created_ats)
    select lane, broadcast_id, n, ids, created_ats from packed
  )
  select broadcast_id into stranger from packed where broadcast_id is not null and known is null limit 1;
  -- As a foreign key would, which would cost every row of a broadcast a look-up and a lock.
  if stranger is not null then
    raise exception 'there is no broadcast %', stranger using errcode = 'foreign_key_violation', table = 'notifications',
      column = 'broadcast_id', hint = 'Leave broadcast_id out: only the rows that a broadcast makes have one.';
  end if;
  return null;
end $$;

create trigger notification_push_trigger after insert on public.notifications
  referencing new table as inserted
  for each statement execute function push.take_in();

-- Pushes for rows that were inserted while the trigger was disabled: only on an operator's request. Returns how many were taken in.
create function push.catch_up(since timestamptz, until timestamptz) returns bigint language plpgsql security definer
set search_path = '' set timezone = 'UTC' as $$
declare
  taken bigint;
begin
  -- Two operators at once, or one that presses twice, must not take a row in twice.
  perform pg_catalog.pg_advisory_xact_lock(7304122);
  with missed as (
    select n.id, n.created_at, n.broadcast_id,
      coalesce(b.lane, t.lane, d.lane, p.default_lane) as lane
    from public.notifications n
    cross join push.policy p
    left join push.notification_types t on t.type = n.type
    left join push.notification_types d on d.type = '*'
    left join push.broadcasts b on b.id = n.broadcast_id
    where n.created_at >= since and n.created_at < until
      and not exists (select from push.decisions x where x.notification_id = n.id)
      and not exists (select from push.held h where h.notification_id = n.id)
      and n.id not in (select unnest(o.notification_ids) from push.outbox o)
  ), counted as (
    insert into push.ledger_entries (hour, broadcast_id, item, n)
    select date_trunc('hour', created_at), broadcast_id, 'accepted', count(*) from missed group by 1, 2
  ), numbered as (
    select *, row_number() over (partition by broadcast_id, lane) as nr from missed
  ), written as (
    insert into push.outbox (lane, broadcast_id, n, notification_ids, created_ats)
    select lane, broadcast_id, count(*), array_agg(id), array_agg(created_at)
    from numbered group by lane, broadcast_id, (nr - 1) / 500
    returning n
  )
  select coalesce(sum(n), 0) into taken from written;
  return taken;
end $$;
