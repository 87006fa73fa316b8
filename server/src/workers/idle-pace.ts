const QUICK_MS = 50;
const QUICK_FOR_MS = 5000;
const CALM_MS = 250;
const CALM_FOR_MS = 60_000;
const IDLE_MS = 1000;

/**
 * How long a loop that found nothing sleeps: 10 ms doubling to 50 ms while there was work within the last 5 s (a wake-up may have been
 * merged with another, or a budget refills), 250 ms within the last minute, else 1 s.
 */
export class IdlePace {
  readonly #monotonic: () => number;
  #lastWork = Number.NEGATIVE_INFINITY;
  #nextMs = 10;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  worked(): void {
    this.#lastWork = this.#monotonic();
    this.#nextMs = 10;
  }

  /** Milliseconds to sleep now. */
  next(): number {
    const since = this.#monotonic() - this.#lastWork;
    if (since > CALM_FOR_MS) return IDLE_MS;
    if (since > QUICK_FOR_MS) return CALM_MS;
    const ms = this.#nextMs;
    this.#nextMs = Math.min(QUICK_MS, ms * 2);
    return ms;
  }
}
