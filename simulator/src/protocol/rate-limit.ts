import type { SimulatorClock } from '../clock/clock.js';
import { TokenBucket } from '../meters/token-bucket.js';
import type { SimulatorSettings } from '../options.js';

/** One bucket for each project, made when it is first used and again when the settings change. */
export class RateLimit {
  readonly #settings: SimulatorSettings;
  readonly #clock: SimulatorClock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(settings: SimulatorSettings, clock: SimulatorClock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  allows(project: string, recipients: number): boolean {
    return this.#bucketOf(project)?.has(recipients, this.#clock.monoMs()) ?? true;
  }

  take(project: string, recipients: number): void {
    this.#bucketOf(project)?.take(recipients);
  }

  clear(): void {
    this.#buckets.clear();
  }

  #bucketOf(project: string): TokenBucket | undefined {
    const { rate, burst } = this.#settings;
    if (rate === null) return undefined;
    let bucket = this.#buckets.get(project);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate, burst ?? rate, this.#clock.monoMs());
      this.#buckets.set(project, bucket);
    }
    return bucket;
  }
}
