-- Few rows that change: the outbox, the held, the chunks, the receipts to fetch.

-- Written by the trigger in the app's own transaction; up to 500 notifications a row. Planning deletes it in the commit that decides.
create table push.outbox (
  id               bigint generated always as identity primary key,
  lane             smallint not null,
  at               timestamptz not null default clock_timestamp(),
  broadcast_id     bigint,
  was_held         boolean not null default false,       -- planned before, and held
  n                integer not null,
  notification_ids uuid[] not null,
  created_ats      timestamptz[] not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index outbox_lane on push.outbox (lane, id);

create table push.held (
  notification_id uuid not null,
  created_at      timestamptz not null,
  lane            smallint not null,
  broadcast_id    bigint,
  release_at      timestamptz not null,
  reason          text not null,
  -- As in notifications: an app that chooses ids may use one twice, and that must not stop a lane.
  primary key (notification_id, created_at)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index held_release on push.held (release_at);

-- Deliveries get their numbers in blocks: one nextval for each 1000.
create sequence push.delivery_block increment by 1000 start 1000;

-- States: 1 ready (claimable from due_at), 2 sending (leased until lease_until under epoch), 3 parked (its broadcast is paused).
-- A chunk that is done is deleted: its story is in deliveries and attempts.
create table push.chunks (
  id               bigint generated always as identity primary key,
  due_at           timestamptz not null default clock_timestamp(),
  lease_until      timestamptz,
  hour             timestamptz not null,     -- ledger: all its notifications were created in this hour
  expires_at       timestamptz not null,     -- the earliest of its deliveries
  broadcast_id     bigint,
  epoch            integer not null default 0,
  project_id       smallint not null,
  lane             smallint not null,
  state            smallint not null default 1,
  n                smallint not null check (n between 1 and 100),
  attempt          smallint not null default 0,          -- answered badly
  crash_recoveries smallint not null default 0,          -- nobody answered for it
  resend_unknown   boolean not null,
  leased_by        text,
  last_code        text,
  split_from       bigint,                                 -- the chunk whose deliveries these were: its attempts are theirs too
  delivery_ids     bigint[] not null,
  notification_ids uuid[] not null,
  created_ats      timestamptz[] not null,
  token_ids        uuid[] not null,
  check (state between 1 and 3)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
-- Random ids do not compress: spare the attempt.
alter table push.chunks
  alter column delivery_ids set storage external,
  alter column notification_ids set storage external,
  alter column created_ats set storage external,
  alter column token_ids set storage external;
create index chunks_ready on push.chunks (project_id, lane, due_at, id) where state = 1;
-- These two are not partial: while the table is empty, a partial index whose condition a statement repeats looks free to it, and the plan
-- cached then reads the index whole ever after (seen on Postgres 15 and 18).
create index chunks_leased on push.chunks (lease_until);
create index chunks_expiry on push.chunks (expires_at);
create index chunks_broadcast on push.chunks (broadcast_id) where broadcast_id is not null;

-- One row a chunk's tickets; deleted when every one has its receipt or was given up.
create table push.receipt_batches (
  id               bigint generated always as identity primary key,
  due_at           timestamptz not null,
  lease_until      timestamptz,
  epoch            integer not null default 0,
  sent_at          timestamptz not null,
  hour             timestamptz not null,
  broadcast_id     bigint,
  project_id       smallint not null,
  lane             smallint not null,
  tries            smallint not null default 0,
  attempt          smallint not null default 0,
  resend_unknown   boolean not null,
  expires_at       timestamptz not null,
  chunk_id         bigint not null,
  n                smallint not null,
  ticket_ids       text[] not null,
  delivery_ids     bigint[] not null,
  notification_ids uuid[] not null,
  created_ats      timestamptz[] not null,
  token_ids        uuid[] not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
alter table push.receipt_batches
  alter column ticket_ids set storage external,
  alter column delivery_ids set storage external,
  alter column notification_ids set storage external,
  alter column created_ats set storage external,
  alter column token_ids set storage external;
create index receipt_batches_due on push.receipt_batches (project_id, due_at);

-- What a user got lately, one row a user: whoever plans for her first takes its lock, so two planners can never both let the same content
-- pass, nor exceed her cap. Two tables (content by hash, pace by user) cost 16 µs a notification where this one costs 6.
create table push.user_recent (
  user_id    uuid primary key,
  -- Frequency cap as a generic cell rate algorithm: each push moves it on by window / limit, and it may be at most one window ahead.
  pace_until timestamptz not null,
  asked      smallint not null,       -- how many notifications planning last looked at …
  granted    smallint not null,       -- … and how many pushes the cap granted them
  known      smallint not null default 0, -- how many of the contents, counted from the first, were there before that
  -- Content seen within its type's dedupe window: hash, the notification that had it first, until when it counts. At most 64.
  contents   bigint[] not null,
  ids        uuid[] not null,
  untils     timestamptz[] not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table push.broadcasts (
  id           bigint generated always as identity primary key,
  state        text not null default 'draft' check (state in ('draft', 'running', 'paused', 'cancelled', 'done')),
  type         text not null,
  title        text not null,
  message      text not null default '',
  data         jsonb not null default '{}' check (jsonb_typeof(data) = 'object'),
  push         jsonb check (push is null or jsonb_typeof(push) = 'object'),
  collapse_key text,
  lane         smallint not null default 2 check (lane between 0 and 2),
  audience     jsonb not null,                 -- {"kind": "all" | "list" | "filter", …}
  send_at      timestamptz,
  expires_at   timestamptz,
  estimate     bigint,                         -- the preview's count
  cursor       uuid,                           -- the last user that has her row
  created      bigint not null default 0,      -- notifications made so far
  created_by   text not null,
  created_at   timestamptz not null default now(),
  started_at   timestamptz,
  finished_at  timestamptz,                    -- fan-out finished
  updated_at   timestamptz not null default now()
);
create index broadcasts_live on push.broadcasts (id) where state in ('running', 'paused');

create table push.broadcast_recipients (
  broadcast_id bigint not null references push.broadcasts on delete cascade,
  user_id      uuid not null,
  primary key (broadcast_id, user_id)
);
