import { randomInt, randomUUID } from 'node:crypto';
import type { Database } from '../../src/database/database.js';

import { PostgresQueueEngine } from '../../src/queue/postgres/postgres-queue-engine.js';

/** A chunk that is due, as planning would have made it; its notifications and tokens are gone. Returns its id. */
export async function publishChunk(
  admin: Database,
  chunk: { readonly recipients?: number; readonly projectId?: number; readonly resendUnknown?: boolean } = {},
): Promise<string> {
  const n = chunk.recipients ?? 2;
  const [row] = await admin.query<{ id: number }>(
    `insert into push.chunks (project_id, lane, hour, expires_at, due_at, n, resend_unknown, delivery_ids, notification_ids, created_ats, token_ids)
     values ($1, 1, date_trunc('hour', now()), now() + interval '1 hour', now() - interval '1 second', $2::int, $3, $4, $5,
       array_fill(now(), array[$2::int]), $6) returning id`,
    [
      chunk.projectId ?? 1,
      n,
      chunk.resendUnknown ?? true,
      Array.from({ length: n }, () => randomInt(2 ** 40)),
      Array.from({ length: n }, () => randomUUID()),
      Array.from({ length: n }, () => randomUUID()),
    ],
  );
  return String(row?.id);
}

/** The engine as a worker has it, for a project without a budget. */
export const engineOn = (database: Database): PostgresQueueEngine =>
  new PostgresQueueEngine({
    database,
    monotonic: () => performance.now(),
    worker: 'test',
    receiptDelaySeconds: 900,
    hasReceipts: () => true,
    hasBudget: () => false,
    keepsBudgets: true,
  });

export const claimOne = { projectId: 1, lanes: [0, 1, 2], maxChunks: 10, leaseSeconds: 30, probeSeconds: 35, worker: 'test' } as const;
