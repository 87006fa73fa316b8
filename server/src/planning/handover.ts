import type { Queryable } from '../database/database.js';
import type { LeasedChunk } from '../queue/queue-engine.js';
import type { DeliveryContent, LoadedChunk } from './delivery-content.js';
import type { Lane } from './planning-types.js';

/** A chunk that the transaction has just written, with all that its request needs. */
export interface NewChunk {
  readonly id: string;
  readonly projectId: number;
  readonly contents: DeliveryContent[];
}

export interface ClaimedChunk {
  readonly lease: LeasedChunk;
  readonly content: LoadedChunk;
}

/** Slots kept free for what a planning transaction is about to find. */
export interface Reservation {
  readonly chunks: number;
  /** The transaction's last statements: claims what may be sent at once. The rest stays in the queue. `now`: when the content was read. */
  claim(tx: Queryable, chunks: readonly NewChunk[], now: Date): Promise<ClaimedChunk[]>;
  /** Once: after the commit, sends what was claimed in it (nothing, if it did not come to that). Frees the slots that are left over. */
  send(claimed: readonly ClaimedChunk[]): void;
}

/**
 * Sends what has just been planned without a way through the queue: claimed in the commit that plans it, with the content that planning has
 * read. That spares a commit, and reading the same rows twice.
 */
export interface Handover {
  /** At most `chunks`. null: for `patienceMs` older chunks came first or no slot was free. */
  reserve(lane: Lane, chunks: number, patienceMs: number): Promise<Reservation | null>;
}
