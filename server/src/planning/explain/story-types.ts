/** Everything that is known of one notification, or of one user's pushes, as data. `render-*.ts` puts it into words. */
import type { Platform } from '../../providers/provider.js';

export interface NotificationRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly userId: string;
  readonly type: string;
  readonly title: string;
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  readonly broadcastId: number | null;
  readonly readAt: Date | null;
  readonly openedAt: Date | null;
}

/** Somebody did something. null: it was not written down. */
export interface Act {
  readonly by: string | null;
  readonly at: Date | null;
  readonly reason: string | null;
}

/** Why nothing goes on the wire now, of all or of these. */
export type StopKind =
  | 'emergency'
  | 'paused'
  | 'disabled'
  | 'broadcast_cancelled'
  | 'broadcast_paused'
  | 'broadcast_draft'
  | 'broadcast_unknown'
  | 'project_paused'
  | 'breaker_open'
  | 'backoff'
  | 'no_worker';

export interface Stop extends Act {
  readonly kind: StopKind;
  /** The project's number, of a stop that is a project's. */
  readonly project: number | null;
  /** When it ends or is tried again by itself; null: it does not, or nobody knows. */
  readonly until: Date | null;
}

export interface BroadcastStory {
  readonly id: number;
  /** null: there is no such broadcast. */
  readonly state: string | null;
  /** Who cancelled it; null: nobody. */
  readonly cancelled: Act | null;
}

/** The frequency cap, at the time of a decision or now. */
export interface CapStory {
  /** At most so many pushes in so many seconds. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** Pushes that the cap counts, sent to the user in the window before. */
  readonly count: number;
  /** When the cap lets the next one pass; null: it does now. */
  readonly passesFrom: Date | null;
}

export interface DecisionStory {
  readonly at: Date;
  readonly verdict: 'send' | 'hold' | 'suppress';
  /** Why held or suppressed. */
  readonly reason: string | null;
  readonly holdUntil: Date | null;
  readonly deliveries: number;
  /** The notification that had the same content first. */
  readonly duplicateOf: string | null;
  /** What the cap had counted when it decided; null: it did not decide. */
  readonly cap: CapStory | null;
  /** Whether decide() gives the same today from what was recorded; null: it can't be asked any more, the row is gone. */
  readonly same: boolean | null;
  /** What decide() gives today where that differs: its verdict, and its reason. */
  readonly today: string | null;
}

export interface Device {
  readonly platform: Platform;
  readonly appVersion: string | null;
  /** The last four characters of the device's own id. */
  readonly deviceId: string | null;
  readonly state: string;
  readonly stateReason: string | null;
  /** Since when it is in this state. */
  readonly stateAt: Date;
  /** Its project's token invalidation is frozen: what the provider calls dead stays active. null: it is not. */
  readonly freeze: { readonly projectId: number; readonly at: Date; readonly reason: string | null } | null;
  /** False: the device was registered by somebody else since. */
  readonly isStillHers: boolean;
}

export interface Step {
  readonly at: Date;
  readonly state: string;
  readonly code: string | null;
  readonly ticketId: string | null;
  readonly chunkId: number | null;
}

export interface Attempt {
  readonly at: Date;
  readonly chunkId: number;
  /** The chunk that this one was split from. */
  readonly splitFrom: number | null;
  readonly durationMs: number;
  readonly outcome: string;
  readonly httpStatus: number | null;
  readonly code: string | null;
  readonly worker: string;
  readonly recipients: number;
  readonly requestId: string | null;
}

export interface DeliveryStory {
  readonly deliveryId: number;
  readonly tokenId: string;
  /** null: its row is gone. */
  readonly device: Device | null;
  /** By name, as in push.delivery_states; where nothing was recorded, what its chunk says; 'lost': neither. */
  readonly state: string;
  readonly code: string | null;
  /** As recorded, oldest first; requests that were definitely not accepted leave an attempt, but no step. */
  readonly steps: readonly Step[];
  readonly attempts: readonly Attempt[];
  /** Where it waits; null: nowhere. */
  readonly chunk: {
    readonly id: number;
    readonly state: 'ready' | 'delayed' | 'sending' | 'parked';
    readonly dueAt: Date;
    readonly leasedBy: string | null;
    readonly lastCode: string | null;
  } | null;
  /** The receipt is asked for next; null: none is awaited. */
  readonly receiptDueAt: Date | null;
}

/** Where a notification stands as a whole. `untaken`: the trigger was off when the row came. */
export type Standing = 'untaken' | 'outbox' | 'held' | 'suppressed' | 'planned';

export interface NotificationStory {
  readonly id: string;
  /** null: the row was deleted. */
  readonly notification: NotificationRow | null;
  readonly standing: Standing;
  readonly held: { readonly until: Date; readonly reason: string } | null;
  /** Oldest first; a notification that was held is decided again at its release. */
  readonly decisions: readonly DecisionStory[];
  readonly deliveries: readonly DeliveryStory[];
  /** How many devices these go to: one that registered again has two tokens, and so two deliveries. */
  readonly devices: number;
  /** The user's zone, in which times are told. */
  readonly timezone: string;
  /** What stands in the way of what waits at the moment. */
  readonly stops: readonly Stop[];
  /** null: it belongs to none. */
  readonly broadcast: BroadcastStory | null;
}

interface UserToken extends Device {
  readonly tokenId: string;
  readonly registeredAt: Date;
}

export interface UserStory {
  readonly userId: string;
  readonly settings: {
    readonly pushEnabled: boolean;
    readonly timezone: string | null;
    /** As planning reads them; start = end: none. null: switched off. */
    readonly quietHours: { readonly start: string; readonly end: string } | null;
    readonly disabledTypes: readonly string[];
  } | null;
  readonly timezone: string;
  readonly localTime: string;
  /** When the quiet hours that it is now end; null: it is not quiet. */
  readonly quietUntil: Date | null;
  readonly tokens: readonly UserToken[];
  /** The latest first; at most 20. */
  readonly recent: readonly RecentNotification[];
  /** How near she is to the frequency cap; null: there is none. */
  readonly cap: CapStory | null;
  /** What stops every push of hers at the moment. */
  readonly stops: readonly Stop[];
}

export interface RecentNotification {
  readonly id: string;
  readonly createdAt: Date;
  readonly type: string;
  readonly title: string;
  readonly standing: Standing;
  readonly reason: string | null;
  readonly heldUntil: Date | null;
  /** States of its deliveries with their number. */
  readonly states: Readonly<Record<string, number>>;
  /** How many devices its deliveries go to; null: not known of those that wait. */
  readonly devices: number | null;
}
