-- What every process logs for a while instead of what its LOG_LEVEL says: one row that all follow within seconds. null, or past its end: LOG_LEVEL.
create table push.log_level (
  id     smallint primary key default 1 check (id = 1),
  level  text check (level in ('trace', 'debug', 'info', 'warn', 'error', 'fatal')),
  until  timestamptz,
  set_by text,
  set_at timestamptz,
  reason text,
  check ((level is null) = (until is null))
);
insert into push.log_level default values;

create function push.tell_log_level() returns trigger language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_notify('todoku_log_level', '');
  return null;
end $$;
create trigger log_level_tells after update on push.log_level for each statement execute function push.tell_log_level();

grant select, update on push.log_level to todoku_worker;
revoke execute on function push.tell_log_level() from public;
