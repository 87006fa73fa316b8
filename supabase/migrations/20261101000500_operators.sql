-- Who may knock, what was done, who is working.

create table push.idempotency (
  owner      text not null,        -- the API key's id
  key        text not null,
  body_hash  bytea not null,
  status     smallint,             -- null: the first request is still under way
  response   json,
  created_at timestamptz not null default now(),
  primary key (owner, key)
);
create index idempotency_age on push.idempotency (created_at);

create table push.api_keys (
  id           text primary key,
  secret_hash  bytea not null,
  name         text not null,
  scopes       text[] not null check (scopes <@ array['send', 'operate', 'admin'] and cardinality(scopes) > 0),
  created_by   text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

create table push.audit (
  seq     bigint generated always as identity primary key,
  at      timestamptz not null default clock_timestamp(),
  actor   text not null,
  action  text not null,
  target  text,
  reason  text,
  details json not null default '{}'
);
create function push.refuse_change() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'push.audit is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete or truncate on push.audit
  for each statement execute function push.refuse_change();

-- Which keys exist, never the keys. canary is a constant encrypted with the key, so that a wrong key is found at start.
create table push.encryption_keys (
  key_id     integer primary key,
  canary     bytea not null,
  created_at timestamptz not null default now()
);

create table push.workers (
  id           text primary key,
  host         text not null,
  pid          integer not null,
  roles        text[] not null,
  version      text not null,
  started_at   timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  stopped_at   timestamptz
);
