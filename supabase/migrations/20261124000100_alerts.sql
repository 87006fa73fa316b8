-- Alerts: the rules, how each stands, what was told to whom.

-- One row a rule: one figure held against one threshold.
create table push.alert_rules (
  name            text primary key check (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(name) <= 64),
  figure          text not null,
  comparison      text not null check (comparison in ('above', 'below')),
  threshold       double precision not null,
  -- A firing alert ends at this value, not at the threshold: between the two it stays as it is.
  clear_threshold double precision not null,
  for_seconds     integer not null check (for_seconds between 0 and 86400),
  severity        text not null check (severity in ('page', 'warn', 'info')),
  enabled         boolean not null default true,
  -- What a reading without a value counts as: as good, as bad, or as no news.
  no_data         text not null check (no_data in ('ok', 'alert', 'keep')),
  runbook         text not null,   -- page and anchor in docs/manual/<language>/
  command         text not null,   -- the first one to run
  summary_en      text not null,
  summary_ja      text not null,
  shipped         boolean not null default false,
  updated_at      timestamptz not null default now(),
  check (case comparison when 'above' then clear_threshold <= threshold else clear_threshold >= threshold end)
);

insert into push.alert_rules
  (name, figure, comparison, threshold, clear_threshold, for_seconds, severity, no_data, runbook, command, summary_en, summary_ja, shipped)
select name, figure, comparison, threshold, clear_threshold, for_seconds, severity, no_data, 'alerts.md#' || name, command, en, ja, true
from (values
  ('delivery-success-low', 'delivery_success_rate', 'below', 0.95, 0.96, 300, 'page', 'keep', 'todoku errors --since 1h',
   'Too few pushes reach Apple and Google', '配信成功率が下がっています'),
  ('delivery-slow', 'average_delivery_ms', 'above', 5000, 3000, 300, 'warn', 'keep', 'todoku queue stats',
   'Pushes take too long', '配信に時間がかかっています'),
  ('error-rate-high', 'error_rate', 'above', 0.05, 0.04, 300, 'page', 'keep', 'todoku errors --since 1h',
   'Too many deliveries fail', 'エラー率が上がっています'),
  ('engagement-low', 'engagement_rate', 'below', 0.30, 0.32, 3600, 'info', 'keep', 'todoku report weekly',
   'Few users open what they get', '開封率が下がっています'),
  ('token-invalidation-high', 'token_invalidation_rate', 'above', 0.10, 0.08, 600, 'warn', 'keep', 'todoku tokens quarantined --since 24h',
   'Many push tokens are called dead', '無効になるトークンが増えています'),
  ('queue-backlog', 'queue_waiting', 'above', 50, 25, 300, 'warn', 'keep', 'todoku queue stats',
   'More waits in the queue than rate limits, holds and pauses explain', '送信待ちが溜まっています（制限・保留・停止では説明できません）'),
  ('oldest-item-stuck', 'oldest_item_age_ms', 'above', 300000, 60000, 60, 'page', 'ok', 'todoku queue stats',
   'Something has been waiting in the queue for too long', '送信待ちのまま動かないものがあります'),
  ('outbox-stuck', 'outbox_oldest_age_ms', 'above', 60000, 10000, 60, 'page', 'ok', 'todoku status',
   'New notifications are not being planned', '新しい通知が処理されていません'),
  ('receipts-expiring', 'receipts_expiring', 'above', 0, 0, 300, 'page', 'ok', 'todoku status',
   'Receipts are about to be lost at the provider', '受領確認の取得期限が迫っています'),
  ('ledger-unaccounted', 'ledger_unaccounted', 'above', 0, 0, 60, 'page', 'keep', 'todoku reconcile',
   'The ledger does not add up', '台帳の数が合いません'),
  ('worker-silent', 'workers_silent', 'above', 0, 0, 30, 'warn', 'ok', 'todoku status',
   'A worker stopped without saying goodbye', 'ワーカーからの応答が途絶えました'),
  ('no-worker-alive', 'workers_alive', 'below', 1, 1, 60, 'page', 'alert', 'todoku status',
   'No worker is alive: nothing is sent', '動いているワーカーがありません（何も送信されません）'),
  ('breaker-open', 'breakers_open', 'above', 0, 0, 0, 'page', 'ok', 'todoku status',
   'Sending to a provider is cut off', 'プロバイダーへの送信を遮断しています'),
  ('token-invalidation-frozen', 'token_invalidation_frozen', 'above', 0, 0, 0, 'page', 'ok', 'todoku tokens quarantined --since 1h',
   'Abnormally many tokens were called dead at once; invalidation is frozen', '無効トークンが異常に多いため、無効化を凍結しました'),
  ('clock-skew', 'clock_skew_ms', 'above', 2000, 1000, 60, 'warn', 'ok', 'todoku doctor',
   'Clocks disagree', '時計がずれています'),
  ('paused-long', 'paused_ms', 'above', 1800000, 0, 0, 'warn', 'ok', 'todoku status',
   'Sending has been paused for long', '送信の一時停止が長く続いています'),
  ('emergency-long', 'emergency', 'above', 0, 0, 900, 'page', 'ok', 'todoku status',
   'The emergency stop has been on for long', '緊急停止が長く続いています'),
  ('alerts-undeliverable', 'alert_notices_failed', 'above', 0, 0, 60, 'page', 'ok', 'todoku alerts',
   'An alert could not be told to anybody', 'アラートを通知できませんでした')
) as shipped (name, figure, comparison, threshold, clear_threshold, for_seconds, severity, no_data, command, en, ja);

-- From firing to resolved: what operators speak of, by its number.
create table push.alert_episodes (
  id              bigint generated always as identity primary key,
  rule            text not null,
  subject         text not null,
  figure          text not null,
  comparison      text not null,
  threshold       double precision not null,
  severity        text not null,
  breached_at     timestamptz not null,   -- the first reading beyond the threshold
  fired_at        timestamptz not null,
  resolved_at     timestamptz,
  resolved_why    text check (resolved_why in ('cleared', 'gone', 'disabled', 'removed')),
  value_fired     double precision,       -- null: it fired because there was no data
  value_worst     double precision,
  told_at         timestamptz,            -- that it fires was handed to the routes
  told_last_at    timestamptz,            -- the same, or the latest reminder
  told_end_at     timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_note text
);
create index alert_episodes_fired on push.alert_episodes (fired_at desc);
create index alert_episodes_open on push.alert_episodes (rule, subject) where resolved_at is null;
create index alert_episodes_untold on push.alert_episodes (id) where resolved_at is not null and told_at is not null and told_end_at is null;

-- How each rule stands for each subject. state and since survive restarts: a for-duration goes on where it was.
create table push.alerts (
  rule          text not null references push.alert_rules (name) on delete cascade,
  subject       text not null,             -- '' is the whole system
  state         text not null check (state in ('inactive', 'pending', 'firing', 'resolved')),
  since         timestamptz not null,      -- in this state
  value         double precision,          -- the latest reading; null: no data
  no_data_since timestamptz,
  read_at       timestamptz not null,
  episode_id    bigint references push.alert_episodes (id),
  primary key (rule, subject),
  check ((state = 'firing') <= (episode_id is not null))
);

create table push.alert_silences (
  id         bigint generated always as identity primary key,
  rule       text,                         -- null: every rule
  subject    text,                         -- null: every subject
  starts_at  timestamptz not null default clock_timestamp(),
  until      timestamptz not null,
  created_by text not null,
  reason     text not null,
  ended_at   timestamptz,                  -- lifted before its time
  ended_by   text,
  check (until > starts_at)
);
create index alert_silences_until on push.alert_silences (until);

-- The outbox of messages: written in the transaction that moves the alerts, sent afterwards, once or more under the same id.
create table push.alert_notices (
  id          text primary key,            -- what receivers see as webhook-id
  route       text not null,
  kind        text not null check (kind in ('alerts', 'test')),
  content     json not null,
  state       text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  created_at  timestamptz not null,
  due_at      timestamptz not null,
  attempts    integer not null default 0,
  lease_until timestamptz,
  sent_at     timestamptz,
  answer      text,                        -- what came back, of the latest attempt
  error       text                         -- why the latest attempt failed; null: it did not
);
create index alert_notices_waiting on push.alert_notices (route, due_at) where state = 'waiting';
create index alert_notices_created on push.alert_notices (created_at);

-- Which process can tell whom, as each says itself every few seconds. Addresses and secrets stay in its environment.
create table push.alert_routes (
  instance     text not null,
  route        text not null,
  min_severity text not null check (min_severity in ('page', 'warn', 'info')),
  target       text not null,              -- for people: a host, never a whole address
  seen_at      timestamptz not null default clock_timestamp(),
  primary key (instance, route)
);

-- Whose turn it is: the row is locked by the process that evaluates, and free again the moment its connection is gone.
create table push.alert_turn (
  id              smallint primary key default 1 check (id = 1),
  evaluated_at    timestamptz,
  evaluated_by    text,
  heartbeat_at    timestamptz,             -- the outside watcher was last told that all is well, or was tried to be
  heartbeat_error text
);
insert into push.alert_turn default values;

grant select, insert, update, delete on push.alert_rules, push.alerts, push.alert_episodes, push.alert_silences, push.alert_notices,
  push.alert_routes to todoku_worker;
grant select, update on push.alert_turn to todoku_worker;
grant usage on all sequences in schema push to todoku_worker;
