import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { ProjectBreaker } from '../delivery/project-breaker.js';
import { ProjectRegistry } from '../delivery/project-registry.js';
import { silentLogger } from '../logging/logger.js';
import { PolicyCache } from '../planning/policy-cache.js';
import type { Provider, Receipt } from '../providers/provider.js';
import { ReceiptPoller } from './receipt-poller.js';

let on: TestDatabase;
beforeAll(async () => {
  on = await testDatabase();
});
afterAll(() => on.close());

const monotonic = (): number => performance.now();

it('finds each receipt, whatever characters the provider puts into ticket ids', async () => {
  const tickets = ['plain', 'a,b', '"quoted"', '{braces}', 'back\\slash', 'NULL', 'last'];
  await on.admin.query(
    `insert into push.receipt_batches (due_at, sent_at, hour, project_id, lane, resend_unknown, expires_at, chunk_id, n, ticket_ids, delivery_ids,
       notification_ids, created_ats, token_ids)
     values (now(), now(), date_trunc('hour', now()), 1, 1, true, now() + interval '1 hour', 1, $1::int, $2, $3, $4, array_fill(now(), array[$1::int]), $5)`,
    [tickets.length, tickets, tickets.map((_, i) => i + 1), tickets.map(() => randomUUID()), tickets.map(() => randomUUID())],
  );
  const registry = new ProjectRegistry(on.database, monotonic);
  const asked: string[] = [];
  const provider = {
    limits: { receiptIds: 1000 },
    receipts: async (ids: readonly string[]) => {
      asked.push(...ids);
      const receipts = new Map(ids.map((id): [string, Receipt] => [id, { kind: 'accepted' } as Receipt]));
      return { kind: 'answered', receipts, httpStatus: 200, requestId: null };
    },
  } as unknown as Provider;
  const poller = new ReceiptPoller(
    {
      database: on.database,
      registry,
      policies: new PolicyCache(on.database, monotonic),
      breaker: new ProjectBreaker(
        on.database,
        registry,
        () => performance.now(),
        silentLogger,
        async () => undefined,
      ),
      quarantine: { lose: async () => undefined },
      providerOf: () => provider,
      monotonic,
      random: Math.random,
      log: silentLogger,
    },
    { deadlineMs: 1000, leaseSeconds: 30 },
  );
  expect(await poller.poll()).toBe(true);
  expect(asked).toEqual(tickets);
  expect(await on.admin.query('select delivery_id::int as id, state, ticket_id from push.deliveries order by 1')).toEqual(
    tickets.map((ticket_id, i) => ({ id: i + 1, state: 20, ticket_id })),
  );
  expect(await on.admin.query('select 1 from push.receipt_batches')).toEqual([]);
});
