import type { Statement } from '../../database/database.js';

/** What picks a lane and what is taken from it: a lane whose head waits to be ended must not hide the lanes after it. */
const CLAIMABLE = /* sql */ `c.state = 1
    and c.due_at >= $4::timestamptz and c.due_at <= statement_timestamp() and c.expires_at > clock_timestamp()
    and (c.broadcast_id is null
      or (select b.state in ('running', 'done') from push.broadcasts b where b.id = c.broadcast_id))`;

/** What is just planned must not overtake what waits in its lane or in a more urgent one. */
const NOTHING_OLDER = /* sql */ `
    and not exists (select from push.chunks c
      where c.project_id = $1 and c.lane = any ($2::smallint[]) and c.id <> all ($8::bigint[]) and ${CLAIMABLE})`;

/**
 * The claim's locks last until the commit that its transaction has yet to send. Of a process that stands still or is cut off just then, Postgres
 * ends the session after this long, so that a pause waits no longer for it.
 */
const NO_LONG_SILENCE = "set_config('idle_in_transaction_session_timeout', '5000', true) ";

/**
 * The claim, which is the intent gate. $1 project, $2 lanes in order, $3 most chunks, $4 low-water mark of due_at, $5 lease seconds,
 * $6 worker, $7 seconds that a probe is reserved for.
 *
 * - The share lock on controls orders every claim against every switch: the lock waits for a pause that is committing and then re-reads the
 *   row, so no claim commits after a pause that it has not seen. (A plain read would use the statement's older snapshot.) Sharers are let in past
 *   a writer who waits, so before it comes a lock that is granted in the order of asking: switches take it too (`push.take_turn_at_controls`).
 * - The breaker opens a probe: an open breaker lets one chunk pass from breaker_probe_at on, and that claim moves breaker_probe_at on by $7,
 *   which outlasts a request: no second probe while the first may be on the wire. Under the project's row lock, so that of several workers one
 *   probes; without a budget that row is locked for a probe only.
 * - A chunk larger than the burst (planned before an operator lowered it) goes alone when the bucket is full, and the bucket then owes the rest.
 * - Due time is the database's: a worker's wrong clock claims nothing early. statement_timestamp() bounds the index scan; clock_timestamp(),
 *   being volatile, would have it read everything that is due later.
 *
 * Rejected, measured on 2 cores (chunks a second, 4 workers): row locks without SKIP LOCKED 340; ORDER BY lane, due_at over all lanes with a
 * full sort 610; one claim reading the messages too 900, because the budget's row stays locked while 400 rows are read; this 2,300.
 */
const claim = (budget: 'limited' | 'unlimited' | 'ignored', among: 'all' | 'new'): string => /* sql */ `
with turn as materialized (
  select pg_advisory_xact_lock_shared(7304132)
), gate as materialized (
  select ${among === 'all' ? '' : NO_LONG_SILENCE}from push.controls
  where id = 1 and (select count(*) from turn) = 1 and not paused and not emergency and pushes_enabled for share
), pick as materialized (
  select lane from unnest($2::smallint[]) with ordinality as wanted(lane, turn)
  where exists (
    select from push.chunks c
    where c.project_id = $1 and c.lane = wanted.lane and ${CLAIMABLE})${among === 'all' ? '' : NOTHING_OLDER}
  order by turn limit 1
),${
  budget === 'limited'
    ? ''
    : ` probe as materialized (
  update push.projects p set breaker_probe_at = clock_timestamp() + make_interval(secs => $7)
  where p.id = $1 and p.breaker_state = 'open' and p.breaker_probe_at <= clock_timestamp() and not p.paused
    and (p.backoff_until is null or p.backoff_until <= clock_timestamp()) and exists (select from gate) and exists (select from pick)
  returning 1
),`
} project as materialized (
  select p.id, p.breaker_state, p.rate_burst,
    ${
      budget === 'limited'
        ? `least(p.rate_burst, p.bucket_level
      + greatest(0, extract(epoch from clock_timestamp() - p.bucket_at)) * (p.rate_budget - p.rate_burst))`
        : 'null::float8'
    } as level
  from push.projects p
  where p.id = $1 and exists (select from gate) and exists (select from pick)
    ${budget === 'ignored' ? '' : `and p.rate_budget is ${budget === 'limited' ? 'not null' : 'null'}`} and not p.paused
    and (p.backoff_until is null or p.backoff_until <= clock_timestamp())
    and (p.breaker_state = 'closed' or ${budget === 'limited' ? 'p.breaker_probe_at <= clock_timestamp()' : 'exists (select from probe)'})
  ${budget === 'limited' ? 'for no key update' : ''}
), candidate as materialized (
  select c.id, c.n, c.due_at from push.chunks c
  where c.project_id = (select id from project) and c.lane = (select lane from pick) and ${CLAIMABLE}
    ${among === 'all' ? '' : 'and c.id = any ($8::bigint[])'}
  order by c.due_at, c.id
  limit (select case when breaker_state = 'open' then 1 else $3::int end from project)
  for update of c skip locked
), granted as materialized (
  ${
    budget === 'limited'
      ? `select counted.id, counted.n from (
    select id, n, sum(n) over (order by due_at, id) as upto from candidate) counted, project
  where counted.upto <= project.level or (counted.upto = counted.n and project.level >= project.rate_burst)`
      : 'select id, n from candidate'
  }
)${
  budget === 'limited'
    ? `, paid as (
  update push.projects p set
    bucket_level = x.level - (select coalesce(sum(n), 0) from granted), bucket_at = clock_timestamp(),
    breaker_probe_at = case when x.breaker_state = 'open' then clock_timestamp() + make_interval(secs => $7) else p.breaker_probe_at end
  from project x
  where p.id = $1 and exists (select from granted)
)`
    : ''
}
update push.chunks c set
  state = 2, epoch = c.epoch + 1, leased_by = $6, lease_until = clock_timestamp() + make_interval(secs => $5)
where c.id = any (array(select id from granted))
returning c.id, c.epoch, c.project_id, c.lane, c.n, c.attempt, c.crash_recoveries, c.resend_unknown,
  date_part('epoch', c.expires_at), c.broadcast_id, date_part('epoch', c.due_at),
  (select breaker_state = 'open' from project)`;

/** For projects with a budget: the claim takes the recipients out of the shared bucket. */
export const claimWithinBudget: Statement = { name: 'claim_within_budget', text: claim('limited', 'all') };

/** For projects without: no row of the project is written, so claims of several workers don't wait for each other. */
export const claimUnlimited: Statement = { name: 'claim_unlimited', text: claim('unlimited', 'all') };

/** For benchmarks against the simulator: whatever the budget says. */
export const claimIgnoringBudget: Statement = { name: 'claim_ignoring_budget', text: claim('ignored', 'all') };

/** The same of chunks that the transaction has just written: $8 their ids. Nothing when others wait that come first. */
export const claimNewWithinBudget: Statement = { name: 'claim_new_within_budget', text: claim('limited', 'new') };
export const claimNewUnlimited: Statement = { name: 'claim_new_unlimited', text: claim('unlimited', 'new') };
export const claimNewIgnoringBudget: Statement = { name: 'claim_new_ignoring_budget', text: claim('ignored', 'new') };
