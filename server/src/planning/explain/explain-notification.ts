import type { Database, Queryable } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { LocalTime } from '../local-time.js';
import { loadPolicy, type Policy } from '../policy-cache.js';
import { readCap } from './read-cap.js';
import { readDeliveries } from './read-deliveries.js';
import { readBroadcast, readStops } from './read-stops.js';
import { capOf, duplicateOf, replay } from './replay.js';
import { findDecisions, findNotification, findWaiting } from './story-statements.js';
import type { BroadcastStory, DecisionStory, NotificationRow, NotificationStory, Standing } from './story-types.js';

interface FoundNotification extends NotificationRow {
  readonly payloadBytes: number;
  readonly broadcastState: string | null;
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
    const broadcastId = notification?.broadcastId ?? null;
    const broadcast = broadcastId === null ? null : await readBroadcast(tx, broadcastId, notification?.broadcastState ?? null);
    const { deliveries, devices, projectIds } = await readDeliveries(tx, decisions, first.createdAt, notification?.userId ?? null);
    const told: DecisionStory[] = [];
    for (const decision of decisions) told.push(await tell(tx, decision, { notification, broadcast, policy, localTime }));
    return {
      id,
      notification: notification === null ? null : publicPart(notification),
      standing: standingOf(waiting?.inOutbox === true, held !== null, decisions),
      held: held === null ? null : { until: new Date(held.until), reason: held.reason },
      decisions: told,
      deliveries,
      devices,
      timezone: knownZone(notification?.timezone ?? null, policy, localTime),
      stops: await readStops(tx, broadcast, projectIds),
      broadcast,
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

interface Around {
  readonly notification: FoundNotification | null;
  readonly broadcast: BroadcastStory | null;
  readonly policy: Policy;
  readonly localTime: LocalTime;
}

async function tell(tx: Queryable, found: FoundDecision, { notification, broadcast, policy, localTime }: Around): Promise<DecisionStory> {
  const { at, reason, holdUntil, deliveries, inputs } = found;
  const verdict = verdicts[found.verdict];
  const past = { at, verdict, reason, holdUntil, deliveries, inputs };
  const capped = reason === 'frequency_cap' && notification !== null;
  return {
    ...{ at, verdict, reason, holdUntil, deliveries, duplicateOf: duplicateOf(inputs) },
    cap: capped ? await readCap(tx, { userId: notification.userId, at, cap: capOf(inputs) }, policy) : null,
    ...replay(past, { notification, broadcastCancelledAt: broadcast?.cancelled?.at ?? null, policy, localTime }),
  };
}

function publicPart({ payloadBytes: _, broadcastState: __, timezone: ___, ...row }: FoundNotification): NotificationRow {
  return row;
}

export function knownZone(own: string | null, policy: Policy, localTime: LocalTime): string {
  return [own, policy.defaultTimezone].find((zone) => zone !== null && localTime.isKnown(zone)) ?? 'UTC';
}
