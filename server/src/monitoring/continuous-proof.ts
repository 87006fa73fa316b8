import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import { reconcile } from './reconciler.js';

/** A proof that took long is not repeated at once: it may take a tenth of the time. */
const share = 10;
/** From the end of the current hour to the middle of the one before. */
const lastFullHourMs = 1.5 * 3_600_000;

/**
 * Proves the latest hours again when the last proof of any worker is `everySeconds` old, and says in the log what is wrong and with which rows.
 * Always false: there is never more to do at once.
 */
export async function proveWhenDue(database: Database, log: Logger, everySeconds = 60): Promise<boolean> {
  const [last] = await database.query<{ due: boolean }>(
    /* sql */ `
    select at + greatest(make_interval(secs => $1), make_interval(secs => duration_ms * ${share} / 1000.0)) <= clock_timestamp() as due
    from push.reconciliations order by at desc limit 1`,
    [everySeconds],
  );
  if (last?.due === false) return false;
  let proof = await reconcile(database);
  if (!proof.complete) {
    // Too much for one look: the last full hour alone is better than nothing.
    const lastHour = new Date(proof.toHour.getTime() - lastFullHourMs);
    proof = await reconcile(database, { from: lastHour, to: lastHour });
  }
  if (!proof.complete) log.warn({ durationMs: proof.durationMs }, 'the ledger could not be proved in time');
  else if (proof.unaccounted > 0) {
    const findings = proof.findings.slice(0, 20).map((finding) => ({ ...finding, ids: finding.ids.slice(0, 20) }));
    logNotificationError(log, 'LEDGER_UNACCOUNTED', 'notifications are unaccounted for', { unaccounted: proof.unaccounted, findings });
  }
  return false;
}
