-- What the HTTP door needs of the database: ids that callers chose, acting as a user, finding a ticket's batch by its chunk.

-- A notification's id is unique only together with its time (partitions), so ids that callers choose are claimed here. Ids that the system
-- makes need no claim. Pruned with the notifications.
create table push.notification_ids (
  id uuid primary key,
  at timestamptz not null default now()
);
create index notification_ids_at on push.notification_ids (at);
grant select, insert, update, delete on push.notification_ids to todoku_worker;

-- The inbox acts as the user herself, so that row level security is the judge. SET ROLE asks what the connection's own user may become.
do $$
begin
  if not pg_has_role(current_user, 'authenticated', 'member') then
    grant authenticated to current_user;
  end if;
exception when unique_violation then null;
end $$;

-- An acknowledged delivery leaves the batch of tickets whose receipts are awaited.
create index receipt_batches_chunk on push.receipt_batches (chunk_id);

-- For readiness: the worker role does not see the schema in which migrations are kept.
create function push.applied_migrations() returns setof text language plpgsql stable security definer set search_path = '' as $$
begin
  return query select m.version::text from supabase_migrations.schema_migrations m;
end $$;
revoke execute on function push.applied_migrations() from public;
grant execute on function push.applied_migrations() to todoku_worker;
