import { type DeviceAct, type Stretch, surelyOn } from '../timeline.js';

/** Whose each device was, as far as the acts tell. */
export class Ownership {
  readonly #byToken = new Map<string, DeviceAct[]>();
  readonly #byUser = new Map<string, Set<string>>();

  constructor(acts: readonly DeviceAct[]) {
    for (const act of acts) {
      const list = this.#byToken.get(act.token) ?? [];
      list.push(act);
      this.#byToken.set(act.token, list);
      const tokens = this.#byUser.get(act.userId) ?? new Set();
      tokens.add(act.token);
      this.#byUser.set(act.userId, tokens);
    }
  }

  /** Tokens that this user ever registered. */
  tokensOf(userId: string): ReadonlySet<string> {
    return this.#byUser.get(userId) ?? new Set();
  }

  /** Users who surely had a device throughout. */
  usersActive({ from, to }: Stretch): Set<string> {
    const users = [...this.#byUser.keys()];
    return new Set(
      users.filter((user) => [...this.tokensOf(user)].some((token) => this.active(token, user).some((s) => s.from <= from && s.to >= to))),
    );
  }

  /** Stretches in which the device was surely another user's. */
  notOf(token: string, userId: string): Stretch[] {
    const acts = this.#actsOn(token);
    return surelyOn(
      acts.filter(({ kind }) => kind === 'register'),
      (act) => act.userId !== userId,
    );
  }

  /** Stretches in which the device was surely signed out. */
  signedOut(token: string): Stretch[] {
    return surelyOn(this.#actsOn(token), ({ kind }) => kind === 'sign_out');
  }

  /** Stretches in which it surely was this user's and active, as far as the acts tell; a provider that calls it dead is not seen here. */
  active(token: string, userId: string): Stretch[] {
    return surelyOn(this.#actsOn(token), ({ kind, userId: owner }) => kind === 'register' && owner === userId);
  }

  /** Whether it may have been this user's and active at some time between two instants. */
  mayBeActive(token: string, userId: string, between: Stretch): boolean {
    const acts = this.#actsOn(token).filter(({ answered }) => answered !== 'refused');
    const registered = acts.filter(({ kind, userId: owner }) => kind === 'register' && owner === userId && acts.length > 0);
    return registered.some((act) => {
      if (act.from > between.to) return false;
      const ended = acts.some(
        (other) =>
          other !== act &&
          other.answered === 'done' &&
          other.from > act.to &&
          other.to < between.from &&
          !registered.some((again) => again.to > other.from && again.from <= between.to && again !== act) &&
          (other.kind === 'sign_out' || other.userId !== userId),
      );
      return !ended;
    });
  }

  #actsOn(token: string): readonly DeviceAct[] {
    return this.#byToken.get(token) ?? [];
  }
}
