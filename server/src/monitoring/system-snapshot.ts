import type { Database } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { countTokens, type TokenCount } from '../tokens/token-tally.js';
import { type AlertCount, countAlerts } from './alerts/alert-counts.js';
import { readLedger } from './ledger.js';
import type { LedgerRow } from './ledger-types.js';
import { type Figures, readFigures } from './read-figures.js';
import { lastReconciliation, type Reconciliation } from './reconciler.js';
import { readStatus, type SystemStatus } from './system-status.js';

/** What a scrape tells of the whole system, whichever process is asked. */
export interface SystemSnapshot {
  readonly status: SystemStatus;
  readonly ledger: LedgerRow;
  readonly proof: Reconciliation | null;
  readonly tokens: readonly TokenCount[];
  readonly alerts: readonly AlertCount[];
  readonly figures: Figures['figures'];
}

/** Several scrapers, or one in a hurry, share what was read. */
const snapshotMs = 5_000;

/** Reads the system for its metrics, as seldom as may be. Throws when the database does not answer, and logs why: a scrape can't say it. */
export class SnapshotReader {
  readonly #database: Database;
  readonly #monotonic: () => number;
  readonly #log: Logger;
  #snapshot: { readonly at: number; readonly value: Promise<SystemSnapshot> } | null = null;

  constructor(database: Database, monotonic: () => number, log: Logger) {
    this.#database = database;
    this.#monotonic = monotonic;
    this.#log = log;
  }

  read(): Promise<SystemSnapshot> {
    const now = this.#monotonic();
    if (this.#snapshot === null || now - this.#snapshot.at >= snapshotMs) {
      const reading = { at: now, value: this.#readNow() };
      this.#snapshot = reading;
      reading.value.catch((error: unknown) => {
        // A slow one may fail after the next has begun.
        if (this.#snapshot === reading) this.#snapshot = null;
        this.#log.warn({ error: describeError(error) }, 'the system could not be read for its metrics; a scrape is without them');
      });
    }
    return this.#snapshot.value;
  }

  async #readNow(): Promise<SystemSnapshot> {
    const [status, ledger, proof, tokens, alerts, { figures }] = await Promise.all([
      readStatus(this.#database),
      readLedger(this.#database),
      lastReconciliation(this.#database),
      countTokens(this.#database),
      countAlerts(this.#database),
      readFigures(this.#database),
    ]);
    const [row] = ledger.rows;
    if (row === undefined) throw new Error('a ledger without a row');
    return { status, ledger: row, proof, tokens, alerts, figures };
  }
}
