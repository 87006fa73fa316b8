import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';

/**
 * Times of a project that stand in the future though nothing of ours puts them there: the database's clock was set back. Until it has caught up,
 * the bucket would not fill, and a breaker or a back-off would last as long. The bucket begins anew from now with what it has, so the budget is kept;
 * the others get the longest wait that is ever given: 125 seconds to a probe (a request of two minutes is on its way), an hour of
 * Retry-After.
 */
const bringBack = /* sql */ `
update push.projects set
  bucket_at = least(bucket_at, clock_timestamp()),
  -- least() would take the other side for a null.
  breaker_probe_at = case when breaker_probe_at is not null then least(breaker_probe_at, clock_timestamp() + interval '125 seconds') end,
  backoff_until = case when backoff_until is not null then least(backoff_until, clock_timestamp() + interval '1 hour') end
where bucket_at > clock_timestamp() + interval '1 second' or breaker_probe_at > clock_timestamp() + interval '126 seconds'
  or backoff_until > clock_timestamp() + interval '3601 seconds'
returning id`;

/** Returns how many projects it has mended. */
export async function bringBackFutureAnchors(database: Database, log: Logger): Promise<number> {
  const projects = await database.query<{ id: number }>(bringBack);
  if (projects.length > 0) {
    const ids = projects.map(({ id }) => id);
    log.warn({ projects: ids }, "the database's clock was set back: rate budgets and breakers go on from the time that it shows now");
  }
  return projects.length;
}
