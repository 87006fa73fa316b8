import { decide } from './decide.js';
import type { LocalTime } from './local-time.js';
import type { OutboxItem, TakenOutbox } from './outbox-rows.js';
import type { PlanWriter } from './plan-writer.js';
import type { DecisionInput, History } from './planning-types.js';
import type { Policy } from './policy-cache.js';
import type { RecentAsks, RecentUser } from './recent-users.js';

const NO_HISTORY: History = { duplicateOf: null, capReached: false };
const CAP_REACHED: History = { duplicateOf: null, capReached: true };

/** Pushes that users may still get in this batch, and what they did not use of what user_recent had granted them. */
class CapAccount {
  readonly #recent: ReadonlyMap<string, RecentUser>;
  readonly #left = new Map<string, number>();

  constructor(recent: ReadonlyMap<string, RecentUser>) {
    this.#recent = recent;
  }

  left(userId: string): number {
    return this.#left.get(userId) ?? this.#recent.get(userId)?.granted ?? 1;
  }

  use(userId: string): void {
    this.#left.set(userId, this.left(userId) - 1);
  }
}

function inputOf(item: OutboxItem, policy: Policy, now: Date, spread: number, history: History): DecisionInput {
  return {
    notification:
      item.userId === null
        ? null
        : {
            id: item.id,
            type: item.type,
            createdAt: item.createdAt,
            sendAt: item.sendAt,
            expiresAt: item.expiresAt,
            payloadBytes: item.payloadBytes,
            broadcastCancelled: item.broadcastState === 'cancelled',
          },
    type: policy.typeRules(item.type),
    settings: item.settings,
    devices: item.devices,
    history,
    policy,
    now,
    spread,
  };
}

/**
 * A notification that was held meets its own content again: that is no duplicate, whatever else of the batch says the same. One whose id was
 * used before meets it too, and is. `released` remembers who has gone by that rule, because an app may use an id twice.
 */
function duplicateOf(item: OutboxItem, asks: RecentAsks, recent: RecentUser | undefined, released: Set<string>): string | null {
  const first = item.content === null ? undefined : recent?.firstWithContent.get(item.content);
  if (first === undefined) return asks.repeated(item);
  if (first.id !== item.id) return first.id;
  if (!first.before) return asks.repeated(item);
  if (!item.wasHeld || released.has(item.id)) return item.id;
  released.add(item.id);
  return null;
}

/** What `noteRecent` was asked and has answered. */
export interface BatchHistory {
  readonly asks: RecentAsks;
  readonly recent: ReadonlyMap<string, RecentUser>;
}

/**
 * Decides a batch and tells the writer what became of each. Returns what the cap granted but was not used, by user: the upsert that took
 * the batch reserved one push for every capped notification before anyone knew which of them would be sent.
 */
export function planBatch(
  taken: TakenOutbox,
  { asks, recent }: BatchHistory,
  policy: Policy,
  localTime: LocalTime,
  random: () => number,
  writer: PlanWriter,
): Map<string, number> {
  const cap = new CapAccount(recent);
  const refunds = new Map<string, number>();
  const released = new Set<string>();
  const capsOn = policy.capLimit !== null;
  for (const item of taken.items) {
    const rules = policy.typeRules(item.type);
    const duplicate = item.userId === null ? null : duplicateOf(item, asks, recent.get(item.userId), released);
    const counted = capsOn && rules.capped && item.userId !== null;
    const spent = counted && cap.left(item.userId as string) <= 0;
    const history = duplicate === null ? (spent ? CAP_REACHED : NO_HISTORY) : { duplicateOf: duplicate, capReached: spent };
    const input = inputOf(item, policy, taken.now, random(), history);
    const decision = decide(input, localTime);
    if (counted && decision.verdict === 'send') cap.use(item.userId as string);
    writer.add(item, input, decision, rules.resendUnknown);
  }
  if (capsOn) collectRefunds(taken, policy, cap, refunds);
  return refunds;
}

function collectRefunds(taken: TakenOutbox, policy: Policy, cap: CapAccount, refunds: Map<string, number>): void {
  for (const item of taken.items) {
    if (item.userId === null || !policy.typeRules(item.type).capped || refunds.has(item.userId)) continue;
    const left = cap.left(item.userId);
    if (left > 0) refunds.set(item.userId, left);
  }
}
