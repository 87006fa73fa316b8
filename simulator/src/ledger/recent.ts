import { type Batch, entriesOf, type LedgerEntry } from './entry.js';

/** The last recipients answered, whatever was sent before: bounded memory for sandbox and benchmarks. */
export class RecentEntries {
  readonly #run: string;
  readonly #capacity: number;
  #batches: Batch[] = [];
  #held = 0;

  constructor(run: string, capacity: number) {
    this.#run = run;
    this.#capacity = capacity;
  }

  add(batch: Batch): void {
    this.#batches.push(batch);
    this.#held += batch.tokens.length;
    for (let oldest = this.#batches[0]; oldest && this.#held - oldest.tokens.length >= this.#capacity; oldest = this.#batches[0]) {
      this.#held -= oldest.tokens.length;
      this.#batches.shift();
    }
  }

  clear(): void {
    this.#batches = [];
    this.#held = 0;
  }

  /** Oldest first, at most the capacity. */
  entries(): LedgerEntry[] {
    if (this.#capacity === 0) return [];
    return this.#batches.flatMap((batch) => entriesOf(batch, this.#run)).slice(-this.#capacity);
  }
}
