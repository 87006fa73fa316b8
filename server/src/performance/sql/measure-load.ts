import type { Queryable } from '../../database/database.js';
import type { Measurements } from '../tune.js';

const MEASURED_SECONDS = 30;

/**
 * $1 seconds to look back. Attempts by (project, time), due chunks by project and at most 20,000 of them: how many more there are changes
 * nothing. A project counts as held up when it is paused, backed off, broken, or at four fifths of its budget: more slots are no help to it.
 */
const measure = /* sql */ `
with recent as materialized (
  select a.project_id, a.duration_ms, a.recipients, a.outcome, a.http_status, a.at
  from push.projects p
  cross join lateral (
    select * from push.attempts a
    where a.project_id = p.id and a.at > now() - interval '90 seconds' and a.at <= now() and a.outcome not in ('not_sent', 'lease_expired')
  ) a
), latest as materialized (
  select * from recent where at > now() - make_interval(secs => $1)
), held_up as materialized (
  select p.id from push.projects p
  where p.paused or p.breaker_state = 'open' or p.backoff_until > now()
    or exists (select from push.controls where paused or emergency or not pushes_enabled)
    or 0.8 * (p.rate_budget - p.rate_burst) * $1 <= (select coalesce(sum(l.recipients), 0) from latest l where l.project_id = p.id)
), waiting as materialized (
  select c.n, c.due_at
  from push.projects p
  cross join lateral (
    select n, due_at from push.chunks c
    where c.project_id = p.id and c.state = 1 and c.due_at <= now() and c.expires_at > now() limit 20000
  ) c
  where p.id not in (select id from held_up)
), alive as materialized (
  select roles, stats from push.workers where stopped_at is null and heartbeat_at > now() - interval '1 minute'
)
select
  (select count(*) from alive where 'worker' = any (roles)) as workers,
  (select count(*) from latest where outcome <> 'unknown' and http_status is distinct from 429) as requests,
  (select count(*) from latest where outcome = 'unknown') as unanswered,
  (select count(*) from latest where http_status = 429) as refused,
  (select extract(epoch from now() - max(at)) * 1000 from recent where http_status = 429)::float8 as "sinceRefusedMs",
  (select avg(duration_ms) from latest where outcome = 'answered')::float8 as "responseMs",
  -- Over the time in which there were any, so that the first half minute of a broadcast does not look slow.
  (select coalesce(sum(recipients) / greatest(1, extract(epoch from now() - min(at))), 0) from latest where outcome = 'answered')::float8 as "perSecond",
  (select coalesce(sum(n), 0) from waiting)::float8 as waiting,
  (select count(*) from waiting) as "waitingChunks",
  (select coalesce(extract(epoch from now() - min(due_at)) * 1000, 0) from waiting)::float8 as "waitingMs",
  (select max((stats -> 'load' ->> 'saturation')::float8) from alive) as saturation,
  (select max((stats ->> 'loopLagMs')::float8) from alive where 'worker' = any (roles)) as "loopLagMs",
  (select avg((stats -> 'load' ->> 'claimMs')::float8) from alive) as "claimMs"`;

export async function measureLoad(database: Queryable): Promise<Measurements> {
  const [row] = await database.query<Measurements & Record<string, unknown>>(measure, [MEASURED_SECONDS]);
  if (row === undefined) throw new Error('no measurements');
  return row;
}
