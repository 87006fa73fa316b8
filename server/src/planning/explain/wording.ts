/** What explain says, in one language. Times and names are put in by the caller. */
export interface Wording {
  readonly notification: string;
  readonly user: string;
  readonly forUser: (user: string) => string;
  readonly created: (at: string) => string;
  readonly rowDeleted: string;
  readonly read: (at: string) => string;
  readonly opened: (at: string) => string;
  readonly ofBroadcast: (id: number, state: string) => string;
  readonly inShort: string;
  readonly decisions: string;
  readonly deliveries: string;
  readonly whatToDo: string;
  readonly devices: string;
  readonly settings: string;
  readonly recent: string;
  readonly none: string;
  readonly stopped: Readonly<Record<string, string>>;
  /** By Standing; planned is told by its deliveries. */
  readonly standings: { readonly untaken: string; readonly outbox: string; readonly nowhere: string };
  readonly heldUntil: (at: string, reason: string) => string;
  readonly suppressed: (reason: string) => string;
  readonly verdicts: { readonly send: (devices: number) => string; readonly hold: (until: string) => string; readonly suppress: string };
  /** Why held or suppressed, as a sentence. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly sameAs: (notification: string) => string;
  readonly replaySame: string;
  readonly replayDiffers: (today: string) => string;
  readonly replayImpossible: string;
  /** Names of push.delivery_states, queued, sending and lost: what each of them means, and no more than that. */
  readonly states: Readonly<Record<string, string>>;
  /** The same in a few words, for lists. */
  readonly shortStates: Readonly<Record<string, string>>;
  readonly onDevices: (state: string, n: number, all: number) => string;
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

export type Locale = 'en' | 'ja';
