-- Trace contexts that somebody brought: a door of ours, or the app's own transaction. Of all others the notification's id says enough, so
-- without tracing nothing is written here.
create table push.trace_contexts (
  notification_id uuid primary key,
  traceparent     text not null,           -- W3C: whose spans the notification's are below, and whether they are wanted
  from_door       boolean not null,        -- ours, which has told of the intake itself
  at              timestamptz not null default now()
);
create index trace_contexts_at on push.trace_contexts (at);
grant select, insert, update, delete on push.trace_contexts to todoku_worker;

-- set_config('todoku.traceparent', '00-…', true) in the app's transaction: what it inserts then belongs to the app's trace. What is no
-- context is as good as none, because a trace must never fail a transaction.
create function push.keep_trace() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  given text := pg_catalog.current_setting('todoku.traceparent', true);
begin
  if given ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' then
    insert into push.trace_contexts (notification_id, traceparent, from_door) select i.id, given, false from inserted i
    on conflict (notification_id) do nothing;
  end if;
  return null;
end $$;

-- The condition is asked once a statement, and nothing else happens where no context is set.
create trigger notification_trace_trigger after insert on public.notifications
  referencing new table as inserted
  for each statement when (pg_catalog.current_setting('todoku.traceparent', true) <> '') execute function push.keep_trace();
