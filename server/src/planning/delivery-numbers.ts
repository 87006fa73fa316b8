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

  /** Draws what notifications with `deliveries` deliveries together, and at most `longest` each, may need, so that `take` never waits. */
  async reserve(database: Queryable, deliveries: number, longest: number): Promise<void> {
    // A run never straddles blocks, so the tail of every block, shorter than the longest run, may stay unused.
    const needed = Math.ceil(deliveries / (BLOCK - Math.max(0, longest - 1)));
    const missing = needed - this.#blocks.length;
    if (missing <= 0) return;
    const rows = await database.rows("select nextval('push.delivery_block') from generate_series(1, $1)", [missing]);
    for (const row of rows) this.#blocks.push(Number(row[0]));
  }

  /**
   * After a transaction that failed: a server that crashed may not have kept that its blocks were drawn, and gives them to somebody else. (Only a commit
   * makes sure of it.)
   */
  forget(): void {
    this.#blocks.length = 0;
    this.#next = 0;
    this.#end = 0;
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
