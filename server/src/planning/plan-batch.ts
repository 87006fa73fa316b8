import { decide } from './decide.js';
import type { LocalTime } from './local-time.js';
import type { OutboxItem, RecentUser, TakenOutbox } from './outbox-rows.js';
import type { PlanWriter } from './plan-writer.js';
import type { DecisionInput, History } from './planning-types.js';
import type { Policy } from './policy-cache.js';

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

function duplicateOf(item: OutboxItem, recent: RecentUser | undefined): string | null {
  if (item.content === null || recent === undefined) return null;
  const first = recent.firstWithContent.get(item.content);
  return first === undefined || first === item.id ? null : first;
}

/**
 * Decides a batch and tells the writer what became of each. Returns what the cap granted but was not used, by user: the upsert that took
 * the batch reserved one push for every capped notification before anyone knew which of them would be sent.
 */
export function planBatch(
  taken: TakenOutbox,
  policy: Policy,
  localTime: LocalTime,
  random: () => number,
  writer: PlanWriter,
): Map<string, number> {
  const cap = new CapAccount(taken.recent);
  const refunds = new Map<string, number>();
  const capsOn = policy.capLimit !== null;
  for (const item of taken.items) {
    const duplicate = duplicateOf(item, item.userId === null ? undefined : taken.recent.get(item.userId));
    const counted = capsOn && item.capped && item.userId !== null;
    const spent = counted && cap.left(item.userId as string) <= 0;
    const history = duplicate === null ? (spent ? CAP_REACHED : NO_HISTORY) : { duplicateOf: duplicate, capReached: spent };
    const input = inputOf(item, policy, taken.now, random(), history);
    const decision = decide(input, localTime);
    if (counted && decision.verdict === 'send') cap.use(item.userId as string);
    writer.add(item, input, decision, policy.typeRules(item.type).resendUnknown);
  }
  if (capsOn) collectRefunds(taken, cap, refunds);
  return refunds;
}

function collectRefunds(taken: TakenOutbox, cap: CapAccount, refunds: Map<string, number>): void {
  for (const item of taken.items) {
    if (!item.capped || item.userId === null || refunds.has(item.userId)) continue;
    const left = cap.left(item.userId);
    if (left > 0) refunds.set(item.userId, left);
  }
}
