import type { StopKind } from './story-types.js';

/** What explain says, in one language. Times and names are put in by the caller. */
export interface Wording {
  readonly notification: string;
  readonly user: string;
  readonly forUser: (user: string) => string;
  readonly created: (at: string) => string;
  readonly rowDeleted: string;
  readonly read: (at: string) => string;
  readonly opened: (at: string) => string;
  /** state: null: there is no such broadcast. */
  readonly ofBroadcast: (id: number, state: string | null) => string;
  readonly inShort: string;
  readonly decisions: string;
  readonly deliveries: string;
  readonly whatToDo: string;
  readonly devices: string;
  readonly settings: string;
  readonly recent: string;
  readonly none: string;
  /** A waiting delivery's state with what stops it, as in `queued, STOPPED: sending is paused by …`. */
  readonly stoppedNow: (stops: readonly string[]) => string;
  readonly stopped: (state: string, stops: readonly string[]) => string;
  readonly stops: Readonly<Record<StopKind, (project: number | null, until: string | null) => string>>;
  /** Who did it, when, and why; what is not known is null. lasts: it is so since then. */
  readonly act: (by: string | null, at: string | null, reason: string | null, lasts: boolean) => string;
  readonly span: { readonly days: Count; readonly hours: Count; readonly minutes: Count; readonly seconds: Count };
  /** The cap's limit and window, how many were sent in the window before, and when the next one passes; null: now. */
  readonly cap: (limit: number, window: string, count: number, from: string | null) => string;
  readonly capOf: (told: string) => string;
  /** By Standing; planned is told by its deliveries. */
  readonly standings: { readonly untaken: string; readonly outbox: string; readonly nowhere: string };
  readonly heldUntil: (at: string, reason: string) => string;
  readonly suppressed: (reason: string) => string;
  readonly verdicts: { readonly send: (devices: number) => string; readonly hold: (until: string) => string; readonly suppress: string };
  /** Why held or suppressed, as a sentence. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly sameAs: (notification: string) => string;
  readonly replayDiffers: (today: string) => string;
  readonly replayImpossible: string;
  /** Names of push.delivery_states, queued, sending and lost: what each of them means, and no more than that. */
  readonly states: Readonly<Record<string, string>>;
  /** The same in a few words, for lists. */
  readonly shortStates: Readonly<Record<string, string>>;
  /** n of all deliveries; devices: how many devices these go to, null when that is not known. */
  readonly onDevices: (state: string, n: number, all: number, devices: number | null) => string;
  /** Why a delivery was withdrawn, by its code; others are reasons in capital letters. */
  readonly withdrawals: Readonly<Record<string, string>>;
  readonly chunk: {
    readonly ready: string;
    readonly delayed: (until: string) => string;
    readonly sending: (worker: string) => string;
    readonly parked: string;
  };
  readonly receiptDue: (at: string) => string;
  readonly request: (worker: string, recipients: number, ms: number) => string;
  readonly requestOutcomes: Readonly<Record<string, string>>;
  readonly deviceGone: string;
  readonly deviceMoved: string;
  /** Why a device is in its state, by the reason that is stored; a provider's code stands for itself. */
  readonly tokenReasons: Readonly<Record<string, string>>;
  readonly since: (state: string, at: string) => string;
  readonly frozen: (project: number, at: string, reason: string) => string;
  readonly tokenStates: Readonly<Record<string, string>>;
  /** By an outcome or a reason or an error code: what a person can do about it. */
  readonly advice: Readonly<Record<string, string>>;
  readonly noSettings: string;
  readonly pushOff: string;
  readonly typesOff: (types: string) => string;
  readonly clock: (time: string, zone: string) => string;
  readonly quietHours: (start: string, end: string) => string;
  readonly noQuietHours: (start: string) => string;
  readonly quietNow: (until: string) => string;
  readonly noDevice: string;
}

type Count = (n: number) => string;

export type Locale = 'en' | 'ja';
