import type { DatabaseFacts, DecisionRow, NotificationRow, TypeRow } from '../database/facts.js';
import type { Judgement } from '../verdict.js';

/** Planning reads one instant a batch, and writes it down a little later. */
const toleranceMs = 5000;

interface Sent {
  readonly notification: NotificationRow;
  /** When it was planned first: from then on its content counts. */
  readonly plannedAt: number;
  readonly sentAt: number;
}

/** Content dedupe and the frequency cap, as the types and the policy have them. Types that changed while it ran are left out. */
export function judgeLimits(judgement: Judgement, database: DatabaseFacts, changedTypes: ReadonlySet<string>): void {
  const byUser = new Map<string, Sent[]>();
  for (const [id, decisions] of database.decisions) {
    const notification = database.notifications.get(id);
    const sent = decisions.find(({ verdict }) => verdict === 'send');
    if (notification === undefined || sent === undefined || changedTypes.has(notification.type)) continue;
    judgement.examined();
    const list = byUser.get(notification.userId) ?? [];
    list.push({ notification, plannedAt: firstOf(decisions), sentAt: sent.decidedAt });
    byUser.set(notification.userId, list);
  }
  for (const [user, sent] of byUser) {
    judgeDedupe(judgement, database, user, sent);
    judgeCap(judgement, database, user, sent);
  }
}

const firstOf = (decisions: readonly DecisionRow[]): number => Math.min(...decisions.map(({ decidedAt }) => decidedAt));

/** A type without a row of its own is ruled by the row named `*`, and that by the defaults of docs and schema. */
export function typeOf(database: DatabaseFacts, type: string): TypeRow {
  return (
    database.types.get(type) ??
    database.types.get('*') ?? {
      type,
      urgent: false,
      enabled: true,
      capped: true,
      ttlSeconds: 86_400,
      dedupeSeconds: 600,
      resendUnknown: true,
    }
  );
}

function judgeDedupe(judgement: Judgement, database: DatabaseFacts, user: string, sent: readonly Sent[]): void {
  const last = new Map<string, Sent>();
  for (const one of [...sent].sort((a, b) => a.plannedAt - b.plannedAt)) {
    const { content, type, id } = one.notification;
    const before = last.get(content);
    const window = typeOf(database, type).dedupeSeconds * 1000;
    if (before !== undefined && one.plannedAt - before.plannedAt < window - toleranceMs) {
      judgement.found('duplicate_content_sent', `user ${user}: ${before.notification.id} and ${id}`);
    }
    last.set(content, one);
  }
}

/**
 * The cap is a generic cell rate: one push every window / limit, at most a window ahead. So in any stretch of time no more than the limit, and
 * one for each such step of the stretch.
 */
function judgeCap(judgement: Judgement, database: DatabaseFacts, user: string, sent: readonly Sent[]): void {
  const { capLimit, capWindowSeconds } = database.policy;
  if (capLimit === null) return;
  const step = (capWindowSeconds * 1000) / capLimit;
  const times = sent
    .filter(({ notification }) => typeOf(database, notification.type).capped)
    .map(({ sentAt }) => sentAt)
    .sort((a, b) => a - b);
  // How far the pace is ahead, as a bucket that leaks.
  let ahead = 0;
  let before = times[0] ?? 0;
  for (const at of times) {
    ahead = Math.max(0, ahead - (at - before) / step) + 1;
    before = at;
    if (ahead > capLimit + 1 + toleranceMs / step) {
      judgement.found('cap_exceeded', `user ${user}: ${times.length} pushes, ${Math.round(ahead)} ahead of a cap of ${capLimit}`);
      return;
    }
  }
}
