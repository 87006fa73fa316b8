import type { Queryable } from '../database/database.js';
import { type Controls, readControls } from './controls.js';

/**
 * The switches, at most `maxAgeMs` old, for those who ask for every request. Only for the door: a delivery asks the database itself, in the
 * commit that claims.
 */
export class ControlsCache {
  readonly #database: Queryable;
  readonly #monotonic: () => number;
  readonly #maxAgeMs: number;
  #read: { readonly controls: Promise<Controls>; readonly at: number } | null = null;

  constructor(database: Queryable, monotonic: () => number, maxAgeMs = 1000) {
    this.#database = database;
    this.#monotonic = monotonic;
    this.#maxAgeMs = maxAgeMs;
  }

  get(): Promise<Controls> {
    const now = this.#monotonic();
    if (this.#read === null || now - this.#read.at >= this.#maxAgeMs) {
      const controls = readControls(this.#database);
      controls.catch(() => this.forget());
      this.#read = { controls, at: now };
    }
    return this.#read.controls;
  }

  /** After a switch was turned here. */
  forget(): void {
    this.#read = null;
  }
}
