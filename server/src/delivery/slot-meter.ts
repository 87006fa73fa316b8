/** How many of some slots were in use, and how long claims took, since it was last asked. Costs two additions a chunk. */
export class SlotMeter {
  readonly #monotonic: () => number;
  #busy = 0;
  #at: number;
  #from: number;
  /** Slot × milliseconds. */
  #used = 0;
  #claims = 0;
  #claimMs = 0;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#from = monotonic();
    this.#at = this.#from;
  }

  get busy(): number {
    return this.#busy;
  }

  add(slots: number): void {
    this.#advance();
    this.#busy += slots;
  }

  claimed(ms: number): void {
    this.#claims++;
    this.#claimMs += ms;
  }

  /** busy: slots in use on average; claimMs: together. Begins anew. */
  take(): { readonly busy: number; readonly claims: number; readonly claimMs: number } {
    this.#advance();
    const elapsed = this.#at - this.#from;
    const taken = { busy: elapsed > 0 ? this.#used / elapsed : this.#busy, claims: this.#claims, claimMs: this.#claimMs };
    this.#from = this.#at;
    this.#used = 0;
    this.#claims = 0;
    this.#claimMs = 0;
    return taken;
  }

  #advance(): void {
    const now = this.#monotonic();
    this.#used += this.#busy * (now - this.#at);
    this.#at = now;
  }
}
