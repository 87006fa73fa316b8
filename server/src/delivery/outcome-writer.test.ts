import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimOne, engineOn, publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Database } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import type { ChunkResult, ItemResult, LeasedChunk, QueueEngine } from '../queue/queue-engine.js';
import { OutcomeWriter } from './outcome-writer.js';
import type { DeadToken } from './token-quarantine.js';

let on: TestDatabase;

beforeAll(async () => {
  on = await testDatabase();
  await on.admin.query('update push.projects set rate_budget = null');
});
afterAll(() => on.close());

const quarantine = { lose: async () => undefined };
const noSleep = async (): Promise<void> => undefined;
const outcome = (lease: LeasedChunk, item: ItemResult): ChunkResult => ({
  lease,
  attempt: { outcome: 'answered', durationMs: 1, httpStatus: 200, code: null, requestId: null },
  items: new Array<ItemResult>(lease.recipients).fill(item),
  groups: [],
  tokensLost: 0,
});

async function claimed(count: number): Promise<LeasedChunk[]> {
  for (let i = 0; i < count; i++) await publishChunk(on.admin);
  const leases = await engineOn(on.database).claim(claimOne);
  expect(leases).toHaveLength(count);
  return leases;
}

/** The engine, whose `complete` runs `before` first. */
function engineThat(before: (results: readonly ChunkResult[]) => void): QueueEngine {
  const engine = engineOn(on.database);
  const complete = engine.complete.bind(engine);
  engine.complete = async (tx, results) => {
    before(results);
    return await complete(tx, results);
  };
  return engine;
}

it('writes what gathers while a commit is under way in one commit', async () => {
  const sizes: number[] = [];
  const writer = new OutcomeWriter(
    { database: on.database, engine: engineThat((results) => sizes.push(results.length)), quarantine, sleep: noSleep },
    1,
  );
  const leases = await claimed(5);
  const kept = await Promise.all(leases.map((lease) => writer.write(outcome(lease, { to: 'failed', code: 'TEST' }), [])));
  expect(kept).toEqual([true, true, true, true, true]);
  expect(sizes).toEqual([5]);
});

it('keeps its neighbours when one outcome can not be stored', async () => {
  const writer = new OutcomeWriter({ database: on.database, engine: engineOn(on.database), quarantine, sleep: noSleep }, 1);
  const leases = await claimed(3);
  const written = await Promise.allSettled(
    leases.map((lease, i) => writer.write(outcome(lease, { to: 'failed', code: i === 1 ? 'no\0text' : 'TEST' }), [])),
  );
  expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await on.admin.query('delete from push.chunks returning id::text')).toEqual([{ id: leases[1]?.chunkId }]);
});

it('tries again when the connection breaks, and waits longer each time', async () => {
  const waits: number[] = [];
  let failures = 0;
  const engine = engineThat(() => {
    if (++failures <= 3) throw new DatabaseError('08006', 'connection lost');
  });
  const writer = new OutcomeWriter({ database: on.database, engine, quarantine, sleep: async (ms) => void waits.push(ms) }, 1);
  const [lease] = await claimed(1);
  if (lease === undefined) throw new Error('nothing was claimed');
  expect(await writer.write(outcome(lease, { to: 'accepted', ticketId: 'ticket' }), [])).toBe(true);
  expect(waits).toEqual([200, 400, 800]);
});

it('keeps what it committed although the answer was lost, and writes neither it nor its dead tokens twice', async () => {
  const lost: string[] = [];
  const engine = engineOn(on.database);
  let answers = 0;
  const transaction: Database['transaction'] = async (work, options) => {
    const done = await on.database.transaction(work, options);
    if (++answers === 1) throw new DatabaseError('08006', 'connection lost');
    return done;
  };
  const losing = {
    lose: async (_tx: unknown, _project: number, tokens: readonly DeadToken[]) => void lost.push(...tokens.map(({ tokenId }) => tokenId)),
  };
  const writer = new OutcomeWriter({ database: { ...on.database, transaction }, engine, quarantine: losing, sleep: noSleep }, 1);
  const [lease] = await claimed(1);
  if (lease === undefined) throw new Error('nothing was claimed');
  const dead = { tokenId: randomUUID(), code: 'DeviceNotRegistered', sentAt: new Date() };
  expect(await writer.write(outcome(lease, { to: 'failed', code: 'DeviceNotRegistered' }), [dead])).toBe(true);
  expect(answers).toBe(2);
  expect(lost).toEqual([dead.tokenId]);
  expect(await on.admin.query('select outcome from push.attempts where chunk_id = $1', [lease.chunkId])).toEqual([{ outcome: 'answered' }]);
});

it('says so when the lease is somebody else’s by now, and changes nothing', async () => {
  const writer = new OutcomeWriter({ database: on.database, engine: engineOn(on.database), quarantine, sleep: noSleep }, 1);
  const [lease] = await claimed(1);
  if (lease === undefined) throw new Error('nothing was claimed');
  const stale = outcome({ ...lease, epoch: lease.epoch - 1 }, { to: 'failed', code: 'STALE' });
  expect(await writer.write(stale, [])).toBe(false);
  expect(await on.admin.query("select 1 from push.deliveries where code = 'STALE'")).toEqual([]);
  expect(await writer.write(outcome(lease, { to: 'failed', code: 'TEST' }), [])).toBe(true);
});
