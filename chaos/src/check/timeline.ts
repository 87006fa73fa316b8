/**
 * What was done to the product from outside, and what came back. Times are the machine's monotonic milliseconds. An act without an answer may have
 * taken effect at any time after its start, or never.
 */
export type Answered = 'done' | 'refused' | 'unknown';

export interface Act {
  readonly from: number;
  /** When the answer came; Infinity when none did. */
  readonly to: number;
  readonly answered: Answered;
}

/** Rows or one request that asks for notifications: all of them or none. */
export interface Submission extends Act {
  readonly userIds: readonly string[];
  readonly type: string;
  /** Unique to this submission, unless it repeats another's content on purpose. */
  readonly title: string;
  /** As answered; empty when nothing came back. */
  readonly ids: readonly string[];
  readonly idempotencyKey: string | null;
  /** The transaction was rolled back on purpose: nothing of it may ever be seen. */
  readonly rolledBack: boolean;
  /** Its content was used before or after on purpose. */
  readonly repeats: boolean;
}

export interface DeviceAct extends Act {
  readonly kind: 'register' | 'sign_out';
  readonly userId: string;
  readonly token: string;
}

export interface SettingsAct extends Act {
  readonly userId: string;
  /** Parts that this act did not set are undefined. */
  readonly pushEnabled: boolean | undefined;
  readonly timezone: string | null | undefined;
  readonly quiet: { readonly startMinute: number; readonly endMinute: number } | null | undefined;
  readonly disabledTypes: readonly string[] | undefined;
}

export type SwitchName = 'pause' | 'emergency' | 'pushes_off';

export interface SwitchAct extends Act {
  readonly name: SwitchName;
  /** true: nothing may be sent from now on. */
  readonly stops: boolean;
}

export interface BroadcastAct extends Act {
  readonly kind: 'start' | 'pause' | 'resume' | 'cancel';
  /** null: the answer that would have told it never came. */
  readonly broadcastId: string | null;
  readonly title: string | null;
  readonly userIds: readonly string[] | null;
}

export interface TypeAct extends Act {
  readonly type: string;
}

/** Something wrong on purpose. */
export interface BadAct extends Act {
  readonly name: string;
  readonly status: number | null;
  /** The path of the field, as the answer names it. */
  readonly path: string | null;
  /** Text that it would have left somewhere. */
  readonly marker: string | null;
}

/** Any HTTP answer with a status of 500 or more. */
export interface ServerFailure {
  readonly at: number;
  readonly what: string;
  readonly status: number;
}

export interface Timeline {
  readonly submissions: readonly Submission[];
  readonly devices: readonly DeviceAct[];
  readonly settings: readonly SettingsAct[];
  readonly switches: readonly SwitchAct[];
  readonly broadcasts: readonly BroadcastAct[];
  readonly types: readonly TypeAct[];
  readonly bad: readonly BadAct[];
  readonly failures: readonly ServerFailure[];
}

/** A stretch in which something surely held. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** While the database's clock was not the machine's, and how far it was set off, ms; ahead is more than 0. */
export interface WrongClock extends Stretch {
  readonly offMs: number;
}

/**
 * From acts that switch something on and off, the stretches in which it was surely on: after an answered act that switched it on, until the first
 * act that might have switched it off began. Acts that were refused did nothing.
 */
export function surelyOn<T extends Act>(acts: readonly T[], switchesOn: (act: T) => boolean, end = Number.POSITIVE_INFINITY): Stretch[] {
  const effective = acts.filter(({ answered }) => answered !== 'refused');
  const stretches: Stretch[] = [];
  for (const act of effective) {
    if (act.answered !== 'done' || !switchesOn(act)) continue;
    // One that was under way at the same time may have come last.
    const offs = effective.filter((other) => !switchesOn(other) && other.to >= act.from);
    const to = Math.min(end, ...offs.map((other) => other.from));
    if (to > act.to) stretches.push({ from: act.to, to });
  }
  return stretches;
}

export const within = (at: number, stretches: readonly Stretch[]): boolean => stretches.some(({ from, to }) => at >= from && at < to);
