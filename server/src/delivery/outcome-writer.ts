import type { Database, Queryable } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';
import type { ChunkResult, QueueEngine } from '../queue/queue-engine.js';
import { isRefusedForGood, keepTrying } from './keep-trying.js';
import type { DeadToken, TokenQuarantine } from './token-quarantine.js';

interface Waiting {
  readonly result: ChunkResult;
  readonly deadTokens: readonly DeadToken[];
  readonly resolve: (kept: boolean) => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 16;

/**
 * Writes outcomes, several chunks in one transaction: while one commit is under way the next ones gather. Nobody waits for a timer.
 */
export class OutcomeWriter {
  readonly #parts: {
    readonly database: Database;
    readonly engine: QueueEngine;
    readonly quarantine: TokenQuarantine;
    readonly sleep: (ms: number) => Promise<void>;
  };
  readonly #waiting: Waiting[] = [];
  #writing = 0;
  readonly #writers: number;

  constructor(
    parts: { database: Database; engine: QueueEngine; quarantine: TokenQuarantine; sleep: (ms: number) => Promise<void> },
    writers: number,
  ) {
    this.#parts = parts;
    this.#writers = writers;
  }

  /** Resolves when it is committed: true, or false when the lease was no longer the caller's and nothing changed. */
  write(result: ChunkResult, deadTokens: readonly DeadToken[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ result, deadTokens, resolve, reject });
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#writing >= this.#writers) return;
    this.#writing++;
    // What other chunks' answers arrive in this turn of the loop goes into the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_AT_ONCE);
      await this.#settle(batch);
    }
    this.#writing--;
  }

  /** One chunk whose outcome can't be stored must not take the others of its batch with it. */
  async #settle(batch: readonly Waiting[]): Promise<void> {
    const { sleep } = this.#parts;
    try {
      const kept = await keepTrying((attempt) => (attempt === 1 ? this.#commit(batch) : this.#commitAgain(batch)), sleep);
      for (const { result, resolve } of batch) resolve(kept.has(result.lease.chunkId));
    } catch (error) {
      if (batch.length > 1 && isRefusedForGood(error)) for (const one of batch) await this.#settle([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<Set<string>> {
    const { database, engine } = this.#parts;
    if (FAILPOINTS) await failpoint('before_outcome_commit');
    if (batch.every(({ deadTokens }) => deadTokens.length === 0)) return await engine.complete(database, resultsOf(batch));
    return await database.transaction((tx) => this.#complete(tx, batch));
  }

  /** After a try whose answer was lost, and whose commit perhaps was not: what it settled is not late, and is not written twice. */
  async #commitAgain(batch: readonly Waiting[]): Promise<Set<string>> {
    const { database, engine } = this.#parts;
    return await database.transaction(async (tx) => {
      const settled = await engine.settled(tx, resultsOf(batch));
      const rest = batch.filter(({ result }) => !settled.has(result.lease.chunkId));
      return new Set([...settled, ...(await this.#complete(tx, rest))]);
    });
  }

  async #complete(tx: Queryable, batch: readonly Waiting[]): Promise<Set<string>> {
    const { engine, quarantine } = this.#parts;
    const kept = await engine.complete(tx, resultsOf(batch));
    for (const { result, deadTokens } of batch) {
      if (deadTokens.length > 0 && kept.has(result.lease.chunkId)) {
        await quarantine.lose(tx, result.lease.projectId, deadTokens, result.items.length);
      }
    }
    return kept;
  }
}

const resultsOf = (batch: readonly Waiting[]): ChunkResult[] => batch.map(({ result }) => result);
