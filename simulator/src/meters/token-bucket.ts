/** Expo's rate limit: `rate` recipients a second, at most `burst` at once. A request is taken whole or not at all. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #level: number;
  #filledAtMs: number;

  constructor(rate: number, burst: number, monoMs: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = burst;
    this.#filledAtMs = monoMs;
  }

  /** Whether `amount` could be taken now. */
  has(amount: number, monoMs: number): boolean {
    this.#level = Math.min(this.#burst, this.#level + ((monoMs - this.#filledAtMs) * this.#rate) / 1000);
    this.#filledAtMs = monoMs;
    return this.#level >= amount;
  }

  take(amount: number): void {
    this.#level -= amount;
  }
}
