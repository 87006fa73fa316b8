import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { engineOn, publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import type { LoadedChunk } from '../planning/delivery-content.js';
import { PolicyCache } from '../planning/policy-cache.js';
import type { LeasedChunk } from '../queue/queue-engine.js';
import { DeliveryLane } from './delivery-lane.js';
import { DeliveryHandover } from './handover.js';
import { ProjectRegistry } from './project-registry.js';

let on: TestDatabase;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  on = await testDatabase();
  await on.admin.query('update push.projects set rate_budget = null');
});
afterAll(() => on.close());
afterEach(() => on.admin.query('truncate push.chunks'));

function slotsAndHandover(
  slots: number,
  send: (lease: LeasedChunk, content: LoadedChunk | undefined) => Promise<void>,
  monotonic: () => number = () => performance.now(),
) {
  const engine = engineOn(on.database);
  const policies = new PolicyCache(on.database, monotonic);
  const registry = new ProjectRegistry(on.database, monotonic);
  const lane = new DeliveryLane(
    { database: on.database, engine, registry, policies, sender: { send }, monotonic, sleep, log: silentLogger },
    { lanes: [0, 1, 2], slots: () => slots, claimSize: () => 200, leaseSeconds: 30, probeSeconds: 35, worker: 'test' },
  );
  return {
    lane,
    handover: new DeliveryHandover({ engine, policies, monotonic, sleep }, { leaseSeconds: 30, probeSeconds: 35, worker: 'test' }, [lane]),
  };
}

const never = async (): Promise<void> => {
  throw new Error('nothing was to be sent');
};

it('hands over only after a look at the queue that found nothing', async () => {
  const { lane, handover } = slotsAndHandover(4, async () => undefined);
  expect(await handover.reserve(1, 2, 0)).toBeNull();
  await publishChunk(on.admin);
  expect(await lane.work()).toBe(true);
  expect(await handover.reserve(1, 2, 0)).toBeNull();
  await lane.drained();
  expect(await lane.work()).toBe(false);
  (await handover.reserve(1, 2, 0))?.send([]);
  lane.queued();
  expect(await handover.reserve(1, 2, 0)).toBeNull();
});

it('keeps the slots that it reserved from everybody else, until they are given back', async () => {
  const { lane, handover } = slotsAndHandover(4, never);
  await lane.work();
  const first = await handover.reserve(1, 3, 0);
  expect(first?.chunks).toBe(3);
  expect((await handover.reserve(2, 2, 0))?.chunks).toBeUndefined();
  expect((await handover.reserve(2, 1, 0))?.chunks).toBe(1);
  const waiting = handover.reserve(0, 3, 20_000);
  first?.send([]);
  expect((await waiting)?.chunks).toBe(3);
});

it('reserves for several planners of a lane at once', async () => {
  const { lane, handover } = slotsAndHandover(4, never);
  await lane.work();
  const first = await handover.reserve(1, 2, 0);
  expect(first?.chunks).toBe(2);
  expect((await handover.reserve(1, 2, 0))?.chunks).toBe(2);
  expect(await handover.reserve(1, 2, 0)).toBeNull();
  first?.send([]);
  expect((await handover.reserve(1, 2, 0))?.chunks).toBe(2);
});

it('sends what the commit claimed, with the content that was read', async () => {
  const sent: [string, number | undefined][] = [];
  const { lane, handover } = slotsAndHandover(4, async (lease, content) => {
    sent.push([lease.chunkId, content?.deliveries.length]);
  });
  await lane.work();
  const id = await publishChunk(on.admin);
  const reservation = await handover.reserve(1, 2, 0);
  const claimed = await on.database.transaction(
    async (tx) => (await reservation?.claim(tx, [{ id, projectId: 1, contents: [] }], new Date())) ?? [],
  );
  reservation?.send(claimed);
  await lane.drained();
  expect(sent).toEqual([[id, 0]]);
  expect(lane.busy).toBe(0);
});

it('reserves nothing for a worker that stops', async () => {
  const { lane, handover } = slotsAndHandover(4, never);
  await lane.work();
  lane.stop();
  expect(await handover.reserve(1, 2, 20_000)).toBeNull();
});

it('reads again what was read too long ago: a token may have moved while the transaction waited for a lock', async () => {
  const sent: (LoadedChunk | undefined)[] = [];
  let now = 1_000_000;
  const { lane, handover } = slotsAndHandover(
    4,
    async (_lease, content) => void sent.push(content),
    () => now,
  );
  await lane.work();
  const id = await publishChunk(on.admin);
  const reservation = await handover.reserve(1, 2, 0);
  now += 2_001;
  const claimed = await on.database.transaction(
    async (tx) => (await reservation?.claim(tx, [{ id, projectId: 1, contents: [] }], new Date())) ?? [],
  );
  reservation?.send(claimed);
  await lane.drained();
  expect(sent.map((content) => [content?.justPlanned, content?.deliveries.map(({ gone }) => gone)])).toEqual([
    [false, ['ROW_DELETED', 'ROW_DELETED']],
  ]);
});
