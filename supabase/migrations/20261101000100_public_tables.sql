-- The three tables that the app itself reads and writes. Everything else lives in schema push.

create schema push;

-- Time-ordered ids (UUID version 7), so that index inserts stay at the right edge. No SET clause, so that the planner can inline it
-- into the insert: with one, 100,000 ids took three times as long.
create function push.uuid_v7() returns uuid language sql volatile parallel safe as $$
  select pg_catalog.encode(
    pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.overlay(
      pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
      pg_catalog.substring(pg_catalog.int8send((pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::bigint), 3),
      1, 6), 52, 1), 53, 1), 'hex')::uuid
$$;

create table public.notifications (
  id           uuid not null default push.uuid_v7(),
  user_id      uuid not null,
  type         text not null,
  title        text not null,
  message      text not null default '',
  data         jsonb not null default '{}',
  is_read      boolean not null default false,
  read_at      timestamptz,
  opened_at    timestamptz,
  created_at   timestamptz not null default now(),
  send_at      timestamptz,           -- scheduled: not before
  expires_at   timestamptz,           -- not after; empty: created_at + the type's ttl
  collapse_key text,                  -- a newer one replaces an older one on the device
  push         jsonb,                 -- how it shows: sound, badge, channelId, subtitle, …
  token_id     uuid,                  -- only this device; empty: every device of the user
  broadcast_id bigint,
  primary key (id, created_at),
  -- Planning computes with these; 'infinity' and the year 200000 are mistakes.
  constraint notifications_created_at_sane check (created_at >= '2000-01-01' and created_at < '2200-01-01'),
  constraint notifications_send_at_sane check (send_at is null or (send_at >= '2000-01-01' and send_at < '2200-01-01')),
  constraint notifications_expires_at_sane check (expires_at is null or (expires_at >= '2000-01-01' and expires_at < '2200-01-01')),
  constraint notifications_read_at_sane check (read_at is null or (read_at >= '2000-01-01' and read_at < '2200-01-01')),
  constraint notifications_opened_at_sane check (opened_at is null or (opened_at >= '2000-01-01' and opened_at < '2200-01-01')),
  constraint notifications_data_is_object check (jsonb_typeof(data) = 'object'),
  constraint notifications_push_is_object check (push is null or jsonb_typeof(push) = 'object')
) partition by range (created_at);

-- Rows for which no partition was made ahead of time land here; maintenance moves them. An insert never fails for it.
create table push.notifications_default partition of public.notifications default;

create index idx_notifications_user_created on public.notifications (user_id, created_at desc);

create table public.push_tokens (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null,
  platform          text not null check (platform in ('ios', 'android', 'web', 'unknown')),
  is_active         boolean not null default true,
  state             text not null default 'active' check (state in ('active', 'quarantined', 'signed_out', 'invalid')),
  state_reason      text,
  state_at          timestamptz not null default now(),
  project_id        smallint not null default 1,
  device_id         text,
  app_version       text,
  locale            text,
  token_ciphertext  bytea not null,    -- 0x01 | key id | nonce | AES-256-GCM | tag; bound to this row's id
  token_hash        bytea not null,    -- keyed hash: finds a token without knowing it
  key_id            integer not null,  -- the key that token_ciphertext names, for rotation and its progress
  registered_at     timestamptz not null default now(),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint push_tokens_active_state check (is_active = (state = 'active'))
);
create unique index push_tokens_hash on public.push_tokens (token_hash);
create index push_tokens_user on public.push_tokens (user_id);
create index push_tokens_inactive on public.push_tokens (updated_at) where not is_active;

-- What the API takes, and not more: planning reads the whole of it with each of her notifications. At most 200 types, so at most 17 kB.
create function push.are_type_settings(types jsonb) returns boolean language plpgsql immutable parallel safe set search_path = '' as $$
begin
  if jsonb_typeof(types) <> 'object' then
    return false;
  end if;
  return (select count(*) <= 200 and coalesce(bool_and(type ~ '^[A-Za-z0-9_.-]{1,64}$' and said in ('{"enabled": true}', '{"enabled": false}')), true)
    from jsonb_each(types) as one (type, said));
end $$;

create table public.notification_settings (
  user_id             uuid primary key,
  push_enabled        boolean not null default true,
  timezone            text,                       -- IANA name; empty: the policy's default
  quiet_hours_enabled boolean not null default false,
  quiet_hours_start   time not null default '22:00',
  quiet_hours_end     time not null default '07:00',
  types               jsonb not null default '{}',  -- {"<type>": {"enabled": false}}; a type that is not here is on
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  constraint notification_settings_types_known check (push.are_type_settings(types))
);
