import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Stretch } from '../../check/timeline.js';
import type { ProductProcess } from './product-process.js';
import { mono } from './stage.js';

/** A process that stops itself at a failpoint and is woken when its leases are long over. */
export class Frozen {
  readonly process: ProductProcess;
  readonly #standsMs: number;

  constructor(process: ProductProcess, standsMs: number) {
    this.process = process;
    this.#standsMs = standsMs;
  }

  /** From when to when it stood; null when it never stopped within `patienceMs`. */
  async thaw(patienceMs: number): Promise<Stretch | null> {
    const until = mono() + patienceMs;
    while (!this.#isStopped()) {
      if (mono() > until) return null;
      await delay(50);
    }
    const from = mono();
    await delay(this.#standsMs);
    this.process.signal('SIGCONT');
    return { from, to: mono() };
  }

  /** The state in /proc/<pid>/stat stands behind the name in brackets. Where there is no /proc nothing is ever seen to stop. */
  #isStopped(): boolean {
    try {
      return /\) T /.test(readFileSync(`/proc/${this.process.pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  }
}
