import type { StoredAudience } from './audience-sql.js';

/**
 * draft → running → done, and from each of them cancelled. running and done ⇄ paused. done says that every row was made, not that everything
 * was sent: that is `progress`.
 */
export type BroadcastState = 'draft' | 'running' | 'paused' | 'cancelled' | 'done';

export interface Broadcast {
  readonly id: number;
  readonly state: BroadcastState;
  readonly type: string;
  readonly title: string;
  readonly lane: number;
  readonly audience: StoredAudience;
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  /** Users counted when it was made or started; null: not counted yet. */
  readonly estimate: number | null;
  /** Notifications made so far. */
  readonly created: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  /** When the last row was made, or the broadcast was cancelled. */
  readonly finishedAt: Date | null;
}

/** From the ledger: notifications first, then deliveries. */
export interface BroadcastProgress {
  readonly suppressed: Readonly<Record<string, number>>;
  readonly held: number;
  readonly planned: number;
  readonly deliveries: number;
  /** In the queue or on the wire. */
  readonly waiting: number;
  /** A ticket came; the receipt is awaited. */
  readonly awaitingReceipt: number;
  /** By the name of the terminal state. */
  readonly ended: Readonly<Record<string, number>>;
  readonly unaccounted: number;
  /** 0 … 100: how much of the audience needs nothing more than receipts. */
  readonly percent: number;
  /** Deliveries that left the queue, a second since the start; null before it and after the end. */
  readonly perSecond: number | null;
  /** At that pace; null when it can't be said. */
  readonly secondsLeft: number | null;
}

export interface Counted {
  readonly users: number;
  /** Of them, those with an active device. */
  readonly reachable: number;
}

/** Who does it, and why; both go into the audit. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}
