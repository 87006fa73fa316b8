import type { Statement } from '../../database/database.js';

/**
 * Gives whole chunks back: they were definitely not sent. $1 chunk ids, $2 epochs, $3 delay in ms, $4 whether the attempt counts,
 * $5 … $10 worker and the attempt's outcome, duration, status, code, request id. The broadcast may have been paused meanwhile.
 */
export const retryChunks: Statement = {
  name: 'retry_chunks',
  text: /* sql */ `
with back as (
  update push.chunks c set
    state = case when exists (select from push.broadcasts b where b.id = c.broadcast_id and b.state = 'paused') then 3 else 1 end,
    due_at = clock_timestamp() + make_interval(secs => $3::float8 / 1000.0),
    ready_at = coalesce(c.ready_at, c.due_at), lease_until = null, leased_by = null, attempt = c.attempt + $4::int, last_code = $9
  from unnest($1::bigint[], $2::int[]) as l(id, epoch)
  where c.id = l.id and c.id = any ($1::bigint[]) and c.epoch = l.epoch and c.state = 2
  returning c.id, c.epoch, c.project_id, c.lane, c.n, c.split_from
), told as (
  insert into push.attempts (chunk_id, epoch, project_id, lane, worker, duration_ms, recipients, outcome, http_status, code, request_id, split_from)
  select id, epoch, project_id, lane, $5, $7, n, $6, $8, $9, $10, split_from from back
), measured as (
  insert into push.tally_entries (project_id, item, n)
  select project_id, 'error:' || $9, sum(n) from back where $9::text is not null group by project_id
)
select id from back`,
};

/** Holds leases for longer: $1 chunk ids, $2 epochs, $3 seconds. */
export const extendLeases: Statement = {
  name: 'extend_leases',
  text: /* sql */ `
update push.chunks c set lease_until = clock_timestamp() + make_interval(secs => $3)
from unnest($1::bigint[], $2::int[]) as l(id, epoch)
where c.id = l.id and c.id = any ($1::bigint[]) and c.epoch = l.epoch and c.state = 2 and c.lease_until > clock_timestamp()
returning c.id, c.epoch`,
};

/**
 * Leases anew what nobody answered for: $1 most chunks, $2 lease seconds, $3 worker. The new epoch shuts out the worker that had it, should it
 * wake up. Expired leases are few: no low-water mark.
 */
export const claimExpiredLeases: Statement = {
  name: 'claim_expired_leases',
  text: /* sql */ `
with lost as (
  select id from push.chunks where state = 2 and lease_until < statement_timestamp() order by lease_until limit $1 for update skip locked
)
update push.chunks c set epoch = c.epoch + 1, leased_by = $3, lease_until = clock_timestamp() + make_interval(secs => $2)
where c.id = any (array(select id from lost))
returning c.id, c.epoch, c.project_id, c.lane, c.n, c.attempt, c.crash_recoveries, c.resend_unknown,
  date_part('epoch', c.expires_at), c.broadcast_id, null`,
};
