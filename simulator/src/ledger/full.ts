import { type Batch, entriesOf, type LedgerEntry } from './entry.js';

/** Everything that was answered, for questions afterwards. Grows with the traffic: for tests, not for sandbox. */
export class FullLedger {
  readonly #run: string;
  #batches: Batch[] = [];
  #entries: LedgerEntry[] = [];

  constructor(run: string) {
    this.#run = run;
  }

  add(batch: Batch): void {
    this.#batches.push(batch);
  }

  clear(): void {
    this.#batches = [];
    this.#entries = [];
  }

  /** In the order of arrival. Batches are unfolded here and not on arrival, which keeps sending cheap. */
  entries(): readonly LedgerEntry[] {
    for (const batch of this.#batches) {
      for (const entry of entriesOf(batch, this.#run)) this.#entries.push(entry);
    }
    this.#batches = [];
    return this.#entries;
  }
}
