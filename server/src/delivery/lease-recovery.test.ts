import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { claimOne, engineOn, publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { PolicyCache } from '../planning/policy-cache.js';
import { LeaseRecovery } from './lease-recovery.js';

let on: TestDatabase;
let recovery: LeaseRecovery;

beforeAll(async () => {
  on = await testDatabase();
  await on.admin.query('update push.projects set rate_budget = null');
  const policies = new PolicyCache(on.database, () => performance.now());
  recovery = new LeaseRecovery(
    { database: on.database, engine: engineOn(on.database), policies, log: silentLogger, random: () => 0 },
    { leaseSeconds: 30, worker: 'test' },
  );
});
afterAll(() => on.close());
afterEach(() => on.admin.query('truncate push.chunks, push.deliveries, push.ledger_entries'));

/** Claims everything that is there, and nobody answers for it. */
async function crash(): Promise<void> {
  await on.admin.query("update push.chunks set due_at = now() - interval '1 second'");
  while ((await engineOn(on.database).claim(claimOne)).length > 0);
  await on.admin.query("update push.chunks set lease_until = now() - interval '1 second' where state = 2");
}

async function recoverAll(): Promise<void> {
  while ((await recovery.recover()) > 0);
}

const sizes = async (): Promise<number[]> =>
  (await on.admin.query<{ n: number }>('select n from push.chunks where state = 1 order by id')).map(({ n }) => n);

const counted = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await on.admin.query<{ item: string; n: number }>('select item, sum(n)::int as n from push.ledger_entries group by 1')).map(
      ({ item, n }) => [item, n],
    ),
  );

it('brings a chunk back in ten parts, then alone, then as dead letters, and counts every copy that may have been sent', async () => {
  await publishChunk(on.admin, { recipients: 100 });
  await crash();
  await recoverAll();
  expect(await sizes()).toEqual(new Array(10).fill(10));
  await crash();
  await recoverAll();
  expect(await sizes()).toEqual(new Array(100).fill(1));
  await crash();
  await recoverAll();
  expect(await sizes()).toEqual([]);
  expect(await counted()).toEqual({ resent_unknown: 200, 'state:dead_letter': 100 });
  expect(await on.admin.query('select count(*)::int as n, min(code) as code from push.deliveries where state = 35')).toEqual([
    { n: 100, code: 'POISONED' },
  ]);
});

it('never sends again what must not be sent twice', async () => {
  await publishChunk(on.admin, { recipients: 7, resendUnknown: false });
  await crash();
  await recoverAll();
  expect(await sizes()).toEqual([]);
  expect(await counted()).toEqual({ 'state:unknown': 7 });
});

it('shuts out the worker that had the lease', async () => {
  await publishChunk(on.admin);
  const [lease] = await engineOn(on.database).claim(claimOne);
  if (lease === undefined) throw new Error('nothing was claimed');
  await on.admin.query("update push.chunks set lease_until = now() - interval '1 second'");
  await recoverAll();
  const attempt = { outcome: 'answered', durationMs: 1, httpStatus: 200, code: null, requestId: null } as const;
  const items = [0, 1].map(() => ({ to: 'accepted', ticketId: 'late' }) as const);
  expect(await engineOn(on.database).complete(on.database, [{ lease, attempt, items, groups: [], tokensLost: 0 }])).toEqual(new Set());
  expect(await counted()).toEqual({ resent_unknown: 2 });
});

it('leaves leases that still run', async () => {
  await publishChunk(on.admin);
  await engineOn(on.database).claim(claimOne);
  expect(await recovery.recover()).toBe(0);
});
