-- What Supabase already has and a plain Postgres has not: the API roles, schema auth, auth.uid() and auth.jwt().
-- Every statement leaves what exists as it is, so the same file runs on both. Roles belong to the whole cluster, and two
-- databases may be migrated at once: each creation tolerates having lost the race.

do $$
declare
  r text;
begin
  foreach r in array array['anon', 'authenticated', 'service_role', 'todoku_worker'] loop
    if not exists (select from pg_roles where rolname = r) then
      begin
        execute format('create role %I nologin noinherit', r);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end $$;

-- The server connects as the migrating user and then becomes todoku_worker, so that user must be a member of it.
do $$
begin
  if not pg_has_role(current_user, 'todoku_worker', 'member') then
    execute format('grant todoku_worker to %I', current_user);
  end if;
exception when unique_violation then null;
end $$;

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role, todoku_worker;

do $$
begin
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable set search_path = '' as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
      )::jsonb
    $f$;
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable set search_path = '' as $f$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $f$;
  end if;
end $$;
