-- Intake in bulk, cheaper a row: see docs/performance.md for what was measured.

-- Packs of 500, in the order of the rows. Of each row only its number, its type's lane and its hour are worked out, and rows are packed by hash: the
-- statement before this one joined policy, the fallback's lane and broadcasts to every row, which cost a sort that spilled to disk as well.
-- date_bin counts hours from a midnight of UTC, whatever zone the session is in, and costs a fifth of date_trunc.
create or replace function push.take_in() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  stranger bigint;
begin
  with packed as materialized (
    select pack.*, coalesce(b.lane, pack.type_lane) as lane, b.id as known
    from (
      select type_lane, broadcast_id, hour, nr / 500 as block, count(*) as n, array_agg(id) as ids, array_agg(created_at) as created_ats
      from (
        select i.id, i.created_at, i.broadcast_id, date_bin('1 hour', i.created_at, '2000-01-01 00:00+00') as hour,
          coalesce(t.lane, (select lane from push.notification_types where type = '*'), (select default_lane from push.policy)) as type_lane,
          row_number() over () - 1 as nr
        from inserted i
        left join push.notification_types t on t.type = i.type
      ) numbered
      group by type_lane, broadcast_id, hour, block
    ) pack
    left join push.broadcasts b on b.id = pack.broadcast_id
  ), counted as (
    insert into push.ledger_entries (hour, broadcast_id, item, n)
    select hour, broadcast_id, 'accepted', sum(n) from packed group by 1, 2
  ), written as (
    insert into push.outbox (lane, broadcast_id, n, notification_ids, created_ats)
    select lane, broadcast_id, n, ids, created_ats from packed order by block
  )
  select broadcast_id into stranger from packed where broadcast_id is not null and known is null limit 1;
  -- As a foreign key would, which would cost every row of a broadcast a look-up and a lock.
  if stranger is not null then
    raise exception 'there is no broadcast %', stranger using errcode = 'foreign_key_violation', table = 'notifications',
      column = 'broadcast_id', hint = 'Leave broadcast_id out: only the rows that a broadcast makes have one.';
  end if;
  return null;
end $$;

-- Ids are half random, which compresses so little that the attempt is a waste.
alter table push.outbox alter column notification_ids set storage external;

-- Postgres makes such ids itself from version 18 on, for half the cost.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create or replace function push.uuid_v7() returns uuid language sql volatile parallel safe as 'select pg_catalog.uuidv7()';
  end if;
end $$;
