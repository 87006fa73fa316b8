import { setTimeout as delay } from 'node:timers/promises';
import { query } from './cluster/sql.js';
import { mono } from './journal.js';
import type { Plant } from './plant.js';

/** The longest that anything waits before it is tried again: a breaker's probe, a receipt that could not be fetched, a clock that was ahead. */
export const livenessMs = 150_000;

interface Left {
  readonly work: number;
  readonly receipts: number;
}

/** What waits for a night's end, or stands still because its broadcast does, is not work that is left. */
const left = /* sql */ `
select ((select count(*) from push.outbox)
  + (select count(*) from push.chunks where due_at < clock_timestamp()
      or due_at < clock_timestamp() + interval '90 seconds' and last_code is distinct from 'QUIET_HOURS')
  + (select count(*) from push.held where release_at < clock_timestamp())
  + (select count(*) from push.broadcasts where state = 'running'))::int as work,
  (select count(*)::int from push.receipt_batches where due_at < clock_timestamp() + interval '90 seconds') as receipts`;

/**
 * When nothing was in flight any more, monotonic ms; null: not within `livenessMs`. Receipts that the provider did not have are asked for again
 * after a quarter of an hour, and a long run leaves some for every minute of the next one: their hour has come as soon as all else is done.
 */
export async function liveness(plant: Plant, stop: AbortSignal): Promise<number | null> {
  const until = mono() + livenessMs;
  let hasCome = false;
  while (mono() < until) {
    stop.throwIfAborted();
    const [row] = await query<Left>(plant.databaseUrl, left).catch(() => []);
    if (row?.work === 0) {
      if (hasCome && row.receipts === 0) return mono();
      hasCome ||= await query(plant.databaseUrl, 'update push.receipt_batches set due_at = clock_timestamp()').then(
        () => true,
        () => false,
      );
    }
    await delay(250);
  }
  return null;
}
