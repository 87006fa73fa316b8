import { plainArray } from '../../database/array-literal.js';
import type { Database, Queryable, Statement } from '../../database/database.js';
import { LowWater } from '../../database/low-water.js';
import type { Lane } from '../../planning/planning-types.js';
import type { AttemptFacts, ChunkResult, ClaimRequest, Lease, LeasedChunk, QueueDepth, QueueEngine } from '../queue-engine.js';
import {
  claimIgnoringBudget,
  claimNewIgnoringBudget,
  claimNewUnlimited,
  claimNewWithinBudget,
  claimUnlimited,
  claimWithinBudget,
} from './claim-chunks.js';
import { completeChunks } from './complete-chunks.js';
import { expireChunks } from './expire-chunks.js';
import { outcomeParameters } from './outcome-parameters.js';
import { queueDepth } from './queue-depth.js';
import { claimExpiredLeases, extendLeases, retryChunks } from './retry-chunks.js';
import { awaitChunks, settledChunks } from './settled-chunks.js';

interface EngineParts {
  readonly database: Database;
  readonly monotonic: () => number;
  readonly worker: string;
  /** Seconds from a ticket to the first question for its receipt. */
  readonly receiptDelaySeconds: number;
  /** Whether a project's provider has receipts. */
  readonly hasReceipts: (projectId: number) => boolean;
  /** Whether a project has a rate budget. May be a moment old: the wrong claim then finds nothing, and the next one is right. */
  readonly hasBudget: (projectId: number) => boolean;
  /** false: budgets are not kept. For benchmarks only. */
  readonly keepsBudgets: boolean;
}

type Row = readonly (string | null)[];

interface ClaimStatements {
  readonly withinBudget: Statement;
  readonly unlimited: Statement;
  readonly ignoringBudget: Statement;
}

const claims: ClaimStatements = { withinBudget: claimWithinBudget, unlimited: claimUnlimited, ignoringBudget: claimIgnoringBudget };
const newClaims: ClaimStatements = {
  withinBudget: claimNewWithinBudget,
  unlimited: claimNewUnlimited,
  ignoringBudget: claimNewIgnoringBudget,
};

const leasedChunk = (row: Row): LeasedChunk => ({
  chunkId: row[0] ?? '',
  epoch: Number(row[1]),
  projectId: Number(row[2]),
  lane: Number(row[3]) as Lane,
  recipients: Number(row[4]),
  attempt: Number(row[5]),
  crashRecoveries: Number(row[6]),
  resendUnknown: row[7] === 't',
  expiresAt: new Date(Number(row[8]) * 1000),
  broadcastId: row[9] ?? null,
  isProbe: row[11] === 't',
});

const idsOf = (leases: readonly Lease[]): string => plainArray(leases.map((lease) => lease.chunkId));
const epochsOf = (leases: readonly Lease[]): string => plainArray(leases.map((lease) => lease.epoch));

/** The queue in Postgres: `push.chunks`. */
export class PostgresQueueEngine implements QueueEngine {
  readonly #parts: EngineParts;
  readonly #lowWater: LowWater;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#lowWater = new LowWater(parts.monotonic);
  }

  claim(request: ClaimRequest): Promise<LeasedChunk[]> {
    return this.#claim(this.#parts.database, request, claims, []);
  }

  claimNew(tx: Queryable, request: ClaimRequest, chunkIds: readonly string[]): Promise<LeasedChunk[]> {
    return this.#claim(tx, request, newClaims, [plainArray(chunkIds)]);
  }

  async #claim(database: Queryable, request: ClaimRequest, by: ClaimStatements, more: readonly string[]): Promise<LeasedChunk[]> {
    const { hasBudget, keepsBudgets } = this.#parts;
    const mark = this.#lowWater.next(`${request.projectId}/${request.lanes.join()}`);
    const statement = !keepsBudgets ? by.ignoringBudget : hasBudget(request.projectId) ? by.withinBudget : by.unlimited;
    const rows = (await database.rows(statement, [
      request.projectId,
      plainArray(request.lanes),
      request.maxChunks,
      mark.from === 0 ? '-infinity' : new Date(mark.from * 1000).toISOString(),
      request.leaseSeconds,
      request.worker,
      request.probeSeconds,
      ...more,
    ])) as Row[];
    this.#lowWater.saw(mark, rows.length === 0 ? null : Math.min(...rows.map((row) => Number(row[10]))));
    return rows.map(leasedChunk);
  }

  async extend(leases: readonly Lease[], leaseSeconds: number): Promise<Lease[]> {
    const rows = (await this.#parts.database.rows(extendLeases, [idsOf(leases), epochsOf(leases), leaseSeconds])) as Row[];
    return rows.map((row) => ({ chunkId: row[0] ?? '', epoch: Number(row[1]) }));
  }

  async complete(tx: Queryable, results: readonly ChunkResult[]): Promise<Set<string>> {
    if (results.length === 0) return new Set();
    const { worker, receiptDelaySeconds, hasReceipts } = this.#parts;
    const receipts = results.map((result) => hasReceipts(result.lease.projectId));
    const rows = (await tx.rows(completeChunks, outcomeParameters(results, receipts, worker, receiptDelaySeconds))) as Row[];
    return new Set(rows.map((row) => row[0] ?? ''));
  }

  async settled(tx: Queryable, results: readonly ChunkResult[]): Promise<Set<string>> {
    const leases = results.map(({ lease }) => lease);
    await tx.rows(awaitChunks, [idsOf(leases)]);
    const rows = (await tx.rows(settledChunks, [idsOf(leases), epochsOf(leases)])) as Row[];
    return new Set(rows.map((row) => row[0] ?? ''));
  }

  async retry(
    leases: readonly LeasedChunk[],
    retry: { readonly delayMs: number; readonly burnsAttempt: boolean; readonly attempt: AttemptFacts },
  ): Promise<Set<string>> {
    const { attempt } = retry;
    const rows = (await this.#parts.database.rows(retryChunks, [
      idsOf(leases),
      epochsOf(leases),
      retry.delayMs,
      retry.burnsAttempt ? 1 : 0,
      this.#parts.worker,
      attempt.outcome,
      Math.round(attempt.durationMs),
      attempt.httpStatus,
      attempt.code,
      attempt.requestId,
    ])) as Row[];
    return new Set(rows.map((row) => row[0] ?? ''));
  }

  async claimExpiredLeases(max: number, leaseSeconds: number, worker: string): Promise<LeasedChunk[]> {
    const rows = (await this.#parts.database.rows(claimExpiredLeases, [max, leaseSeconds, worker])) as Row[];
    return rows.map(leasedChunk);
  }

  async expireOverdue(max: number): Promise<number> {
    const [row] = await this.#parts.database.query<{ expired: number }>(expireChunks, [max]);
    return row?.expired ?? 0;
  }

  depth(): Promise<QueueDepth[]> {
    return this.#parts.database.query<QueueDepth & object>(queueDepth);
  }
}
