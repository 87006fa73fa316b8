import type { Queryable } from '../database/database.js';

const BLOCK = 1000;

/**
 * Numbers for deliveries, drawn from the database in blocks of 1,000. A notification's deliveries get numbers in a row. Numbers of a
 * block that its process did not use are never used.
 */
export class DeliveryNumbers {
  readonly #blocks: number[] = [];
  #next = 0;
  #end = 0;

  /** Draws what `runs` notifications with up to `each` deliveries may need, so that `take` never waits. */
  async reserve(database: Queryable, deliveries: number): Promise<void> {
    const free = this.#end - this.#next + this.#blocks.length * BLOCK;
    // A run never straddles blocks, so the tail of each block may stay unused: one block to spare covers it.
    const missing = Math.ceil((deliveries - free) / BLOCK) + 1;
    if (deliveries <= free - BLOCK) return;
    const rows = await database.rows("select nextval('push.delivery_block') from generate_series(1, $1)", [Math.max(1, missing)]);
    for (const row of rows) this.#blocks.push(Number(row[0]));
  }

  /** The first of `count` numbers in a row. */
  take(count: number): number {
    if (count > BLOCK) throw new RangeError(`a notification can't have ${count} deliveries`);
    if (this.#next + count > this.#end) {
      const block = this.#blocks.shift();
      if (block === undefined) throw new Error('no delivery numbers are reserved');
      this.#next = block;
      this.#end = block + BLOCK;
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }
}
