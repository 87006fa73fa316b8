/** What a ledger's row speaks for. */
export type LedgerGrouping = 'total' | 'hour' | 'broadcast';

/** How many notifications and deliveries are where. Everything above `deliveries` counts notifications, everything from there on deliveries. */
export interface LedgerRow {
  /** Start of the UTC hour in which the notifications were created; null unless asked for by hour. */
  readonly hour: Date | null;
  /** null unless asked for by broadcast, and for notifications of none. */
  readonly broadcastId: number | null;
  readonly accepted: number;
  readonly outbox: number;
  readonly held: number;
  readonly suppressed: Readonly<Record<string, number>>;
  readonly planned: number;
  readonly deliveries: number;
  readonly queued: number;
  /** Queued, but not due yet: a retry, or a night that came before the claim. */
  readonly delayed: number;
  /** Their broadcast is paused. */
  readonly parked: number;
  readonly sending: number;
  /** Expo gave a ticket, and its receipt is awaited. */
  readonly awaitingReceipt: number;
  /** Deliveries that have ended, by the name of the state (push.delivery_states). */
  readonly ended: Readonly<Record<string, number>>;
  /** How often a delivery that may have been sent was sent again: the most duplicates that anyone can have seen. */
  readonly resentUnknown: number;
  /** What the sums do not explain. 0, or something is wrong. */
  readonly unaccounted: number;
}

export interface Ledger {
  readonly at: Date;
  readonly by: LedgerGrouping;
  readonly rows: readonly LedgerRow[];
}

export interface LedgerQuestion {
  readonly by?: LedgerGrouping;
  /** Only notifications created in this hour or later. */
  readonly since?: Date;
  readonly broadcastId?: number;
}
