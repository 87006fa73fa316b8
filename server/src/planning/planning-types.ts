/** What `decide()` sees and says. Instants are Dates; times of day are minutes since local midnight. */

/** 0 critical, 1 default, 2 bulk. */
export type Lane = 0 | 1 | 2;

export interface PlannedNotification {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
  /** Not before. */
  readonly sendAt: Date | null;
  /** Not after; null: createdAt + the type's ttl. */
  readonly expiresAt: Date | null;
  /** UTF-8 bytes of title, message, data and push options together. */
  readonly payloadBytes: number;
  readonly broadcastCancelled: boolean;
}

export interface TypePolicy {
  readonly enabled: boolean;
  readonly urgent: boolean;
  readonly capped: boolean;
  readonly ttlSeconds: number;
}

export interface QuietHours {
  /** Minutes since local midnight, 0 … 1439. start > end spans midnight; start = end means no quiet hours. */
  readonly startMinute: number;
  readonly endMinute: number;
}

export interface UserSettings {
  readonly pushEnabled: boolean;
  /** IANA name as stored; may be unknown to this runtime. */
  readonly timezone: string | null;
  readonly quietHours: QuietHours | null;
  /** Types that the user has switched off. */
  readonly disabledTypes: readonly string[];
}

export interface Device {
  readonly tokenId: string;
  readonly projectId: number;
}

export interface History {
  /** Another notification with the same content within the type's window. */
  readonly duplicateOf: string | null;
  /** The user has had her cap of pushes in the cap's window. Only known after the cap was asked; false before. */
  readonly capReached: boolean;
}

export interface PlanningPolicy {
  readonly defaultTimezone: string;
  readonly releaseSpreadSeconds: number;
  readonly maxPayloadBytes: number;
  /** For the record only: whether the cap is reached is history. */
  readonly capLimit?: number | null;
  readonly capWindowSeconds?: number;
}

export interface DecisionInput {
  /** null: the row was deleted before it was planned. */
  readonly notification: PlannedNotification | null;
  readonly type: TypePolicy;
  /** null: the user has no settings row; defaults apply. */
  readonly settings: UserSettings | null;
  readonly devices: readonly Device[];
  readonly history: History;
  readonly policy: PlanningPolicy;
  readonly now: Date;
  /** 0 … 1, drawn by the caller: where in the spread a release falls. */
  readonly spread: number;
}

type HoldReason = 'scheduled' | 'quiet_hours';

export type SuppressReason =
  | 'row_deleted'
  | 'broadcast_cancelled'
  | 'payload_too_big'
  | 'expired'
  | 'expires_in_quiet_hours'
  | 'type_disabled'
  | 'user_disabled_push'
  | 'user_disabled_type'
  | 'duplicate'
  | 'no_token'
  | 'frequency_cap';

export type Decision =
  | { readonly verdict: 'send'; readonly devices: readonly Device[]; readonly expiresAt: Date }
  | { readonly verdict: 'hold'; readonly reason: HoldReason; readonly until: Date }
  | { readonly verdict: 'suppress'; readonly reason: SuppressReason };
