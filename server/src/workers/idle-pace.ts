const QUICK_MS = 50;
const QUICK_FOR_MS = 5000;
const CALM_MS = 250;
const CALM_FOR_MS = 60_000;

/**
 * How long a loop that found nothing sleeps: 10 ms doubling to 50 ms while there was work within the last 5 s (a wake-up may have been
 * merged with another, or a budget refills), 250 ms within the last minute, else `idleMs`.
 */
export class IdlePace {
  readonly #monotonic: () => number;
  readonly #idleMs: number;
  #lastWork = Number.NEGATIVE_INFINITY;
  #nextMs = 10;

  constructor(monotonic: () => number, idleMs: number) {
    this.#monotonic = monotonic;
    this.#idleMs = idleMs;
  }

  worked(): void {
    this.#lastWork = this.#monotonic();
    this.#nextMs = 10;
  }

  /** Milliseconds to sleep now. */
  next(): number {
    const since = this.#monotonic() - this.#lastWork;
    if (since > CALM_FOR_MS) return this.#idleMs;
    if (since > QUICK_FOR_MS) return Math.min(CALM_MS, this.#idleMs);
    const ms = this.#nextMs;
    this.#nextMs = Math.min(QUICK_MS, ms * 2);
    return ms;
  }
}
