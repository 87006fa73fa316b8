import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { engineOn, publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Database } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import { silentLogger } from '../logging/logger.js';
import { PolicyCache } from '../planning/policy-cache.js';
import type { LeasedChunk } from '../queue/queue-engine.js';
import { DeliveryLane } from './delivery-lane.js';
import { ProjectBreaker } from './project-breaker.js';
import { ProjectRegistry } from './project-registry.js';

let on: TestDatabase;
const monotonic = (): number => performance.now();

beforeAll(async () => {
  on = await testDatabase();
  await on.admin.query('update push.projects set rate_budget = null');
});
afterAll(() => on.close());
afterEach(() => on.admin.query('truncate push.chunks'));

/** The database, on which the next `times` uses of these statements fail as a lost connection does. */
function losing(names: readonly string[], times: number): Database {
  let left = times;
  return {
    ...on.database,
    rows: async (sql, params) => {
      if (typeof sql !== 'string' && names.includes(sql.name) && left-- > 0) throw new DatabaseError('08006', 'connection lost');
      return await on.database.rows(sql, params);
    },
  };
}

function lane(database: Database, slots: number, send: (lease: LeasedChunk) => Promise<void>): DeliveryLane {
  return new DeliveryLane(
    {
      database,
      engine: engineOn(database),
      registry: new ProjectRegistry(database, monotonic),
      policies: new PolicyCache(database, monotonic),
      sender: { send },
      monotonic,
      sleep: async () => undefined,
      log: silentLogger,
    },
    { lanes: [0, 1, 2], slots: () => slots, claimSize: () => 200, leaseSeconds: 30, probeSeconds: 35, worker: 'test' },
  );
}

it('gives back what it could not load, also when the database comes back only later: nothing was sent, so nothing is unknown', async () => {
  await publishChunk(on.admin, { resendUnknown: false });
  const sent = vi.fn(async () => undefined);
  const delivery = lane(losing(['load_content', 'retry_chunks'], 4), 1, sent);
  expect(await delivery.work()).toBe(true);
  await delivery.drained();
  expect(sent).not.toHaveBeenCalled();
  expect(await on.admin.query('select state, last_code, crash_recoveries from push.chunks')).toEqual([
    { state: 1, last_code: 'CONTENT_NOT_LOADED', crash_recoveries: 0 },
  ]);
});

it('claims nothing once it stops, although slots come free', async () => {
  await publishChunk(on.admin);
  await publishChunk(on.admin);
  let answer = (): void => undefined;
  const wire = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const sent: string[] = [];
  const delivery = lane(on.database, 1, async (lease) => {
    sent.push(lease.chunkId);
    await wire;
  });
  await delivery.work();
  const next = delivery.work();
  delivery.stop();
  answer();
  expect(await next).toBe(false);
  await delivery.drained();
  expect(sent).toHaveLength(1);
  expect(await on.admin.query('select 1 from push.chunks where state = 1')).toHaveLength(1);
});

it('lets every project have its turn, however long the queue of one is', async () => {
  const [other] = await on.admin.query<{ id: number }>(
    "insert into push.projects (provider, name) values ('expo', '@other/app') returning id",
  );
  for (let i = 0; i < 5; i++) await publishChunk(on.admin);
  await publishChunk(on.admin, { projectId: other?.id ?? 0 });
  const order: number[] = [];
  const delivery = lane(on.database, 1, async (lease) => {
    order.push(lease.projectId);
  });
  for (let i = 0; i < 3; i++) {
    await delivery.work();
    await delivery.drained();
  }
  expect(order).toContain(other?.id);
});

it('never lets a breaker that could not be written keep an outcome from being written', async () => {
  const unreachable: Database = { ...on.database, transaction: () => Promise.reject(new DatabaseError('08006', 'connection lost')) };
  const registry = new ProjectRegistry(on.database, monotonic);
  await on.admin.query("update push.projects set breaker_state = 'open', breaker_probe_at = now()");
  await registry.refresh();
  const breaker = new ProjectBreaker(
    unreachable,
    registry,
    () => performance.now(),
    silentLogger,
    async () => undefined,
  );
  await breaker.fault(1, 'TEST');
  await breaker.backOff(1, 1000);
  await breaker.answered(1);
  for (let i = 0; i < 6; i++) await breaker.failed(1, 'TEST');
});
