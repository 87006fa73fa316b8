-- Made by `npx vitest run server/test/schema.test.ts -u` from supabase/migrations; do not edit.

-- Roles

create role anon nologin noinherit;

create role authenticated nologin noinherit;

create role service_role nologin noinherit;

create role todoku_worker nologin noinherit;

-- Sequences

create sequence push.alert_episodes_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of alert_episodes.id

create sequence push.alert_silences_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of alert_silences.id

create sequence push.audit_seq_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of audit.seq

create sequence push.broadcasts_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of broadcasts.id

create sequence push.chunks_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of chunks.id

create sequence push.delivery_block as bigint increment 1000 minvalue 1 maxvalue 9223372036854775807 start 1000 cache 1;

create sequence push.ledger_entries_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of ledger_entries.id

create sequence push.outbox_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of outbox.id

create sequence push.projects_id_seq as smallint increment 1 minvalue 1 maxvalue 32767 start 1 cache 1; -- identity of projects.id

create sequence push.receipt_batches_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of receipt_batches.id

create sequence push.reconciliations_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of reconciliations.id

create sequence push.recoveries_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of recoveries.id

create sequence push.tally_entries_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of tally_entries.id

create sequence push.token_tally_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of token_tally.id

create sequence push.tuning_history_id_seq as bigint increment 1 minvalue 1 maxvalue 9223372036854775807 start 1 cache 1; -- identity of tuning_history.id

-- Tables

create table public.notification_settings (
  user_id uuid not null,
  push_enabled boolean not null default true,
  timezone text,
  quiet_hours_enabled boolean not null default false,
  quiet_hours_start time without time zone not null default '22:00:00'::time without time zone,
  quiet_hours_end time without time zone not null default '07:00:00'::time without time zone,
  types jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint notification_settings_pkey PRIMARY KEY (user_id),
  constraint notification_settings_timezone_known CHECK (((timezone IS NULL) OR push.is_timezone(timezone))),
  constraint notification_settings_types_known CHECK (push.are_type_settings(types))
);
alter table public.notification_settings enable row level security;
alter table public.notification_settings force row level security;

create table public.notifications (
  id uuid not null default push.uuid_v7(),
  user_id uuid not null,
  type text not null,
  title text not null,
  message text not null default ''::text,
  data jsonb not null default '{}'::jsonb,
  is_read boolean not null default false,
  read_at timestamp with time zone,
  opened_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  send_at timestamp with time zone,
  expires_at timestamp with time zone,
  collapse_key text,
  push jsonb,
  token_id uuid,
  broadcast_id bigint,
  constraint notifications_created_at_sane CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))),
  constraint notifications_data_is_object CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint notifications_expires_at_sane CHECK (((expires_at IS NULL) OR ((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone)))),
  constraint notifications_opened_at_sane CHECK (((opened_at IS NULL) OR ((opened_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (opened_at < '2200-01-01 00:00:00+00'::timestamp with time zone)))),
  constraint notifications_pkey PRIMARY KEY (id, created_at),
  constraint notifications_push_is_object CHECK (((push IS NULL) OR (jsonb_typeof(push) = 'object'::text))),
  constraint notifications_read_at_sane CHECK (((read_at IS NULL) OR ((read_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (read_at < '2200-01-01 00:00:00+00'::timestamp with time zone)))),
  constraint notifications_send_at_sane CHECK (((send_at IS NULL) OR ((send_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (send_at < '2200-01-01 00:00:00+00'::timestamp with time zone))))
) partition by RANGE (created_at);
alter table public.notifications enable row level security;
alter table public.notifications force row level security;

create table public.push_tokens (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  platform text not null,
  is_active boolean not null default true,
  state text not null default 'active'::text,
  state_reason text,
  state_at timestamp with time zone not null default now(),
  project_id smallint not null default 1,
  device_id text,
  app_version text,
  locale text,
  token_ciphertext bytea not null,
  token_hash bytea not null,
  key_id integer not null,
  registered_at timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  register_again_at timestamp with time zone,
  constraint push_tokens_active_state CHECK ((is_active = (state = 'active'::text))),
  constraint push_tokens_pkey PRIMARY KEY (id),
  constraint push_tokens_platform_check CHECK ((platform = ANY (ARRAY['ios'::text, 'android'::text, 'web'::text, 'unknown'::text]))),
  constraint push_tokens_state_check CHECK ((state = ANY (ARRAY['active'::text, 'quarantined'::text, 'signed_out'::text, 'invalid'::text])))
);
alter table public.push_tokens enable row level security;
alter table public.push_tokens force row level security;

create table push.alert_episodes (
  id bigint not null generated always as identity,
  rule text not null,
  subject text not null,
  figure text not null,
  comparison text not null,
  threshold double precision not null,
  severity text not null,
  breached_at timestamp with time zone not null,
  fired_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolved_why text,
  value_fired double precision,
  value_worst double precision,
  told_at timestamp with time zone,
  told_last_at timestamp with time zone,
  told_end_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  acknowledged_note text,
  constraint alert_episodes_pkey PRIMARY KEY (id),
  constraint alert_episodes_resolved_why_check CHECK ((resolved_why = ANY (ARRAY['cleared'::text, 'gone'::text, 'disabled'::text, 'removed'::text])))
);

create table push.alert_notices (
  id text not null,
  route text not null,
  kind text not null,
  content json not null,
  state text not null default 'waiting'::text,
  created_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  attempts integer not null default 0,
  lease_until timestamp with time zone,
  sent_at timestamp with time zone,
  answer text,
  error text,
  constraint alert_notices_kind_check CHECK ((kind = ANY (ARRAY['alerts'::text, 'test'::text, 'report'::text]))),
  constraint alert_notices_pkey PRIMARY KEY (id),
  constraint alert_notices_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text])))
);

create table push.alert_routes (
  instance text not null,
  route text not null,
  min_severity text not null,
  target text not null,
  seen_at timestamp with time zone not null default clock_timestamp(),
  constraint alert_routes_min_severity_check CHECK ((min_severity = ANY (ARRAY['page'::text, 'warn'::text, 'info'::text]))),
  constraint alert_routes_pkey PRIMARY KEY (instance, route)
);

create table push.alert_rules (
  name text not null,
  figure text not null,
  comparison text not null,
  threshold double precision not null,
  clear_threshold double precision not null,
  for_seconds integer not null,
  severity text not null,
  enabled boolean not null default true,
  no_data text not null,
  runbook text not null,
  command text not null,
  summary_en text not null,
  summary_ja text not null,
  shipped boolean not null default false,
  updated_at timestamp with time zone not null default now(),
  constraint alert_rules_check CHECK (
CASE comparison
    WHEN 'above'::text THEN (clear_threshold <= threshold)
    ELSE (clear_threshold >= threshold)
END),
  constraint alert_rules_comparison_check CHECK ((comparison = ANY (ARRAY['above'::text, 'below'::text]))),
  constraint alert_rules_for_seconds_check CHECK (((for_seconds >= 0) AND (for_seconds <= 86400))),
  constraint alert_rules_name_check CHECK (((name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'::text) AND (length(name) <= 64))),
  constraint alert_rules_no_data_check CHECK ((no_data = ANY (ARRAY['ok'::text, 'alert'::text, 'keep'::text]))),
  constraint alert_rules_pkey PRIMARY KEY (name),
  constraint alert_rules_severity_check CHECK ((severity = ANY (ARRAY['page'::text, 'warn'::text, 'info'::text])))
);

create table push.alert_silences (
  id bigint not null generated always as identity,
  rule text,
  subject text,
  starts_at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone not null,
  created_by text not null,
  reason text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint alert_silences_check CHECK ((until > starts_at)),
  constraint alert_silences_pkey PRIMARY KEY (id)
);

create table push.alert_turn (
  id smallint not null default 1,
  evaluated_at timestamp with time zone,
  evaluated_by text,
  heartbeat_at timestamp with time zone,
  heartbeat_error text,
  constraint alert_turn_id_check CHECK ((id = 1)),
  constraint alert_turn_pkey PRIMARY KEY (id)
);

create table push.alerts (
  rule text not null,
  subject text not null,
  state text not null,
  since timestamp with time zone not null,
  value double precision,
  no_data_since timestamp with time zone,
  read_at timestamp with time zone not null,
  episode_id bigint,
  constraint alerts_check CHECK (((state = 'firing'::text) <= (episode_id IS NOT NULL))),
  constraint alerts_episode_id_fkey FOREIGN KEY (episode_id) REFERENCES push.alert_episodes(id),
  constraint alerts_pkey PRIMARY KEY (rule, subject),
  constraint alerts_rule_fkey FOREIGN KEY (rule) REFERENCES push.alert_rules(name) ON DELETE CASCADE,
  constraint alerts_state_check CHECK ((state = ANY (ARRAY['inactive'::text, 'pending'::text, 'firing'::text, 'resolved'::text])))
);

create table push.api_keys (
  id text not null,
  secret_hash bytea not null,
  name text not null,
  scopes text[] not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_scopes_check CHECK (((scopes <@ ARRAY['send'::text, 'operate'::text, 'admin'::text]) AND (cardinality(scopes) > 0)))
);

create table push.attempts (
  chunk_id bigint not null,
  epoch integer not null,
  project_id smallint not null,
  lane smallint not null,
  worker text not null,
  at timestamp with time zone not null default clock_timestamp(),
  duration_ms integer not null,
  recipients smallint not null,
  outcome text not null,
  http_status smallint,
  code text,
  request_id text,
  accepted smallint not null default 0,
  failed smallint not null default 0,
  tokens_lost smallint not null default 0,
  split_from bigint
) partition by RANGE (at);

create table push.audit (
  seq bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text,
  reason text,
  details json not null default '{}'::json,
  constraint audit_pkey PRIMARY KEY (seq)
);

create table push.broadcast_recipients (
  broadcast_id bigint not null,
  user_id uuid not null,
  constraint broadcast_recipients_broadcast_id_fkey FOREIGN KEY (broadcast_id) REFERENCES push.broadcasts(id) ON DELETE CASCADE,
  constraint broadcast_recipients_pkey PRIMARY KEY (broadcast_id, user_id)
);

create table push.broadcasts (
  id bigint not null generated always as identity,
  state text not null default 'draft'::text,
  type text not null,
  title text not null,
  message text not null default ''::text,
  data jsonb not null default '{}'::jsonb,
  push jsonb,
  collapse_key text,
  lane smallint not null default 2,
  audience jsonb not null,
  send_at timestamp with time zone,
  expires_at timestamp with time zone,
  estimate bigint,
  cursor uuid,
  created bigint not null default 0,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  constraint broadcasts_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint broadcasts_lane_check CHECK (((lane >= 0) AND (lane <= 2))),
  constraint broadcasts_pkey PRIMARY KEY (id),
  constraint broadcasts_push_check CHECK (((push IS NULL) OR (jsonb_typeof(push) = 'object'::text))),
  constraint broadcasts_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'cancelled'::text, 'done'::text])))
);

create table push.chunks (
  id bigint not null generated always as identity,
  due_at timestamp with time zone not null default clock_timestamp(),
  lease_until timestamp with time zone,
  hour timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  broadcast_id bigint,
  epoch integer not null default 0,
  project_id smallint not null,
  lane smallint not null,
  state smallint not null default 1,
  n smallint not null,
  attempt smallint not null default 0,
  crash_recoveries smallint not null default 0,
  resend_unknown boolean not null,
  leased_by text,
  last_code text,
  split_from bigint,
  delivery_ids bigint[] storage e not null,
  notification_ids uuid[] storage e not null,
  created_ats timestamp with time zone[] storage e not null,
  token_ids uuid[] storage e not null,
  ready_at timestamp with time zone,
  constraint chunks_n_check CHECK (((n >= 1) AND (n <= 100))),
  constraint chunks_pkey PRIMARY KEY (id),
  constraint chunks_state_check CHECK (((state >= 1) AND (state <= 3)))
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.controls (
  id smallint not null default 1,
  paused boolean not null default false,
  paused_at timestamp with time zone,
  paused_by text,
  paused_reason text,
  emergency boolean not null default false,
  emergency_at timestamp with time zone,
  emergency_by text,
  emergency_reason text,
  pushes_enabled boolean not null default true,
  updated_at timestamp with time zone not null default now(),
  constraint controls_id_check CHECK ((id = 1)),
  constraint controls_pkey PRIMARY KEY (id)
);

create table push.decisions (
  notification_id uuid not null,
  created_at timestamp with time zone not null,
  decided_at timestamp with time zone not null default clock_timestamp(),
  verdict smallint not null,
  reason text,
  hold_until timestamp with time zone,
  first_delivery bigint,
  deliveries smallint not null default 0,
  inputs json
) partition by RANGE (decided_at);

create table push.deliveries (
  delivery_id bigint not null,
  at timestamp with time zone not null default clock_timestamp(),
  state smallint not null,
  attempt smallint not null default 0,
  chunk_id bigint,
  notification_id uuid not null,
  created_at timestamp with time zone not null,
  token_id uuid not null,
  ticket_id text,
  code text
) partition by RANGE (at);

create table push.delivery_states (
  code smallint not null,
  name text not null,
  terminal boolean not null,
  meaning text not null,
  constraint delivery_states_name_key UNIQUE (name),
  constraint delivery_states_pkey PRIMARY KEY (code)
);

create table push.delivery_transitions (
  from_state smallint not null,
  to_state smallint not null,
  constraint delivery_transitions_from_state_fkey FOREIGN KEY (from_state) REFERENCES push.delivery_states(code),
  constraint delivery_transitions_pkey PRIMARY KEY (from_state, to_state),
  constraint delivery_transitions_to_state_fkey FOREIGN KEY (to_state) REFERENCES push.delivery_states(code)
);

create table push.encryption_keys (
  key_id integer not null,
  canary bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint encryption_keys_pkey PRIMARY KEY (key_id)
);

create table push.held (
  notification_id uuid not null,
  created_at timestamp with time zone not null,
  lane smallint not null,
  broadcast_id bigint,
  release_at timestamp with time zone not null,
  reason text not null,
  constraint held_pkey PRIMARY KEY (notification_id, created_at)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.idempotency (
  owner text not null,
  key text not null,
  body_hash bytea not null,
  status smallint,
  response json,
  created_at timestamp with time zone not null default now(),
  constraint idempotency_pkey PRIMARY KEY (owner, key)
);

create table push.ledger_entries (
  id bigint not null generated always as identity,
  hour timestamp with time zone not null,
  broadcast_id bigint,
  item text not null,
  n bigint not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint ledger_entries_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.ledger_totals (
  hour timestamp with time zone not null,
  broadcast_id bigint not null default 0,
  item text not null,
  n bigint not null,
  constraint ledger_totals_pkey PRIMARY KEY (hour, broadcast_id, item)
) with (fillfactor=70, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.log_level (
  id smallint not null default 1,
  level text,
  until timestamp with time zone,
  set_by text,
  set_at timestamp with time zone,
  reason text,
  constraint log_level_check CHECK (((level IS NULL) = (until IS NULL))),
  constraint log_level_id_check CHECK ((id = 1)),
  constraint log_level_level_check CHECK ((level = ANY (ARRAY['trace'::text, 'debug'::text, 'info'::text, 'warn'::text, 'error'::text, 'fatal'::text]))),
  constraint log_level_pkey PRIMARY KEY (id)
);

create table push.minutes (
  item text collate "C" not null,
  minute timestamp with time zone not null,
  project_id smallint not null,
  n bigint not null,
  ms bigint not null default 0,
  constraint minutes_pkey PRIMARY KEY (item, minute, project_id)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05);

create table push.notification_ids (
  id uuid not null,
  at timestamp with time zone not null default now(),
  constraint notification_ids_pkey PRIMARY KEY (id)
);

create table push.notification_types (
  type text not null,
  lane smallint,
  urgent boolean not null default false,
  enabled boolean not null default true,
  capped boolean not null default true,
  ttl_seconds integer not null default 86400,
  dedupe_seconds integer not null default 600,
  unknown_policy text not null default 'resend'::text,
  push jsonb not null default '{}'::jsonb,
  updated_at timestamp with time zone not null default now(),
  constraint notification_types_dedupe_seconds_check CHECK ((dedupe_seconds >= 0)),
  constraint notification_types_lane_check CHECK (((lane >= 0) AND (lane <= 2))),
  constraint notification_types_pkey PRIMARY KEY (type),
  constraint notification_types_push_check CHECK ((jsonb_typeof(push) = 'object'::text)),
  constraint notification_types_ttl_seconds_check CHECK ((ttl_seconds > 0)),
  constraint notification_types_unknown_policy_check CHECK ((unknown_policy = ANY (ARRAY['resend'::text, 'drop'::text])))
);

create table push.outbox (
  id bigint not null generated always as identity,
  lane smallint not null,
  at timestamp with time zone not null default clock_timestamp(),
  broadcast_id bigint,
  was_held boolean not null default false,
  n integer not null,
  notification_ids uuid[] storage e not null,
  created_ats timestamp with time zone[] not null,
  constraint outbox_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.partition_plan (
  parent text not null,
  time_column text not null,
  every_days integer not null,
  constraint partition_plan_every_days_check CHECK ((every_days > 0)),
  constraint partition_plan_pkey PRIMARY KEY (parent)
);

create table push.policy (
  id smallint not null default 1,
  default_timezone text not null default 'Asia/Tokyo'::text,
  default_lane smallint not null default 1,
  cap_limit integer default 30,
  cap_window_seconds integer not null default 3600,
  release_spread_seconds integer not null default 600,
  max_attempts smallint not null default 8,
  max_crash_recoveries smallint not null default 3,
  devices_per_user integer not null default 20,
  token_loss_share real not null default 0.2,
  token_loss_minimum integer not null default 50,
  quarantine_days integer not null default 30,
  updated_at timestamp with time zone not null default now(),
  constraint policy_cap_limit_check CHECK ((cap_limit > 0)),
  constraint policy_cap_window_seconds_check CHECK ((cap_window_seconds > 0)),
  constraint policy_default_lane_check CHECK (((default_lane >= 0) AND (default_lane <= 2))),
  constraint policy_devices_per_user_check CHECK ((devices_per_user > 0)),
  constraint policy_id_check CHECK ((id = 1)),
  constraint policy_max_attempts_check CHECK ((max_attempts > 0)),
  constraint policy_max_crash_recoveries_check CHECK ((max_crash_recoveries > 0)),
  constraint policy_pkey PRIMARY KEY (id),
  constraint policy_quarantine_days_check CHECK ((quarantine_days > 0)),
  constraint policy_release_spread_seconds_check CHECK ((release_spread_seconds >= 0)),
  constraint policy_timezone_known CHECK (push.is_timezone(default_timezone)),
  constraint policy_token_loss_minimum_check CHECK ((token_loss_minimum > 0)),
  constraint policy_token_loss_share_check CHECK (((token_loss_share > (0)::double precision) AND (token_loss_share <= (1)::double precision)))
);

create table push.projects (
  id smallint not null generated by default as identity,
  provider text not null,
  name text not null,
  rate_budget integer,
  rate_burst integer not null default 100,
  bucket_level double precision not null default 0,
  bucket_at timestamp with time zone not null default now(),
  breaker_state text not null default 'closed'::text,
  breaker_reason text,
  breaker_opened_at timestamp with time zone,
  breaker_probe_at timestamp with time zone,
  backoff_until timestamp with time zone,
  paused boolean not null default false,
  frozen_at timestamp with time zone,
  frozen_reason text,
  unfrozen_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  paused_at timestamp with time zone,
  paused_by text,
  paused_reason text,
  breaker_closed_at timestamp with time zone,
  constraint projects_breaker_state_check CHECK ((breaker_state = ANY (ARRAY['closed'::text, 'open'::text]))),
  constraint projects_check CHECK (((rate_budget IS NULL) OR (rate_budget > rate_burst))),
  constraint projects_pkey PRIMARY KEY (id),
  constraint projects_provider_name_key UNIQUE (provider, name),
  constraint projects_rate_budget_check CHECK ((rate_budget > 0)),
  constraint projects_rate_burst_check CHECK ((rate_burst > 0))
);

create table push.receipt_batches (
  id bigint not null generated always as identity,
  due_at timestamp with time zone not null,
  lease_until timestamp with time zone,
  epoch integer not null default 0,
  sent_at timestamp with time zone not null,
  hour timestamp with time zone not null,
  broadcast_id bigint,
  project_id smallint not null,
  lane smallint not null,
  tries smallint not null default 0,
  attempt smallint not null default 0,
  resend_unknown boolean not null,
  expires_at timestamp with time zone not null,
  chunk_id bigint not null,
  n smallint not null,
  ticket_ids text[] storage e not null,
  delivery_ids bigint[] storage e not null,
  notification_ids uuid[] storage e not null,
  created_ats timestamp with time zone[] storage e not null,
  token_ids uuid[] storage e not null,
  constraint receipt_batches_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.reconciliations (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  from_hour timestamp with time zone not null,
  to_hour timestamp with time zone not null,
  duration_ms integer not null,
  complete boolean not null,
  notifications bigint not null default 0,
  deliveries bigint not null default 0,
  unaccounted bigint not null default 0,
  untaken bigint not null default 0,
  findings json not null default '[]'::json,
  constraint reconciliations_pkey PRIMARY KEY (id)
);

create table push.recoveries (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  ok boolean not null,
  steps jsonb not null,
  constraint recoveries_pkey PRIMARY KEY (id)
);

create table push.reports (
  period text not null,
  last_day date not null,
  zone text not null,
  made_at timestamp with time zone not null default clock_timestamp(),
  made_by text not null,
  notices text[] not null,
  constraint reports_period_check CHECK ((period = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text]))),
  constraint reports_pkey PRIMARY KEY (period, last_day)
);

create table push.tally_entries (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  project_id smallint not null,
  item text collate "C" not null,
  n bigint not null,
  ms bigint not null default 0,
  constraint tally_entries_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.token_tally (
  id bigint not null generated always as identity,
  platform text not null,
  state text not null,
  n bigint not null,
  constraint token_tally_pkey PRIMARY KEY (id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table push.trace_contexts (
  notification_id uuid not null,
  traceparent text not null,
  from_door boolean not null,
  at timestamp with time zone not null default now(),
  constraint trace_contexts_pkey PRIMARY KEY (notification_id)
);

create table push.tuning (
  id smallint not null default 1,
  controller boolean not null default true,
  slots integer,
  chunk_size integer,
  claim_size integer,
  notifications_ttl_ms integer,
  notifications_max_size integer,
  notifications_enabled boolean,
  settings_ttl_ms integer,
  settings_max_size integer,
  settings_enabled boolean,
  tokens_ttl_ms integer,
  tokens_max_size integer,
  tokens_enabled boolean,
  memory jsonb not null default '{}'::jsonb,
  stepped_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  updated_by text not null default 'todoku'::text,
  updated_reason text not null default 'first start'::text,
  constraint tuning_chunk_size_check CHECK (((chunk_size >= 1) AND (chunk_size <= 100))),
  constraint tuning_claim_size_check CHECK (((claim_size >= 1) AND (claim_size <= 200))),
  constraint tuning_id_check CHECK ((id = 1)),
  constraint tuning_memory_check CHECK ((jsonb_typeof(memory) = 'object'::text)),
  constraint tuning_notifications_max_size_check CHECK (((notifications_max_size >= 1) AND (notifications_max_size <= 1000000))),
  constraint tuning_notifications_ttl_ms_check CHECK (((notifications_ttl_ms >= 100) AND (notifications_ttl_ms <= 3600000))),
  constraint tuning_pkey PRIMARY KEY (id),
  constraint tuning_settings_max_size_check CHECK (((settings_max_size >= 1) AND (settings_max_size <= 1000000))),
  constraint tuning_settings_ttl_ms_check CHECK (((settings_ttl_ms >= 100) AND (settings_ttl_ms <= 3600000))),
  constraint tuning_slots_check CHECK (((slots >= 1) AND (slots <= 200))),
  constraint tuning_tokens_max_size_check CHECK (((tokens_max_size >= 1) AND (tokens_max_size <= 1000000))),
  constraint tuning_tokens_ttl_ms_check CHECK (((tokens_ttl_ms >= 100) AND (tokens_ttl_ms <= 3600000)))
);

create table push.tuning_history (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  reason text not null,
  before jsonb not null,
  after jsonb not null,
  measurements jsonb,
  constraint tuning_history_pkey PRIMARY KEY (id)
);

create table push.user_recent (
  user_id uuid not null,
  pace_until timestamp with time zone not null,
  asked smallint not null,
  granted smallint not null,
  known smallint not null default 0,
  contents bigint[] not null,
  ids uuid[] not null,
  untils timestamp with time zone[] not null,
  updated_at timestamp with time zone not null default now(),
  constraint user_recent_pkey PRIMARY KEY (user_id)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.05);

create table push.workers (
  id text not null,
  host text not null,
  pid integer not null,
  roles text[] not null,
  version text not null,
  started_at timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  stopped_at timestamp with time zone,
  stats jsonb not null default '{}'::jsonb,
  constraint workers_pkey PRIMARY KEY (id)
);

-- Indexes

CREATE INDEX idx_notifications_user_created ON ONLY public.notifications USING btree (user_id, created_at DESC);

CREATE INDEX notifications_created ON ONLY public.notifications USING brin (created_at) WITH (pages_per_range='32');

CREATE UNIQUE INDEX push_tokens_hash ON public.push_tokens USING btree (token_hash);

CREATE INDEX push_tokens_inactive ON public.push_tokens USING btree (updated_at) WHERE (NOT is_active);

CREATE INDEX push_tokens_lost ON public.push_tokens USING btree (state_at) WHERE (state = ANY (ARRAY['quarantined'::text, 'invalid'::text]));

CREATE INDEX push_tokens_user ON public.push_tokens USING btree (user_id);

CREATE INDEX alert_episodes_fired ON push.alert_episodes USING btree (fired_at DESC);

CREATE INDEX alert_episodes_open ON push.alert_episodes USING btree (rule, subject) WHERE (resolved_at IS NULL);

CREATE INDEX alert_episodes_untold ON push.alert_episodes USING btree (id) WHERE ((resolved_at IS NOT NULL) AND (told_at IS NOT NULL) AND (told_end_at IS NULL));

CREATE INDEX alert_notices_created ON push.alert_notices USING btree (created_at);

CREATE INDEX alert_notices_waiting ON push.alert_notices USING btree (route, due_at) WHERE (state = 'waiting'::text);

CREATE INDEX alert_silences_until ON push.alert_silences USING btree (until);

CREATE INDEX attempts_chunk_id_idx ON ONLY push.attempts USING btree (chunk_id);

CREATE INDEX attempts_project_id_at_idx ON ONLY push.attempts USING btree (project_id, at);

CREATE INDEX audit_action ON push.audit USING btree (action, at);

CREATE INDEX broadcasts_live ON push.broadcasts USING btree (id) WHERE (state = ANY (ARRAY['running'::text, 'paused'::text]));

CREATE INDEX chunks_broadcast ON push.chunks USING btree (broadcast_id) WHERE (broadcast_id IS NOT NULL);

CREATE INDEX chunks_expiry ON push.chunks USING btree (expires_at);

CREATE INDEX chunks_leased ON push.chunks USING btree (lease_until);

CREATE INDEX chunks_ready ON push.chunks USING btree (project_id, lane, due_at, id) WHERE (state = 1);

CREATE INDEX decisions_created ON ONLY push.decisions USING brin (created_at) WITH (pages_per_range='32');

CREATE INDEX decisions_notification_id_idx ON ONLY push.decisions USING btree (notification_id);

CREATE INDEX deliveries_created ON ONLY push.deliveries USING brin (created_at) WITH (pages_per_range='32');

CREATE INDEX deliveries_delivery_id_idx ON ONLY push.deliveries USING btree (delivery_id);

CREATE INDEX held_release ON push.held USING btree (release_at);

CREATE INDEX idempotency_age ON push.idempotency USING btree (created_at);

CREATE INDEX notification_ids_at ON push.notification_ids USING btree (at);

CREATE INDEX outbox_lane ON push.outbox USING btree (lane, id);

CREATE INDEX receipt_batches_chunk ON push.receipt_batches USING btree (chunk_id);

CREATE INDEX receipt_batches_due ON push.receipt_batches USING btree (project_id, due_at);

CREATE INDEX reconciliations_at ON push.reconciliations USING btree (at);

CREATE INDEX trace_contexts_at ON push.trace_contexts USING btree (at);

-- Functions

CREATE OR REPLACE FUNCTION auth.jwt()
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
      select coalesce(
        nullif(current_setting('request.jwt.claim', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')
      )::jsonb
    $function$
;

CREATE OR REPLACE FUNCTION auth.uid()
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
      select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
      )::uuid
    $function$
;

CREATE OR REPLACE FUNCTION push.applied_migrations()
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  return query select m.version::text from supabase_migrations.schema_migrations m;
end $function$
;

CREATE OR REPLACE FUNCTION push.are_type_settings(types jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO ''
AS $function$
begin
  if jsonb_typeof(types) <> 'object' then
    return false;
  end if;
  return (select count(*) <= 200 and coalesce(bool_and(type ~ '^[A-Za-z0-9_.-]{1,64}$' and said in ('{"enabled": true}', '{"enabled": false}')), true)
    from jsonb_each(types) as one (type, said));
end $function$
;

CREATE OR REPLACE FUNCTION push.caches_are_read()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (select from push.workers where 'api' = any (roles) and stopped_at is null and heartbeat_at > now() - interval '1 minute')
$function$
;

CREATE OR REPLACE FUNCTION push.catch_up(since timestamp with time zone, until timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  taken bigint;
  known_since timestamptz := coalesce((select min(p.low) from push.partitions('push.decisions') p), '-infinity');
begin
  -- Two operators at once, or one that presses twice, must not take a row in twice.
  perform pg_catalog.pg_advisory_xact_lock(7304122);
  with missed as (
    select n.id, n.created_at, n.broadcast_id,
      coalesce(b.lane, t.lane, d.lane, p.default_lane) as lane
    from public.notifications n
    cross join push.policy p
    left join push.notification_types t on t.type = n.type
    left join push.notification_types d on d.type = '*'
    left join push.broadcasts b on b.id = n.broadcast_id
    where n.created_at >= greatest(since, known_since) and n.created_at < until
      and not exists (select from push.decisions x where x.notification_id = n.id)
      and not exists (select from push.held h where h.notification_id = n.id)
      and n.id not in (select unnest(o.notification_ids) from push.outbox o)
  ), counted as (
    insert into push.ledger_entries (hour, broadcast_id, item, n)
    select date_trunc('hour', created_at), broadcast_id, 'accepted', count(*) from missed group by 1, 2
  ), numbered as (
    select *, row_number() over (partition by broadcast_id, lane) as nr from missed
  ), written as (
    insert into push.outbox (lane, broadcast_id, n, notification_ids, created_ats)
    select lane, broadcast_id, count(*), array_agg(id), array_agg(created_at)
    from numbered group by lane, broadcast_id, (nr - 1) / 500
    returning n
  )
  select coalesce(sum(n), 0) into taken from written;
  return taken;
end $function$
;

CREATE OR REPLACE FUNCTION push.count_engaged()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  insert into push.tally_entries (project_id, item, n)
  with engaged as materialized (
    select left(a.type, 64) as type, count(*) as n
    from gone g join added a on a.id = g.id and a.created_at = g.created_at
    where g.read_at is null and g.opened_at is null and (a.read_at is not null or a.opened_at is not null)
    group by 1
  )
  select 0, 'engaged', sum(n) from engaged having sum(n) > 0
  union all
  select 0, case when exists (select from push.minutes m where m.item = 'type:' || type) then 'engaged:' || type else 'engaged:*' end, n from engaged;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.drop_partitions(of_parent text, before timestamp with time zone)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  leaf text;
begin
  if not exists (select from push.partition_plan where parent = of_parent) then
    raise exception 'not a partitioned table of ours: %', of_parent using errcode = 'invalid_parameter_value';
  end if;
  perform pg_catalog.set_config('lock_timeout', '3s', true);
  for leaf in select p.name from push.partitions(of_parent) p where p.high <= before loop
    execute format('drop table %s', leaf);
    return next leaf;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION push.ensure_partitions(since timestamp with time zone DEFAULT (now() - '1 day'::interval), until timestamp with time zone DEFAULT (now() + '8 days'::interval))
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  plan push.partition_plan;
  span interval;
  low timestamptz;
  high timestamptz;
  leaf text;
  made integer := 0;
begin
  perform pg_catalog.pg_advisory_xact_lock(7304123);
  perform pg_catalog.set_config('lock_timeout', '3s', true);
  for plan in select * from push.partition_plan order by parent loop
    span := make_interval(days => plan.every_days);
    low := to_timestamp(floor(extract(epoch from since) / (86400 * plan.every_days)) * 86400 * plan.every_days);
    while low < until loop
      high := low + span;
      leaf := split_part(plan.parent, '.', 2) || '_p' || to_char(low at time zone 'UTC', 'YYYYMMDD');
      if to_regclass('push.' || leaf) is null then
        execute format('lock table push.%I in access exclusive mode', split_part(plan.parent, '.', 2) || '_default');
        execute format('create table push.%I (like %s including defaults including constraints)', leaf, plan.parent);
        execute format(
          'with moved as (delete from push.%I where %I >= %L and %I < %L returning *) insert into push.%I select * from moved',
          split_part(plan.parent, '.', 2) || '_default', plan.time_column, low, plan.time_column, high, leaf);
        execute format('alter table %s attach partition push.%I for values from (%L) to (%L)', plan.parent, leaf, low, high);
        made := made + 1;
      end if;
      low := high;
    end loop;
  end loop;
  return made;
end $function$
;

CREATE OR REPLACE FUNCTION push.is_timezone(zone text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  if zone !~* ('^(?!posix/|right/)(?:[a-z_]+(?:/[a-z_-]+)+|etc/gmt(?:0|[+-][0-9]|[+]1[0-2]|-1[0-4])|cuba|egypt|eire|gb|gb-eire|gmt|greenwich|hongkong'
    '|iceland|iran|israel|jamaica|japan|kwajalein|libya|navajo|nz|nz-chat|poland|portugal|prc|roc|rok|singapore|turkey|uct|universal|utc|w-su|zulu)$') then
    return false;
  end if;
  perform now() at time zone zone;
  return true;
exception when invalid_parameter_value then
  return false;
end $function$
;

CREATE OR REPLACE FUNCTION push.keep_read_at()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if new.is_read and new.read_at is null then
    new.read_at := now();
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION push.keep_trace()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  given text := pg_catalog.current_setting('todoku.traceparent', true);
begin
  if given ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' then
    insert into push.trace_contexts (notification_id, traceparent, from_door) select i.id, given, false from inserted i
    on conflict (notification_id) do nothing;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.keep_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.updated_at := now();
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION push.note_project_pause()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if not new.paused then
    new.paused_at := null;
    new.paused_by := null;
    new.paused_reason := null;
  elsif not old.paused and new.paused_at is null then
    new.paused_at := clock_timestamp();
    new.paused_by := 'sql:' || session_user;
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION push.partitions(of_parent text)
 RETURNS TABLE(name text, low timestamp with time zone, high timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select c.oid::regclass::text,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = of_parent::regclass and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
  order by 2
$function$
;

CREATE OR REPLACE FUNCTION push.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception 'push.audit is append-only' using errcode = 'insufficient_privilege';
end $function$
;

CREATE OR REPLACE FUNCTION push.take_in()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  stranger bigint;
begin
  with packed as materialized (
    select pack.*, coalesce(b.lane, pack.type_lane) as lane, b.id as known
    from (
      select type_lane, broadcast_id, hour, nr / 500 as block, count(*) as n, array_agg(id) as ids, array_agg(created_at) as created_ats
      from (
        select i.id, i.created_at, i.broadcast_id, date_bin('1 hour', i.created_at, '2000-01-01 00:00+00') as hour,
          coalesce(t.lane, (select lane from push.notification_types where type = '*'), (select default_lane from push.policy)) as type_lane,
          row_number() over () - 1 as nr
        from inserted i
        left join push.notification_types t on t.type = i.type
      ) numbered
      group by type_lane, broadcast_id, hour, block
    ) pack
    left join push.broadcasts b on b.id = pack.broadcast_id
  ), counted as (
    insert into push.ledger_entries (hour, broadcast_id, item, n)
    select hour, broadcast_id, 'accepted', sum(n) from packed group by 1, 2
  ), written as (
    insert into push.outbox (lane, broadcast_id, n, notification_ids, created_ats)
    select lane, broadcast_id, n, ids, created_ats from packed order by block
  )
  select broadcast_id into stranger from packed where broadcast_id is not null and known is null limit 1;
  -- As a foreign key would, which would cost every row of a broadcast a look-up and a lock.
  if stranger is not null then
    raise exception 'there is no broadcast %', stranger using errcode = 'foreign_key_violation', table = 'notifications',
      column = 'broadcast_id', hint = 'Leave broadcast_id out: only the rows that a broadcast makes have one.';
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.take_turn_at_controls()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform pg_catalog.pg_advisory_xact_lock(7304132);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.tally_tokens()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into push.token_tally (platform, state, n) select platform, state, count(*) from added group by platform, state;
  elsif tg_op = 'DELETE' then
    insert into push.token_tally (platform, state, n) select platform, state, -count(*) from gone group by platform, state;
  elsif tg_op = 'UPDATE' then
    insert into push.token_tally (platform, state, n)
    select platform, state, sum(n)
    from (select platform, state, 1 as n from added union all select platform, state, -1 from gone) both_sides
    group by platform, state having sum(n) <> 0;
  else
    insert into push.token_tally (platform, state, n)
    select platform, state, -sum(n) from push.token_tally group by platform, state having sum(n) <> 0;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.tell_caches()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  users text[];
begin
  if not push.caches_are_read() then
    return null;
  end if;
  if tg_level = 'STATEMENT' and tg_argv[1] = 'all' then
    users := array['*'];
  elsif tg_op = 'INSERT' then
    users := array(select distinct right(user_id::text, 8) from added limit 901);
  elsif tg_op = 'DELETE' then
    users := array(select distinct right(user_id::text, 8) from gone limit 901);
  else
    users := array(select distinct right(user_id::text, 8) from (select user_id from added union all select user_id from gone) both_sides limit 901);
  end if;
  if cardinality(users) > 900 then
    users := array['*'];
  end if;
  if cardinality(users) > 0 then
    perform pg_catalog.pg_notify('todoku_cache', tg_argv[0] || ':' || array_to_string(users, ''));
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.tell_log_level()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform pg_catalog.pg_notify('todoku_log_level', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION push.tell_tuning()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform pg_catalog.pg_notify('todoku_tuning', '');
  return null;
end $function$
;

-- push.uuid_v7(): uuidv7() of Postgres itself from version 18 on, else made of its parts (see the migrations)

CREATE OR REPLACE FUNCTION push.wake_planning()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if pg_catalog.pg_try_advisory_xact_lock(7304121) then
    perform pg_catalog.pg_notify('todoku_outbox', '');
  end if;
  return null;
end $function$
;

-- Triggers

CREATE TRIGGER notification_settings_tell_delete AFTER DELETE ON public.notification_settings REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('settings');

CREATE TRIGGER notification_settings_tell_insert AFTER INSERT ON public.notification_settings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('settings');

CREATE TRIGGER notification_settings_tell_truncate AFTER TRUNCATE ON public.notification_settings FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('settings', 'all');

CREATE TRIGGER notification_settings_tell_update AFTER UPDATE ON public.notification_settings REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('settings');

CREATE TRIGGER notification_settings_updated_at BEFORE UPDATE ON public.notification_settings FOR EACH ROW EXECUTE FUNCTION push.keep_updated_at();

CREATE TRIGGER notification_push_trigger AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION push.take_in();

CREATE TRIGGER notification_trace_trigger AFTER INSERT ON public.notifications REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT WHEN ((current_setting('todoku.traceparent'::text, true) <> ''::text)) EXECUTE FUNCTION push.keep_trace();

CREATE TRIGGER notifications_engaged AFTER UPDATE ON public.notifications REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.count_engaged();

CREATE TRIGGER notifications_read_at BEFORE UPDATE OF is_read ON public.notifications FOR EACH ROW EXECUTE FUNCTION push.keep_read_at();

CREATE TRIGGER notifications_tell_delete AFTER DELETE ON public.notifications FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('notifications', 'all');

CREATE TRIGGER notifications_tell_truncate AFTER TRUNCATE ON public.notifications FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('notifications', 'all');

CREATE TRIGGER notifications_tell_update AFTER UPDATE ON public.notifications REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('notifications');

CREATE TRIGGER push_tokens_tally_delete AFTER DELETE ON public.push_tokens REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION push.tally_tokens();

CREATE TRIGGER push_tokens_tally_insert AFTER INSERT ON public.push_tokens REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tally_tokens();

CREATE TRIGGER push_tokens_tally_truncate AFTER TRUNCATE ON public.push_tokens FOR EACH STATEMENT EXECUTE FUNCTION push.tally_tokens();

CREATE TRIGGER push_tokens_tally_update AFTER UPDATE ON public.push_tokens REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tally_tokens();

CREATE TRIGGER push_tokens_tell_delete AFTER DELETE ON public.push_tokens REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('tokens');

CREATE TRIGGER push_tokens_tell_insert AFTER INSERT ON public.push_tokens REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('tokens');

CREATE TRIGGER push_tokens_tell_truncate AFTER TRUNCATE ON public.push_tokens FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('tokens', 'all');

CREATE TRIGGER push_tokens_tell_update AFTER UPDATE ON public.push_tokens REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION push.tell_caches('tokens');

CREATE TRIGGER push_tokens_updated_at BEFORE UPDATE ON public.push_tokens FOR EACH ROW EXECUTE FUNCTION push.keep_updated_at();

CREATE TRIGGER audit_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON push.audit FOR EACH STATEMENT EXECUTE FUNCTION push.refuse_change();

CREATE TRIGGER controls_take_turn BEFORE UPDATE ON push.controls FOR EACH STATEMENT EXECUTE FUNCTION push.take_turn_at_controls();

CREATE TRIGGER log_level_tells AFTER UPDATE ON push.log_level FOR EACH STATEMENT EXECUTE FUNCTION push.tell_log_level();

CREATE CONSTRAINT TRIGGER outbox_wakes_planning AFTER INSERT ON push.outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION push.wake_planning();

CREATE TRIGGER projects_note_pause BEFORE UPDATE OF paused ON push.projects FOR EACH ROW EXECUTE FUNCTION push.note_project_pause();

CREATE TRIGGER tuning_tells AFTER UPDATE ON push.tuning FOR EACH STATEMENT EXECUTE FUNCTION push.tell_tuning();

-- Row level security

create policy "Users can insert own notification settings" on public.notification_settings for insert to authenticated with check ((( SELECT auth.uid() AS uid) = user_id));

create policy "Users can update own notification settings" on public.notification_settings for update to authenticated using ((( SELECT auth.uid() AS uid) = user_id)) with check ((( SELECT auth.uid() AS uid) = user_id));

create policy "Users can view own notification settings" on public.notification_settings for select to authenticated using ((( SELECT auth.uid() AS uid) = user_id));

create policy "postgres has full access" on public.notification_settings for all to postgres using (true) with check (true);

create policy "service_role has full access" on public.notification_settings for all to service_role using (true) with check (true);

create policy "todoku_worker has full access" on public.notification_settings for all to todoku_worker using (true) with check (true);

create policy "Users can update own notifications" on public.notifications for update to authenticated using ((( SELECT auth.uid() AS uid) = user_id)) with check ((( SELECT auth.uid() AS uid) = user_id));

create policy "Users can view own notifications" on public.notifications for select to authenticated using ((( SELECT auth.uid() AS uid) = user_id));

create policy "postgres has full access" on public.notifications for all to postgres using (true) with check (true);

create policy "service_role has full access" on public.notifications for all to service_role using (true) with check (true);

create policy "todoku_worker has full access" on public.notifications for all to todoku_worker using (true) with check (true);

create policy "Users can view own push tokens" on public.push_tokens for select to authenticated using ((( SELECT auth.uid() AS uid) = user_id));

create policy "postgres has full access" on public.push_tokens for all to postgres using (true) with check (true);

create policy "service_role has full access" on public.push_tokens for all to service_role using (true) with check (true);

create policy "todoku_worker has full access" on public.push_tokens for all to todoku_worker using (true) with check (true);

-- Rights

grant execute on function auth.jwt() to public;

grant execute on function auth.uid() to public;

grant execute on function push.applied_migrations() to todoku_worker;

grant execute on function push.are_type_settings(types jsonb) to public;

grant execute on function push.caches_are_read() to public;

grant execute on function push.catch_up(since timestamp with time zone, until timestamp with time zone) to todoku_worker;

grant execute on function push.drop_partitions(of_parent text, before timestamp with time zone) to todoku_worker;

grant execute on function push.ensure_partitions(since timestamp with time zone, until timestamp with time zone) to todoku_worker;

grant execute on function push.is_timezone(zone text) to public;

grant execute on function push.keep_read_at() to public;

grant execute on function push.keep_updated_at() to public;

grant execute on function push.partitions(of_parent text) to todoku_worker;

grant execute on function push.refuse_change() to public;

grant execute on function push.uuid_v7() to public;

grant usage on schema auth to anon;

grant usage on schema auth to authenticated;

grant usage on schema auth to service_role;

grant usage on schema auth to todoku_worker;

grant usage on schema public to public;

grant usage on schema push to todoku_worker;

grant usage on sequence push.alert_episodes_id_seq to todoku_worker;

grant usage on sequence push.alert_silences_id_seq to todoku_worker;

grant usage on sequence push.audit_seq_seq to todoku_worker;

grant usage on sequence push.broadcasts_id_seq to todoku_worker;

grant usage on sequence push.chunks_id_seq to todoku_worker;

grant usage on sequence push.delivery_block to todoku_worker;

grant usage on sequence push.ledger_entries_id_seq to todoku_worker;

grant usage on sequence push.outbox_id_seq to todoku_worker;

grant usage on sequence push.projects_id_seq to todoku_worker;

grant usage on sequence push.receipt_batches_id_seq to todoku_worker;

grant usage on sequence push.reconciliations_id_seq to todoku_worker;

grant usage on sequence push.recoveries_id_seq to todoku_worker;

grant usage on sequence push.tally_entries_id_seq to todoku_worker;

grant usage on sequence push.token_tally_id_seq to todoku_worker;

grant usage on sequence push.tuning_history_id_seq to todoku_worker;

grant insert (push_enabled), insert (quiet_hours_enabled), insert (quiet_hours_end), insert (quiet_hours_start), insert (timezone), insert (types), insert (user_id), select, update (push_enabled), update (quiet_hours_enabled), update (quiet_hours_end), update (quiet_hours_start), update (timezone), update (types) on table public.notification_settings to authenticated;

grant delete, insert, select, update on table public.notification_settings to service_role;

grant delete, insert, select, update on table public.notification_settings to todoku_worker;

grant select, update (is_read), update (opened_at), update (read_at) on table public.notifications to authenticated;

grant delete, insert, select, update on table public.notifications to service_role;

grant delete, insert, select, update on table public.notifications to todoku_worker;

grant select (app_version), select (created_at), select (device_id), select (id), select (is_active), select (locale), select (platform), select (register_again_at), select (registered_at), select (state), select (updated_at), select (user_id) on table public.push_tokens to authenticated;

grant delete, select (app_version), select (created_at), select (device_id), select (id), select (is_active), select (locale), select (platform), select (project_id), select (register_again_at), select (registered_at), select (state), select (state_at), select (state_reason), select (updated_at), select (user_id) on table public.push_tokens to service_role;

grant delete, insert, select, update on table public.push_tokens to todoku_worker;

grant delete, insert, select, update on table push.alert_episodes to todoku_worker;

grant delete, insert, select, update on table push.alert_notices to todoku_worker;

grant delete, insert, select, update on table push.alert_routes to todoku_worker;

grant delete, insert, select, update on table push.alert_rules to todoku_worker;

grant delete, insert, select, update on table push.alert_silences to todoku_worker;

grant select, update on table push.alert_turn to todoku_worker;

grant delete, insert, select, update on table push.alerts to todoku_worker;

grant delete, insert, select, update on table push.api_keys to todoku_worker;

grant delete, insert, select, update on table push.attempts to todoku_worker;

grant insert, select on table push.audit to todoku_worker;

grant delete, insert, select, update on table push.broadcast_recipients to todoku_worker;

grant delete, insert, select, update on table push.broadcasts to todoku_worker;

grant delete, insert, select, update on table push.chunks to todoku_worker;

grant delete, insert, select, update on table push.controls to todoku_worker;

grant delete, insert, select, update on table push.decisions to todoku_worker;

grant delete, insert, select, update on table push.deliveries to todoku_worker;

grant select on table push.delivery_states to todoku_worker;

grant select on table push.delivery_transitions to todoku_worker;

grant delete, insert, select, update on table push.encryption_keys to todoku_worker;

grant delete, insert, select, update on table push.held to todoku_worker;

grant delete, insert, select, update on table push.idempotency to todoku_worker;

grant delete, insert, select, update on table push.ledger_entries to todoku_worker;

grant delete, insert, select, update on table push.ledger_totals to todoku_worker;

grant select, update on table push.log_level to todoku_worker;

grant delete, insert, select, update on table push.minutes to todoku_worker;

grant delete, insert, select, update on table push.notification_ids to todoku_worker;

grant delete, insert, select, update on table push.notification_types to todoku_worker;

grant delete, insert, select, update on table push.outbox to todoku_worker;

grant select on table push.partition_plan to todoku_worker;

grant delete, insert, select, update on table push.policy to todoku_worker;

grant delete, insert, select, update on table push.projects to todoku_worker;

grant delete, insert, select, update on table push.receipt_batches to todoku_worker;

grant delete, insert, select on table push.reconciliations to todoku_worker;

grant delete, insert, select on table push.recoveries to todoku_worker;

grant delete, insert, select on table push.reports to todoku_worker;

grant delete, insert, select, update on table push.tally_entries to todoku_worker;

grant delete, insert, select, update on table push.token_tally to todoku_worker;

grant delete, insert, select, update on table push.trace_contexts to todoku_worker;

grant select, update on table push.tuning to todoku_worker;

grant delete, insert, select on table push.tuning_history to todoku_worker;

grant delete, insert, select, update on table push.user_recent to todoku_worker;

grant delete, insert, select, update on table push.workers to todoku_worker;
