import type { Clock } from '../../clock/clock.js';
import type { Database } from '../../database/database.js';
import type { Logger } from '../../logging/logger.js';
import { boundedRequest } from './routes/bounded-request.js';

const everyMs = 60_000;

interface PingParts {
  readonly database: Database;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Takes the turn, when a ping is due and all is well: the rules have been evaluated lately, a worker is alive, and no message has been
 * undeliverable for minutes. Then silence means what the outside watcher takes it for: this system can't help itself, or can't call for help.
 */
const takeTurn = /* sql */ `
update push.alert_turn set heartbeat_at = clock_timestamp()
where id = (
    select id from push.alert_turn
    where (heartbeat_at is null or heartbeat_at <= clock_timestamp() - make_interval(secs => $1))
      and evaluated_at > clock_timestamp() - interval '1 minute'
    for update skip locked)
  and exists (
    select from push.workers
    where 'worker' = any (roles) and stopped_at is null and heartbeat_at > clock_timestamp() - interval '1 minute')
  and not exists (
    select from push.alert_notices
    where kind = 'alerts' and error is not null and created_at < clock_timestamp() - interval '2 minutes'
      and (state = 'waiting' or (state = 'failed' and due_at > clock_timestamp() - interval '1 hour')))
returning 1`;

/** Tells the outside watcher that the system is well, once a minute whoever does it. Returns whether it was tried. */
export async function pingWatcher({ database, url, method, clock, log }: PingParts): Promise<boolean> {
  const turn = await database.query(takeTurn, [everyMs / 1_000]);
  if (turn.length === 0) return false;
  const result = await boundedRequest(url, { method, clock });
  const error = result.ok ? null : result.error;
  await database.query(/* sql */ 'update push.alert_turn set heartbeat_error = $1 where id = 1', [error]);
  if (error !== null) log.warn({ error }, 'the outside watcher could not be told that all is well');
  return true;
}
