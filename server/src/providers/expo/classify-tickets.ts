import type { OutgoingMessage, RecipientOutcome } from '../provider.js';
import { asFields, field, idField } from './answer-fields.js';
import { attributeByToken } from './attribute-by-token.js';
import { deliveryFault } from './delivery-faults.js';

type TicketsVerdict =
  | { readonly kind: 'answered'; readonly outcomes: readonly RecipientOutcome[] }
  | { readonly kind: 'ambiguous'; readonly code: 'TICKETS_UNREADABLE' | 'TICKET_COUNT' | 'TICKET_ORDER' };

/**
 * Turns the `data` of a 200 answer into one outcome a message, or into "it may have been sent" when it can't be told which ticket is
 * whose: a ticket too many or too few leaves no proof for any of them.
 */
export function classifyTickets(data: unknown, messages: readonly OutgoingMessage[]): TicketsVerdict {
  const tickets = ticketList(data, messages.length);
  if (tickets === null) return { kind: 'ambiguous', code: 'TICKETS_UNREADABLE' };
  if (tickets.length !== messages.length) return { kind: 'ambiguous', code: 'TICKET_COUNT' };
  if (orderIsProved(tickets, messages)) return { kind: 'answered', outcomes: withoutRepeatedIds(tickets.map(ticketOutcome)) };
  const outcomes = attributeByToken(tickets, messages);
  return outcomes === null ? { kind: 'ambiguous', code: 'TICKET_ORDER' } : { kind: 'answered', outcomes };
}

/** Expo answers a request that is one object with one object; we always send an array, but a lone ticket can only be the one asked for. */
function ticketList(data: unknown, expected: number): readonly unknown[] | null {
  if (Array.isArray(data)) return data;
  return expected === 1 && asFields(data) !== null ? [data] : null;
}

/** Error tickets name their token. As long as each name fits its place, the order is that of the request. */
function orderIsProved(tickets: readonly unknown[], messages: readonly OutgoingMessage[]): boolean {
  return tickets.every((ticket, index) => {
    const token = field(field(ticket, 'details'), 'expoPushToken');
    return typeof token !== 'string' || token === messages[index]?.token;
  });
}

function ticketOutcome(ticket: unknown): RecipientOutcome {
  const status = field(ticket, 'status');
  // "Not all tickets have ids" (the SDK's README): taken, but without a receipt to ask for.
  if (status === 'ok') return { kind: 'accepted', ticketId: idField(ticket, 'id') };
  if (status === 'error') return deliveryFault(field(ticket, 'details'));
  return { kind: 'ambiguous', code: 'TICKET_UNREADABLE' };
}

/** An id that came twice can't say whose receipt it will be. */
function withoutRepeatedIds(outcomes: readonly RecipientOutcome[]): readonly RecipientOutcome[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const outcome of outcomes) {
    if (outcome.kind !== 'accepted' || outcome.ticketId === null) continue;
    if (seen.has(outcome.ticketId)) repeated.add(outcome.ticketId);
    seen.add(outcome.ticketId);
  }
  if (repeated.size === 0) return outcomes;
  return outcomes.map((outcome) =>
    outcome.kind === 'accepted' && outcome.ticketId !== null && repeated.has(outcome.ticketId)
      ? { kind: 'accepted', ticketId: null }
      : outcome,
  );
}
