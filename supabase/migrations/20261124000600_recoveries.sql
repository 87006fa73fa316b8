-- Recoveries that were tried: whether they worked is a figure, and so an alert.
create table push.recoveries (
  id    bigint generated always as identity primary key,
  at    timestamptz not null default clock_timestamp(),
  actor text not null,
  ok    boolean not null,
  steps jsonb not null
);
grant select, insert, delete on push.recoveries to todoku_worker;
grant usage on all sequences in schema push to todoku_worker;

insert into push.alert_rules
  (name, figure, comparison, threshold, clear_threshold, for_seconds, severity, no_data, runbook, command, summary_en, summary_ja, shipped)
values
  ('recovery-failed', 'recoveries_failed', 'above', 0, 0, 0, 'page', 'ok', 'alerts.md#recovery-failed', 'todoku recover --reason again',
   'A recovery did not work', '復旧処理に失敗しました', true);

-- The app asks its user to open it, so that the device registers again; a registration takes the mark away.
alter table public.push_tokens add column register_again_at timestamptz;
grant select (register_again_at) on public.push_tokens to authenticated, service_role;
