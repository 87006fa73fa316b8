import type { DatabaseFacts, Step } from '../database/facts.js';
import { type Hit, hitsByDelivery } from '../hits.js';
import { UNKNOWN } from '../states.js';
import type { Judgement } from '../verdict.js';
import { typeOf } from './limits.js';
import { countedAsResent, type Passage, passageOf } from './recorded-steps.js';

/** Types whose rule for unknowns stood the same throughout the run. */
export interface DuplicateEvidence {
  readonly database: DatabaseFacts;
  readonly hits: readonly Hit[];
  /** Types that say "never twice", from before the first of them was sent. */
  readonly atMostOnce: ReadonlySet<string>;
  /** Types whose rules changed while it ran: what they say of unknowns is not known. */
  readonly changedTypes: ReadonlySet<string>;
}

/** Truth 3: what the provider got more than once is exactly what the product counted as sent again without knowing. */
export function judgeDuplicates(judgement: Judgement, { database, hits, atMostOnce, changedTypes }: DuplicateEvidence): void {
  const byDelivery = hitsByDelivery(hits.filter((hit) => hit.accepted));
  const byTicket = new Map(hits.flatMap((hit) => (hit.ticketId === null ? [] : [[hit.ticketId, hit] as const])));
  let counted = 0;
  for (const [deliveryId, steps] of database.steps) {
    judgement.examined();
    counted += countedAsResent(steps);
    const passage = passageOf(steps);
    const taken = byDelivery.get(deliveryId) ?? [];
    judgeTickets(judgement, deliveryId, passage, { taken, byTicket });
    judgeHits(judgement, deliveryId, passage, taken);
    const type = database.notifications.get(steps[0]?.notificationId ?? '')?.type;
    if (type === undefined || changedTypes.has(type)) continue;
    if (atMostOnce.has(type)) judgeOnce(judgement, deliveryId, passage, taken);
    else if (typeOf(database, type).resendUnknown) judgeResent(judgement, database, steps);
  }
  const said = database.ledger.get('resent_unknown') ?? 0;
  if (said !== counted) judgement.found('resent_unknown_miscounted', `the ledger says ${said}, the steps ${counted}`);
}

/** A ticket that the product wrote down for a delivery is one that the provider gave for that delivery, and stands nowhere else. */
function judgeTickets(
  judgement: Judgement,
  deliveryId: string,
  { tickets }: Passage,
  { taken, byTicket }: { readonly taken: readonly Hit[]; readonly byTicket: ReadonlyMap<string, Hit> },
): void {
  for (const ticket of tickets) {
    const hit = byTicket.get(ticket);
    if (hit === undefined) {
      judgement.found('ticket_never_given', `delivery ${deliveryId}: ticket ${ticket}`);
    } else if (!hit.accepted) {
      judgement.found('refusal_recorded_as_accepted', `delivery ${deliveryId}: ticket ${ticket} of a recipient that was refused`);
    } else if (hit.deliveryId !== deliveryId && !mayBePermuted(hit, taken)) {
      judgement.found('ticket_of_another', `delivery ${deliveryId} has the ticket of delivery ${hit.deliveryId ?? '?'}`);
    }
  }
}

/** Tickets in another order than the messages cannot be told apart when none of them names its token. */
const mayBePermuted = (hit: Hit, taken: readonly Hit[]): boolean =>
  hit.fault === 'permuted_tickets' && taken.some(({ request }) => request === hit.request);

function judgeHits(judgement: Judgement, deliveryId: string, passage: Passage, taken: readonly Hit[]): void {
  const known = passage.tickets.length + passage.acceptedWithoutTicket;
  const unknown = passage.resentUnknown + passage.endedUnknown;
  if (taken.length > known + unknown) {
    judgement.found(
      'duplicate_not_counted',
      `delivery ${deliveryId}: taken ${taken.length} times, explained ${known} by tickets and ${unknown} by counted unknowns`,
    );
  }
  if (taken.length < known) {
    judgement.found('accepted_but_never_taken', `delivery ${deliveryId}: ${known} times accepted, taken ${taken.length} times`);
  }
}

/** Where the type says "send again", nothing ends as unknown before its tries are used up. */
function judgeResent(judgement: Judgement, database: DatabaseFacts, steps: readonly Step[]): void {
  for (const { deliveryId, state, attempt, code } of steps) {
    if (state === UNKNOWN && attempt + 1 < database.policy.maxAttempts) {
      judgement.found('unknown_not_resent', `delivery ${deliveryId} ended as unknown (${code ?? ''}) at try ${attempt + 1}`);
    }
  }
}

function judgeOnce(judgement: Judgement, deliveryId: string, passage: Passage, taken: readonly Hit[]): void {
  if (passage.resentUnknown > 0) judgement.found('at_most_once_resent', `delivery ${deliveryId} was queued again after an unknown`);
  if (taken.length - passage.resentByReceipt > 1) {
    judgement.found('at_most_once_doubled', `delivery ${deliveryId} was taken ${taken.length} times`);
  }
}
