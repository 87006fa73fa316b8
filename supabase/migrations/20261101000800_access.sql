-- Who may touch what. A user sees her own rows and can only mark them read; workers have a role of their own; all else is denied.

alter table public.notifications enable row level security;
alter table public.notifications force row level security;
alter table public.push_tokens enable row level security;
alter table public.push_tokens force row level security;
alter table public.notification_settings enable row level security;
alter table public.notification_settings force row level security;

revoke all on public.notifications, public.push_tokens, public.notification_settings from public, anon, authenticated;
grant select on public.notifications to authenticated;
grant update (is_read, read_at, opened_at) on public.notifications to authenticated;
grant select (id, user_id, platform, is_active, state, device_id, app_version, locale, registered_at, created_at, updated_at)
  on public.push_tokens to authenticated;
grant select on public.notification_settings to authenticated;
grant insert (user_id, push_enabled, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, types),
  update (push_enabled, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, types)
  on public.notification_settings to authenticated;

create policy "Users can view own notifications" on public.notifications
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "Users can update own notifications" on public.notifications
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "Users can view own push tokens" on public.push_tokens
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "Users can view own notification settings" on public.notification_settings
  for select to authenticated using ((select auth.uid()) = user_id);
create policy "Users can insert own notification settings" on public.notification_settings
  for insert to authenticated with check ((select auth.uid()) = user_id);
create policy "Users can update own notification settings" on public.notification_settings
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

-- The app's back end (service_role), the workers, and the owner where FORCE would shut it out.
do $$
declare
  t text;
  r text;
begin
  foreach t in array array['notifications', 'push_tokens', 'notification_settings'] loop
    foreach r in array array['service_role', 'todoku_worker', current_user::text] loop
      execute format('create policy %I on public.%I to %I using (true) with check (true)', r || ' has full access', t, r);
    end loop;
  end loop;
end $$;
grant select, insert, update, delete on public.notifications, public.notification_settings to service_role, todoku_worker;
grant select, insert, update, delete on public.push_tokens to todoku_worker;
grant select (id, user_id, platform, is_active, state, state_reason, state_at, project_id, device_id, app_version, locale, registered_at, created_at, updated_at),
  delete on public.push_tokens to service_role;

-- Read is read once: the time of the first reading stands. A settings row says when it changed.
create function push.keep_read_at() returns trigger language plpgsql set search_path = '' as $$
begin
  if new.is_read and new.read_at is null then
    new.read_at := now();
  end if;
  return new;
end $$;
create function push.keep_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
create trigger notifications_read_at before update of is_read on public.notifications
  for each row execute function push.keep_read_at();
create trigger notification_settings_updated_at before update on public.notification_settings
  for each row execute function push.keep_updated_at();
create trigger push_tokens_updated_at before update on public.push_tokens
  for each row execute function push.keep_updated_at();

-- Refuses what planning could not read: an unknown zone would otherwise be found at night. Postgres itself takes abbreviations ('JST') and POSIX
-- rules ('JST-9', 'Mars/Olympus5') as well, so the name has to look like one of IANA's: the same pattern as in planning/local-time.ts.
create function push.is_timezone(zone text) returns boolean language plpgsql stable set search_path = '' as $$
begin
  if zone !~* ('^(?!posix/|right/)(?:[a-z_]+(?:/[a-z_-]+)+|etc/gmt(?:0|[+-][0-9]|[+]1[0-2]|-1[0-4])|cuba|egypt|eire|gb|gb-eire|gmt|greenwich|hongkong'
    '|iceland|iran|israel|jamaica|japan|kwajalein|libya|navajo|nz|nz-chat|poland|portugal|prc|roc|rok|singapore|turkey|uct|universal|utc|w-su|zulu)$') then
    return false;
  end if;
  perform now() at time zone zone;
  return true;
exception when invalid_parameter_value then
  return false;
end $$;
alter table public.notification_settings
  add constraint notification_settings_timezone_known check (timezone is null or push.is_timezone(timezone));
alter table push.policy
  add constraint policy_timezone_known check (push.is_timezone(default_timezone));

revoke all on schema push from public;
grant usage on schema push to todoku_worker;
grant select, insert, update, delete on all tables in schema push to todoku_worker;
revoke update, delete, truncate on push.audit from todoku_worker;
revoke insert, update, delete on push.delivery_states, push.delivery_transitions, push.partition_plan from todoku_worker;
grant usage on all sequences in schema push to todoku_worker;
revoke execute on function push.wake_planning(), push.catch_up(timestamptz, timestamptz), push.ensure_partitions(timestamptz, timestamptz),
  push.partitions(text), push.drop_partitions(text, timestamptz), push.take_in() from public;
grant execute on function push.catch_up(timestamptz, timestamptz), push.ensure_partitions(timestamptz, timestamptz),
  push.partitions(text), push.drop_partitions(text, timestamptz) to todoku_worker;
-- A new partition must not open a side door past the parent's policies.
alter default privileges in schema push revoke all on tables from public;
