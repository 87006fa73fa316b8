/** What the product's tables say at the end of a run, as plain values: instants are Unix milliseconds by the database's clock, big numbers are text. */

export interface NotificationRow {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly title: string;
  /** Digest of type, title, message, data, send_at and token_id: what makes two notifications the same content. */
  readonly content: string;
  readonly createdAt: number;
  readonly sendAt: number | null;
  readonly expiresAt: number | null;
  readonly broadcastId: string | null;
  readonly tokenId: string | null;
}

type VerdictName = 'send' | 'hold' | 'suppress';

export interface DecisionRow {
  readonly notificationId: string;
  readonly decidedAt: number;
  readonly verdict: VerdictName;
  readonly reason: string | null;
  readonly holdUntil: number | null;
  readonly firstDelivery: number | null;
  readonly deliveries: number;
}

/** One recorded step of a delivery; the states are the codes of docs/states.md, see `states.ts`. */
export interface Step {
  readonly deliveryId: string;
  readonly at: number;
  readonly state: number;
  /** How many requests had been answered badly before. */
  readonly attempt: number;
  readonly chunkId: string | null;
  readonly notificationId: string;
  readonly tokenId: string;
  readonly ticketId: string | null;
  readonly code: string | null;
}

export interface AttemptRow {
  readonly chunkId: string;
  readonly epoch: number;
  readonly worker: string;
  readonly at: number;
  readonly durationMs: number;
  readonly recipients: number;
  readonly outcome: string;
  readonly code: string | null;
  readonly splitFrom: string | null;
}

/** Where a delivery still waits: in a chunk, or in a batch of tickets whose receipts are awaited. */
export interface WaitingDelivery {
  readonly deliveryId: string;
  readonly notificationId: string;
  readonly tokenId: string;
  readonly place: 'chunk' | 'receipts';
  readonly chunkState: number | null;
  readonly dueAt: number;
}

export interface BroadcastRow {
  readonly id: string;
  readonly state: string;
  readonly audience: string;
  readonly created: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface TokenRow {
  readonly id: string;
  readonly userId: string;
  readonly state: string;
}

export interface TypeRow {
  readonly type: string;
  readonly urgent: boolean;
  readonly enabled: boolean;
  readonly capped: boolean;
  readonly ttlSeconds: number;
  readonly dedupeSeconds: number;
  readonly resendUnknown: boolean;
}

export interface PolicyRow {
  readonly defaultTimezone: string;
  readonly capLimit: number | null;
  readonly capWindowSeconds: number;
  readonly maxAttempts: number;
}

export interface ProjectRow {
  readonly id: number;
  readonly name: string;
  readonly rateBudget: number | null;
  readonly rateBurst: number;
}

export interface DatabaseFacts {
  readonly now: number;
  readonly notifications: ReadonlyMap<string, NotificationRow>;
  /** By notification, oldest first. */
  readonly decisions: ReadonlyMap<string, readonly DecisionRow[]>;
  /** By delivery, oldest first. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
  readonly attempts: readonly AttemptRow[];
  readonly waiting: readonly WaitingDelivery[];
  /** Notifications in the outbox, once for each time that they stand there. */
  readonly outbox: readonly string[];
  /** Held notifications with the time of their release. */
  readonly held: ReadonlyMap<string, number>;
  readonly broadcasts: readonly BroadcastRow[];
  /** Recipients of broadcasts to a list, by broadcast. */
  readonly recipients: ReadonlyMap<string, ReadonlySet<string>>;
  readonly tokens: ReadonlyMap<string, TokenRow>;
  readonly types: ReadonlyMap<string, TypeRow>;
  readonly policy: PolicyRow;
  readonly projects: readonly ProjectRow[];
  /** The product's own double entry, summed up by item. */
  readonly ledger: ReadonlyMap<string, number>;
}
