import { Wake } from '../clock/wake.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import { IdlePace } from './idle-pace.js';

const FAILED_MS = 500;
const FAILED_MOST_MS = 10_000;

/** How long a loop sleeps when it found nothing; quickAfterWork: shorter while there was work lately (IdlePace). */
export interface Idle {
  readonly ms: number;
  readonly quickAfterWork: boolean;
}

/**
 * Does one kind of work again and again. States: stopped → running (working ⇄ sleeping) → stopping → stopped.
 *
 * Working while `work` says that it found some; sleeping after it found none (until `wake`) or threw (a database that is restarting: longer
 * each time, up to 10 s). `stop` lets the work that is under way finish.
 */
export class WorkLoop {
  readonly wakeUp = new Wake();
  readonly #name: string;
  readonly #work: () => Promise<boolean>;
  readonly #log: Logger;
  readonly #pace: IdlePace;
  readonly #idle: Idle;
  #running: Promise<void> | null = null;
  #stopping = false;

  constructor(name: string, work: () => Promise<boolean>, parts: { log: Logger; monotonic: () => number }, idle: Idle) {
    this.#name = name;
    this.#work = work;
    this.#log = parts.log;
    this.#pace = new IdlePace(parts.monotonic, idle.ms);
    this.#idle = idle;
  }

  start(): void {
    this.#stopping = false;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.wakeUp.wake();
    await this.#running;
    this.#running = null;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      try {
        const worked = await this.#work();
        failures = 0;
        if (worked) this.#pace.worked();
        else if (!this.#stopping) await this.wakeUp.sleep(this.#idle.quickAfterWork ? this.#pace.next() : this.#idle.ms);
      } catch (error) {
        failures++;
        const fields = { loop: this.#name, failures, error: describeError(error) };
        logNotificationError(this.#log, 'WORK_FAILED', 'work failed, it will be tried again', fields);
        if (!this.#stopping) await this.wakeUp.sleep(Math.min(FAILED_MOST_MS, FAILED_MS * 2 ** Math.min(failures - 1, 8)));
      }
    }
  }
}
