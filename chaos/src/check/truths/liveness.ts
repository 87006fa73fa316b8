import type { DatabaseFacts, WaitingDelivery } from '../database/facts.js';
import type { Judgement } from '../verdict.js';
import { receiptOf } from './receipts.js';

export interface LivenessEvidence {
  readonly database: DatabaseFacts;
  /** When the faults were over, and when nothing was in flight any more, monotonic ms; null: never. */
  readonly healedAt: number | null;
  readonly idleAt: number | null;
  readonly boundMs: number;
  readonly receiptsAskedAgain: boolean;
  /** Users who have quiet hours: what is theirs may wait for their morning. */
  readonly quietUsers: ReadonlySet<string>;
  /** Broadcasts that stand paused. */
  readonly paused: ReadonlySet<string>;
}

/** What has been due for longer than this must not be left. */
const soonMs = 90_000;

/** Once all is healed, everything comes to its end in a bounded time, but for what truly waits for a later hour. */
export function judgeLiveness(judgement: Judgement, evidence: LivenessEvidence): void {
  const { database, healedAt, idleAt, boundMs } = evidence;
  judgement.examined();
  if (healedAt === null) judgement.found('never_healed', 'the faults were not ended');
  else if (idleAt === null) judgement.found('never_idle', `work was left ${Math.round(boundMs / 1000)} s after the faults had ended`);
  else if (idleAt - healedAt > boundMs)
    judgement.found('idle_too_late', `${Math.round((idleAt - healedAt) / 1000)} s after the faults had ended`);
  for (const id of database.outbox) judgement.found('not_planned', `notification ${id}`);
  for (const [id, release] of database.held) {
    if (release < database.now - soonMs) judgement.found('not_released', `notification ${id}, due ${new Date(release).toISOString()}`);
  }
  for (const waiting of database.waiting) {
    if (!mayWait(evidence, waiting))
      judgement.found(waiting.place === 'chunk' ? 'not_sent' : 'receipt_not_fetched', `delivery ${waiting.deliveryId}`);
  }
}

function mayWait(
  { database, quietUsers, paused, receiptsAskedAgain }: LivenessEvidence,
  { deliveryId, notificationId, place, dueAt }: WaitingDelivery,
): boolean {
  if (place === 'receipts') {
    // What the provider had no answer to is asked again later and later.
    const ticket = database.steps.get(deliveryId)?.at(-1)?.ticketId ?? null;
    return (dueAt > database.now && !receiptsAskedAgain) || (ticket !== null && receiptOf(ticket) === 'never');
  }
  const notification = database.notifications.get(notificationId);
  if (notification?.broadcastId != null && paused.has(notification.broadcastId)) return true;
  return dueAt > database.now - soonMs && quietUsers.has(notification?.userId ?? '');
}
