import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import { TodokuError } from '../errors/todoku-error.js';

/** `burst` at once, then `perSecond`. At least one a second, since callers are told to try again after one. */
interface Limit {
  readonly burst: number;
  readonly perSecond: number;
}

/** A screen of an app makes a handful of calls; nobody taps through ten screens a second for long. */
const userLimit: Limit = { burst: 100, perSecond: 10 };
/** Behind a proxy all callers share an address, and a morning's expired tokens come together. */
const failureLimit: Limit = { burst: 100, perSecond: 20 };

/** Callers remembered by each process. Whoever is forgotten begins with a full burst. */
const mostCallers = 20_000;

/**
 * Keeps one signed-in user, or whoever tries credentials, from taking the API up. API keys are not limited: they are the app's own back end.
 * Counted by each process for itself.
 */
export class CallerLimits {
  readonly #users: Paces;
  readonly #failures: Paces;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#users = new Paces(userLimit, clock);
    this.#failures = new Paces(failureLimit, clock);
  }

  /** Throws RATE_LIMITED. */
  noteUser(userId: string): void {
    if (!this.#users.take(userId)) throw new TodokuError('RATE_LIMITED');
  }

  /** A credential that was wrong. A right one passes whatever its address did before: it may be a proxy's. Throws RATE_LIMITED. */
  noteFailure(address: string): void {
    if (!this.#failures.take(address))
      throw new TodokuError('RATE_LIMITED', { message: 'Too many wrong credentials came from this address.' });
  }
}

/** The generic cell rate algorithm: of each caller one number, the time up to which what she did is paid for. */
class Paces {
  readonly #paidUntil = new LRUCache<string, number>({ max: mostCallers });
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #stepMs: number;
  readonly #aheadMs: number;

  constructor({ burst, perSecond }: Limit, clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#stepMs = 1000 / perSecond;
    this.#aheadMs = burst * this.#stepMs;
  }

  take(caller: string): boolean {
    const now = this.#clock.monotonic();
    const until = Math.max(this.#paidUntil.get(caller) ?? now, now) + this.#stepMs;
    if (until - now > this.#aheadMs + rounding) return false;
    this.#paidUntil.set(caller, until);
    return true;
  }
}

/** Of a millisecond: sums of steps are not exact. */
const rounding = 1e-3;
