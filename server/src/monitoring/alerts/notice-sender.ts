import type { Database } from '../../database/database.js';
import type { Logger } from '../../logging/logger.js';
import { logNotificationError } from '../../logging/notification-error.js';
import { claimNotice, noteFailed, noteSent } from './notice-outbox.js';
import { requestDeadlineMs } from './routes/bounded-request.js';
import type { AlertRoute } from './routes/route.js';

/** After the first, second, … failure; the last one from then on. */
const waits = [5_000, 30_000, 120_000, 300_000, 900_000, 1_800_000] as const;
/** Longer than any attempt: whoever holds it is dead, or as good as that. */
const leaseMs = 4 * requestDeadlineMs;

interface SenderParts {
  readonly database: Database;
  readonly route: AlertRoute;
  readonly random: () => number;
  readonly log: Logger;
}

/**
 * Sends what waits on one route. Taken (leased, counted) → sent, or failed and due again later. A sender that dies between sending and writing
 * it down is followed by another one: receivers get the message again, under the same id.
 */
export class NoticeSender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Sends the next message that is due. Returns whether there was one. */
  async work(): Promise<boolean> {
    const { database, route, log } = this.#parts;
    const notice = await claimNotice(database, route.name, leaseMs);
    if (notice === null) return false;
    const result = await route.send(notice);
    if (result.ok) {
      await noteSent(database, route.name, notice, result.answer);
      return true;
    }
    const { id, attempt } = notice;
    logNotificationError(log, 'ALERT_NOT_SENT', 'a message could not be sent', {
      notice: id,
      route: route.name,
      attempt,
      answer: result.error,
    });
    await noteFailed(database, notice, result.error, Math.max(this.#pause(attempt), result.retryAfterMs ?? 0));
    return true;
  }

  /** Half of it by chance, so that processes do not knock together. */
  #pause(attempt: number): number {
    const wait = waits[Math.min(attempt, waits.length) - 1] ?? waits[0];
    return wait / 2 + (this.#parts.random() * wait) / 2;
  }
}
