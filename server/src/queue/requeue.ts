import type { Database } from '../database/database.js';
import { messageFaultCodes } from '../providers/message-fault-codes.js';
import { recordAct } from '../security/audit.js';
import { countRequeueable, requeueEnded } from './requeue-statements.js';

export interface RequeueQuestion {
  /** Deliveries that ended from then on … */
  readonly since: Date;
  /** … and before this; what ends while the command runs is left to the next call. */
  readonly until: Date;
}

export interface RequeueCount {
  /** Deliveries that can be queued again, or were. */
  readonly deliveries: number;
  /** Deliveries that stay as they are, by what stands against another try. */
  readonly left: Readonly<Record<string, number>>;
}

export interface RequeueOptions {
  /** Most deliveries in a chunk: 100, or less. */
  readonly chunkSize: number;
  /** Deliveries in one transaction; 5,000 when absent. */
  readonly batchSize?: number;
}

/** Of two operators at once, the second finds what the first has left. */
const lock = 7_304_127;

/** How many deliveries could be queued again; changes nothing. */
export async function countRetryable(database: Database, { since, until }: RequeueQuestion): Promise<RequeueCount> {
  const rows = await database.query<{ obstacle: string | null; n: number }>(countRequeueable, [since, until, messageFaultCodes]);
  const left = Object.fromEntries(rows.flatMap(({ obstacle, n }) => (obstacle === null ? [] : [[obstacle, n]])));
  return { deliveries: rows.find(({ obstacle }) => obstacle === null)?.n ?? 0, left };
}

/**
 * Queues again what was given up or refused and may still arrive, with all its attempts before it. In bounded transactions, each with its entry in
 * the audit; interrupted, what is done stays done and the next call goes on. What may have arrived before is counted as sent again.
 */
export async function requeueFailed(
  database: Database,
  { since, until }: RequeueQuestion,
  by: { readonly actor: string; readonly reason: string },
  { chunkSize, batchSize = 5_000 }: RequeueOptions,
): Promise<RequeueCount> {
  let deliveries = 0;
  for (let more = true; more; ) {
    const requeued = await database.transaction(async (tx) => {
      await tx.query(/* sql */ 'select pg_advisory_xact_lock($1)', [lock]);
      const [row] = await tx.query<{ requeued: number }>(requeueEnded, [since, until, messageFaultCodes, batchSize, chunkSize]);
      const n = row?.requeued ?? 0;
      if (n > 0) await recordAct(tx, { ...by, action: 'queue.retry_failed', target: 'queue', details: { since, until, deliveries: n } });
      return n;
    });
    deliveries += requeued;
    more = requeued === batchSize;
  }
  const { left } = await countRetryable(database, { since, until });
  return { deliveries, left };
}
