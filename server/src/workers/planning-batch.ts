import type { Lane } from '../planning/planning-types.js';

const CRITICAL: Lane = 0;
const BESIDE_CRITICAL = 500;
const LATELY_MS = 2_000;

/**
 * How many notifications one planning transaction takes. Large ones cost the least each, and each keeps a processor of the database, and then the
 * worker's, for as long as it is large. So while critical notifications were planned lately, those of the other lanes are small.
 */
export class PlanningBatch {
  readonly #monotonic: () => number;
  readonly #most: number;
  #criticalAt = Number.NEGATIVE_INFINITY;

  constructor(monotonic: () => number, most: number) {
    this.#monotonic = monotonic;
    this.#most = most;
  }

  planned(lane: Lane, notifications: number): void {
    if (lane === CRITICAL && notifications > 0) this.#criticalAt = this.#monotonic();
  }

  size(lane: Lane): number {
    const givesWay = lane !== CRITICAL && this.#monotonic() - this.#criticalAt < LATELY_MS;
    return givesWay ? Math.min(BESIDE_CRITICAL, this.#most) : this.#most;
  }
}
