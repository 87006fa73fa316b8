-- Whether a row was planned is told by its decision, so a row from before the oldest day whose decisions are kept can't be told apart from one that was
-- missed: it may have been sent, and is left out. (A decision is never older than its row.)
create or replace function push.catch_up(since timestamptz, until timestamptz) returns bigint language plpgsql security definer
set search_path = '' set timezone = 'UTC' as $$
declare
  taken bigint;
  known_since timestamptz := coalesce((select min(p.low) from push.partitions('push.decisions') p), '-infinity');
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
    where n.created_at >= greatest(since, known_since) and n.created_at < until
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
