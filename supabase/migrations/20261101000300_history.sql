-- Append-only, partitioned by day, never updated: what was decided, tried and came of it.

-- States of a delivery and the legal steps between them. The one table that code, docs and tests share.
create table push.delivery_states (
  code     smallint primary key,
  name     text not null unique,
  terminal boolean not null,
  meaning  text not null
);
insert into push.delivery_states (code, name, terminal, meaning) values
  (1,  'queued',               false, 'in a chunk, waiting for its time, its lane or the budget'),
  (2,  'sending',              false, 'claimed: its intent is committed, it may be on the wire'),
  (10, 'accepted_by_expo',     false, 'Expo gave a ticket; the receipt is awaited'),
  (20, 'accepted_by_platform', true,  'the receipt says that Apple or Google took it'),
  (21, 'acked_by_device',      true,  'the app on the device said that it arrived'),
  (30, 'failed',               true,  'refused for good; the code says by whom and why'),
  (31, 'expired',              true,  'its time was over before it could be sent'),
  (32, 'cancelled',            true,  'withdrawn before it was sent: broadcast cancelled, token moved or gone, row deleted'),
  (33, 'unknown',              true,  'bytes were sent, no answer came, and the type says not to resend'),
  (34, 'receipt_missing',      true,  'Expo gave a ticket, but no receipt within a day'),
  (35, 'dead_letter',          true,  'gave up after too many attempts or crashes; an operator can requeue it');

create table push.delivery_transitions (
  from_state smallint not null references push.delivery_states,
  to_state   smallint not null references push.delivery_states,
  primary key (from_state, to_state)
);
insert into push.delivery_transitions (from_state, to_state) values
  (1, 2), (1, 31), (1, 32),
  (2, 1), (2, 10), (2, 20), (2, 30), (2, 31), (2, 32), (2, 33), (2, 35),
  (10, 20), (10, 30), (10, 34), (10, 1), (10, 21),
  (20, 21), (34, 21), (33, 21),
  (30, 1), (33, 1), (35, 1);

-- What planning found, once for each time a notification was planned (a held one is planned again at its release).
create table push.decisions (
  notification_id uuid not null,
  created_at      timestamptz not null,   -- the notification's, to find it in its partition
  decided_at      timestamptz not null default clock_timestamp(),
  verdict         smallint not null,      -- 1 send, 2 hold, 3 suppress
  reason          text,                   -- why held or suppressed
  hold_until      timestamptz,
  first_delivery  bigint,                 -- send: deliveries first_delivery … + deliveries - 1
  deliveries      smallint not null default 0,
  inputs          json                    -- what decide() saw; null: all defaults
) partition by range (decided_at);
create table push.decisions_default partition of push.decisions default;
create index on push.decisions (notification_id);

-- One row a step of a delivery after the queue: an answer, a receipt, an end. The last row is its state; a delivery with no row is in
-- a chunk, whose state it has. state 1 here says that it went back to the queue after having been unknown or refused.
create table push.deliveries (
  delivery_id     bigint not null,
  at              timestamptz not null default clock_timestamp(),
  state           smallint not null,
  attempt         smallint not null default 0,
  chunk_id        bigint,
  notification_id uuid not null,
  created_at      timestamptz not null,   -- the notification's
  token_id        uuid not null,
  ticket_id       text,
  code            text                    -- provider's or our error code, '' never
) partition by range (at);
create table push.deliveries_default partition of push.deliveries default;
create index on push.deliveries (delivery_id);

-- One row a provider request.
create table push.attempts (
  chunk_id     bigint not null,
  epoch        integer not null,
  project_id   smallint not null,
  lane         smallint not null,
  worker       text not null,
  at           timestamptz not null default clock_timestamp(),
  duration_ms  integer not null,
  recipients   smallint not null,
  outcome      text not null,       -- answered, retry, isolate, regroup, project_fault, unknown, not_sent
  http_status  smallint,
  code         text,
  request_id   text,
  accepted     smallint not null default 0,
  failed       smallint not null default 0,
  tokens_lost  smallint not null default 0,
  split_from   bigint             -- the chunk that this one was split from
) partition by range (at);
create table push.attempts_default partition of push.attempts default;
create index on push.attempts (chunk_id);
create index on push.attempts (project_id, at);

-- The ledger: every transaction that moves notifications or deliveries says so here, in the same commit, as a signed count.
-- Rolled up into ledger_totals; what stands in both together is the truth at any moment.
create table push.ledger_entries (
  id           bigint generated always as identity primary key,
  hour         timestamptz not null,   -- of the notification's created_at
  broadcast_id bigint,
  item         text not null,          -- accepted, suppressed:<reason>, planned, deliveries, state:<name>, resent_unknown
  n            bigint not null
);
create table push.ledger_totals (
  hour         timestamptz not null,
  broadcast_id bigint not null default 0,   -- 0: none
  item         text not null,
  n            bigint not null,
  primary key (hour, broadcast_id, item)
);
