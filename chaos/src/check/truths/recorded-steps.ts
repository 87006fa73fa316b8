import type { Step } from '../database/facts.js';
import { ACCEPTED_BY_EXPO, DEAD_LETTER, QUEUED, UNKNOWN } from '../states.js';

/** How a delivery came to be where it is: what its recorded steps say that may have been, or was, at the provider. */
export interface Passage {
  /** Steps with a ticket: each is one hit. */
  readonly tickets: readonly string[];
  /** Accepted, but the ticket could not be attributed: each is one hit. */
  readonly acceptedWithoutTicket: number;
  /** Sent again after nobody could say whether it had been taken: counted as resent. */
  readonly resentUnknown: number;
  /** Ended without anybody knowing whether it was taken. */
  readonly endedUnknown: number;
  /** Sent again because the receipt said that Apple or Google had not taken it. */
  readonly resentByReceipt: number;
}

/** Codes under which an operator's act queues again what may have arrived. */
const poisoned: ReadonlySet<string | null> = new Set(['POISONED', 'LEASE_EXPIRED']);

export function passageOf(steps: readonly Step[]): Passage {
  const tickets: string[] = [];
  let [acceptedWithoutTicket, resentUnknown, endedUnknown, resentByReceipt] = [0, 0, 0, 0];
  for (const [i, step] of steps.entries()) {
    const previous = steps[i - 1];
    if (step.state === ACCEPTED_BY_EXPO) {
      if (step.ticketId === null) acceptedWithoutTicket++;
      else tickets.push(step.ticketId);
    }
    // A poisoned delivery's last worker may have sent it; that it is queued again later adds no hit of its own.
    if (step.state === UNKNOWN || (step.state === DEAD_LETTER && poisoned.has(step.code))) endedUnknown++;
    if (step.state !== QUEUED) continue;
    if (previous?.state === ACCEPTED_BY_EXPO && previous.chunkId === step.chunkId) resentByReceipt++;
    else if (step.code !== 'REQUEUED') resentUnknown++;
  }
  return { tickets, acceptedWithoutTicket, resentUnknown, endedUnknown, resentByReceipt };
}

/** What the ledger must have counted as `resent_unknown` for these steps. */
export function countedAsResent(steps: readonly Step[]): number {
  const requeuedPoison = steps.filter((step, i) => step.code === 'REQUEUED' && poisoned.has(steps[i - 1]?.code ?? null)).length;
  return passageOf(steps).resentUnknown + requeuedPoison;
}
