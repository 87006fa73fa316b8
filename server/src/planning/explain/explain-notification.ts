import type { Database, Queryable } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { LocalTime } from '../local-time.js';
import { loadPolicy, type Policy } from '../policy-cache.js';
import { readDeliveries } from './read-deliveries.js';
import { duplicateOf, replay } from './replay.js';
import { findDecisions, findNotification, findSwitches, findWaiting } from './story-statements.js';
import type { DecisionStory, NotificationRow, NotificationStory, Standing } from './story-types.js';

interface FoundNotification extends NotificationRow {
  readonly payloadBytes: number;
  readonly broadcastState: string | null;
  readonly broadcastFinishedAt: Date | null;
  readonly timezone: string | null;
}

interface FoundDecision {
  readonly createdAt: Date;
  readonly at: Date;
  readonly verdict: 1 | 2 | 3;
  readonly reason: string | null;
  readonly holdUntil: Date | null;
  readonly firstDelivery: number | null;
  readonly deliveries: number;
  readonly inputs: unknown;
}

const verdicts = { 1: 'send', 2: 'hold', 3: 'suppress' } as const;
const dayMs = 86_400_000;

/** All of it from one snapshot. Throws NOT_FOUND when neither the row nor a decision about it is left. */
export async function explainNotification(database: Database, id: string, localTime = new LocalTime()): Promise<NotificationStory> {
  return await database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only');
    const notification = await findRow(tx, id);
    const decisions = await tx.query<FoundDecision & object>(findDecisions, [id]);
    const first = notification ?? decisions[0];
    if (first === undefined) throw new TodokuError('NOT_FOUND', { message: `There is no notification ${id}, and no decision about one.` });
    const [waiting] = await tx.query<{ inOutbox: boolean; held: { until: string; reason: string } | null }>(findWaiting, [id]);
    const held = waiting?.held ?? null;
    const policy = await loadPolicy(tx);
    return {
      id,
      notification: notification === null ? null : publicPart(notification),
      standing: standingOf(waiting?.inOutbox === true, held !== null, decisions),
      held: held === null ? null : { until: new Date(held.until), reason: held.reason },
      decisions: decisions.map((decision) => tell(decision, notification, policy, localTime)),
      deliveries: await readDeliveries(tx, decisions, first.createdAt, notification?.userId ?? null),
      timezone: knownZone(notification?.timezone ?? null, policy, localTime),
      stoppedBy: await readSwitches(tx),
      broadcastState: notification?.broadcastState ?? null,
    };
  });
}

/** A version 7 id begins with the milliseconds of its making. Rows may bear another created_at than their id, so then everything is searched. */
async function findRow(tx: Queryable, id: string): Promise<FoundNotification | null> {
  const at = id[14] === '7' ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : Number.NaN;
  const near = Number.isNaN(at) || at > 8e15 ? [] : [[new Date(at - dayMs), new Date(at + dayMs)]];
  for (const range of [...near, ['-infinity', 'infinity']]) {
    const [found] = await tx.query<FoundNotification & object>(findNotification, [id, ...range]);
    if (found !== undefined) return found;
  }
  return null;
}

function standingOf(inOutbox: boolean, isHeld: boolean, decisions: readonly FoundDecision[]): Standing {
  if (isHeld) return 'held';
  if (inOutbox) return 'outbox';
  const last = decisions.at(-1);
  if (last === undefined) return 'untaken';
  return last.verdict === 1 ? 'planned' : last.verdict === 3 ? 'suppressed' : 'held';
}

function tell(found: FoundDecision, notification: FoundNotification | null, policy: Policy, localTime: LocalTime): DecisionStory {
  const { at, reason, holdUntil, deliveries, inputs } = found;
  const verdict = verdicts[found.verdict];
  const broadcastCancelledAt = notification?.broadcastState === 'cancelled' ? notification.broadcastFinishedAt : null;
  const past = { at, verdict, reason, holdUntil, deliveries, inputs };
  return {
    ...{ at, verdict, reason, holdUntil, deliveries, duplicateOf: duplicateOf(inputs) },
    ...replay(past, { notification, broadcastCancelledAt, policy, localTime }),
  };
}

function publicPart({
  payloadBytes: _,
  broadcastState: __,
  broadcastFinishedAt: ___,
  timezone: ____,
  ...row
}: FoundNotification): NotificationRow {
  return row;
}

export function knownZone(own: string | null, policy: Policy, localTime: LocalTime): string {
  return [own, policy.defaultTimezone].find((zone) => zone !== null && localTime.isKnown(zone)) ?? 'UTC';
}

/** What stops everything at the moment. */
export async function readSwitches(tx: Queryable): Promise<string[]> {
  const [switches] = await tx.query<{ paused: boolean; emergency: boolean; pushesEnabled: boolean }>(findSwitches);
  if (switches === undefined) return [];
  const { paused, emergency, pushesEnabled } = switches;
  return [...(paused ? ['paused'] : []), ...(emergency ? ['emergency'] : []), ...(pushesEnabled ? [] : ['disabled'])];
}
