import type { DatabaseFacts, DecisionRow, Step } from '../database/facts.js';
import { ACCEPTED_BY_EXPO, ends, mayFollow, QUEUED, stateName } from '../states.js';
import type { Judgement } from '../verdict.js';

/** The part of truth 1 that the tables must say by themselves: everything that was taken in is in exactly one place, and the double entry agrees. */
export function judgeAccounting(judgement: Judgement, database: DatabaseFacts): void {
  judgeNotifications(judgement, database);
  judgeDeliveries(judgement, database);
  judgeSteps(judgement, database);
  judgeLedger(judgement, database);
}

function judgeNotifications(judgement: Judgement, database: DatabaseFacts): void {
  const waits = new Map<string, number>();
  for (const id of [...database.outbox, ...database.held.keys()]) waits.set(id, (waits.get(id) ?? 0) + 1);
  for (const id of new Set([...database.notifications.keys(), ...database.decisions.keys(), ...waits.keys()])) {
    judgement.examined();
    const final = (database.decisions.get(id) ?? []).filter(({ verdict }) => verdict !== 'hold');
    const places = final.length + (waits.get(id) ?? 0);
    if (places === 0) judgement.found('notification_nowhere', `notification ${id} was never planned and waits nowhere`);
    if (places > 1)
      judgement.found('notification_in_two_places', `notification ${id}: ${final.length} decisions, waits ${waits.get(id) ?? 0}`);
  }
}

/** Each delivery that a decision promised is in one chunk, awaits its receipt, or has ended; and nothing else is. */
function judgeDeliveries(judgement: Judgement, database: DatabaseFacts): void {
  const waiting = new Map<string, string[]>();
  for (const { deliveryId, place } of database.waiting) waiting.set(deliveryId, [...(waiting.get(deliveryId) ?? []), place]);
  const promised = new Set<string>();
  for (const decision of [...database.decisions.values()].flat()) {
    for (const id of deliveriesOf(decision)) {
      if (promised.has(id)) judgement.found('delivery_promised_twice', `delivery ${id}`);
      promised.add(id);
      judgement.examined();
      const wrong = whatIsWrong(database.steps.get(id)?.at(-1), waiting.get(id) ?? []);
      if (wrong !== null) judgement.found(wrong, `delivery ${id} of notification ${decision.notificationId}`);
    }
  }
  for (const id of new Set([...database.steps.keys(), ...waiting.keys()])) {
    if (!promised.has(id)) judgement.found('delivery_not_promised', `delivery ${id}`);
  }
}

export function deliveriesOf({ verdict, firstDelivery, deliveries }: DecisionRow): string[] {
  if (verdict !== 'send' || firstDelivery === null) return [];
  return Array.from({ length: deliveries }, (_, i) => String(firstDelivery + i));
}

function whatIsWrong(last: Step | undefined, places: readonly string[]): string | null {
  const state = last?.state ?? QUEUED;
  if (places.length > 1) return 'delivery_in_two_places';
  const [place] = places;
  if (place === 'chunk') return state === QUEUED ? null : 'delivery_queued_after_its_end';
  if (place === 'receipts') return state === ACCEPTED_BY_EXPO ? null : 'receipt_awaited_after_its_end';
  if (state === QUEUED) return 'delivery_lost';
  return state === ACCEPTED_BY_EXPO ? 'receipt_awaited_by_nobody' : null;
}

function judgeSteps(judgement: Judgement, database: DatabaseFacts): void {
  for (const [id, steps] of database.steps) {
    let previous = QUEUED;
    for (const { state } of steps) {
      if (!mayFollow(previous, state)) judgement.found('illegal_step', `delivery ${id}: ${stateName(previous)} → ${stateName(state)}`);
      previous = state;
    }
  }
}

/** The product's own double entry, counted once more from the rows. */
function judgeLedger(judgement: Judgement, database: DatabaseFacts): void {
  const found = new Map<string, number>();
  const count = (item: string, n: number): unknown => found.set(item, (found.get(item) ?? 0) + n);
  const taken = new Set([...database.decisions.keys(), ...database.outbox, ...database.held.keys()]);
  count('accepted', taken.size);
  for (const decision of [...database.decisions.values()].flat()) {
    if (decision.verdict === 'suppress') count(`suppressed:${decision.reason}`, 1);
    if (decision.verdict !== 'send') continue;
    count('planned', 1);
    count('deliveries', decision.deliveries);
  }
  for (const steps of database.steps.values()) {
    const state = steps.at(-1)?.state ?? QUEUED;
    if (state === ACCEPTED_BY_EXPO || ends(state)) count(`state:${stateName(state)}`, 1);
  }
  for (const item of new Set([...found.keys(), ...database.ledger.keys()])) {
    // Judged with the duplicates.
    if (item === 'resent_unknown') continue;
    const [said, is] = [database.ledger.get(item) ?? 0, found.get(item) ?? 0];
    if (said !== is) judgement.found('ledger_disagrees', `${item}: the ledger says ${said}, the rows ${is}`);
  }
}
