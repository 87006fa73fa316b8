import type { OutgoingMessage, RecipientOutcome } from '../provider.js';
import { field } from './answer-fields.js';
import { deliveryFault } from './delivery-faults.js';

/**
 * Outcomes of an answer whose order is not that of the request. Errors are given to the token that they name; every other message was
 * taken, but which ticket is whose is unknown, so none gets one: an index that is off by one would disable another user's device.
 *
 * null when that proves nothing: a ticket that is neither ok nor an error, an error that names no token, one that was not asked for,
 * one that stands in the request twice, or one that was named already.
 */
export function attributeByToken(tickets: readonly unknown[], messages: readonly OutgoingMessage[]): readonly RecipientOutcome[] | null {
  const uses = new Map<string, number>();
  for (const { token } of messages) uses.set(token, (uses.get(token) ?? 0) + 1);

  const faults = new Map<string, RecipientOutcome>();
  for (const ticket of tickets) {
    const status = field(ticket, 'status');
    if (status === 'ok') continue;
    const token = field(field(ticket, 'details'), 'expoPushToken');
    if (status !== 'error' || typeof token !== 'string' || uses.get(token) !== 1 || faults.has(token)) return null;
    faults.set(token, deliveryFault(field(ticket, 'details')));
  }
  return messages.map(({ token }) => faults.get(token) ?? { kind: 'accepted', ticketId: null });
}
