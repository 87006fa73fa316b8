-- A pause, an emergency stop or a switch must get through however many claims there are. Claims share the lock of this row, and Postgres lets a further
-- sharer in although somebody waits to write: while there is always a claim that has not committed yet (many workers, or a slow disk), the
-- writer would wait for ever. An advisory lock is granted in the order of asking, so whoever claims takes it shared first, and whoever writes takes it
-- here, before the row's.
create function push.take_turn_at_controls() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(7304132);
  return null;
end $$;

create trigger controls_take_turn before update on push.controls
  for each statement execute function push.take_turn_at_controls();
revoke execute on function push.take_turn_at_controls() from public;
