import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';

/** Batches whose spans wait to be made; what more comes is left out, for nothing may wait for traces. */
const MOST_AT_ONCE = 32;

/** Work that nobody waits for: never throws, never piles up. */
export class Background {
  readonly #log: Logger;
  readonly #running = new Set<Promise<void>>();
  #left = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  run(work: () => Promise<void>): void {
    if (this.#running.size >= MOST_AT_ONCE) {
      this.#left++;
      return;
    }
    const running = work()
      .catch((error: unknown) => this.#log.warn({ error: describeError(error) }, 'traces: spans could not be made'))
      .finally(() => {
        this.#running.delete(running);
        if (this.#running.size === 0) this.#report();
      });
    this.#running.add(running);
  }

  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }

  #report(): void {
    if (this.#left === 0) return;
    this.#log.warn({ batches: this.#left }, 'traces: too much at once, spans were left out; sample fewer');
    this.#left = 0;
  }
}
