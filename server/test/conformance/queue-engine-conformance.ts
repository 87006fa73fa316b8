import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';
import type { Lane } from '../../src/planning/planning-types.js';
import type { ChunkResult, ItemResult, LeasedChunk, QueueEngine } from '../../src/queue/queue-engine.js';
import { getsThrough } from '../support/without-gap.js';

/** What a test needs of an engine under test. */
export interface EngineUnderTest {
  readonly engine: QueueEngine;
  /** The engine as another worker has it. */
  readonly other: QueueEngine;
  /** Owner's connection: sets switches, moves time. */
  readonly admin: Database;
  /** Role of the worker. */
  readonly database: Database;
  close(): Promise<void>;
}

interface NewChunk {
  readonly lane?: Lane;
  readonly recipients?: number;
  readonly dueInSeconds?: number;
  readonly expiresInSeconds?: number;
  readonly resendUnknown?: boolean;
  readonly broadcastId?: number;
}

const PROBE_SECONDS = 35;
const LEASE_SECONDS = 30;
const answered = { outcome: 'answered', durationMs: 1, httpStatus: 200, code: null, requestId: null } as const;
const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
const notSent = { outcome: 'not_sent', durationMs: 0, httpStatus: null, code: 'TEST', requestId: null } as const;

/** The rules that every queue engine keeps. Run it against each engine with `describeQueueEngine('name', start)`. */
export function describeQueueEngine(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`queue engine: ${name}`, () => {
    let under: EngineUnderTest;
    let deliveries = 0;

    beforeAll(async () => {
      under = await start();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      await under.admin.query('truncate push.chunks, push.receipt_batches, push.deliveries, push.attempts, push.ledger_entries');
      await under.admin.query('update push.controls set paused = false, emergency = false, pushes_enabled = true');
      await under.admin.query(
        "update push.projects set paused = false, breaker_state = 'closed', breaker_probe_at = null, backoff_until = null, rate_budget = null, bucket_level = 0",
      );
    });

    const publish = async (chunk: NewChunk = {}): Promise<string> => {
      const n = chunk.recipients ?? 2;
      const ids = Array.from({ length: n }, () => ++deliveries);
      const [row] = await under.admin.query<{ id: number }>(
        `insert into push.chunks (project_id, lane, hour, expires_at, due_at, n, resend_unknown, broadcast_id, delivery_ids, notification_ids, created_ats, token_ids)
         values (1, $1, date_trunc('hour', now()), now() + make_interval(secs => $2), now() + make_interval(secs => $3), $4::int, $5, $6, $7, $8,
           array_fill(now(), array[$4::int]), $9) returning id`,
        [
          chunk.lane ?? 1,
          chunk.expiresInSeconds ?? 3600,
          chunk.dueInSeconds ?? -1,
          n,
          chunk.resendUnknown ?? true,
          chunk.broadcastId ?? null,
          ids,
          ids.map(() => randomUUID()),
          ids.map(() => randomUUID()),
        ],
      );
      return String(row?.id);
    };
    const claim = (maxChunks = 10, lanes: readonly Lane[] = [0, 1, 2], engine = under.engine): Promise<LeasedChunk[]> =>
      engine.claim({ projectId: 1, lanes, maxChunks, leaseSeconds: LEASE_SECONDS, probeSeconds: PROBE_SECONDS, worker: 'test' });
    const result = (lease: LeasedChunk, item: ItemResult): ChunkResult => ({
      lease,
      attempt: answered,
      items: new Array<ItemResult>(lease.recipients).fill(item),
      groups: [],
      tokensLost: 0,
    });
    it.each([null, 600])('lets one of several workers probe an open breaker (budget %s)', async (budget) => {
      for (let round = 0; round < 10; round++) {
        await under.admin.query('truncate push.chunks');
        for (let i = 0; i < 4; i++) await publish({ recipients: 1 });
        await under.admin.query(
          "update push.projects set breaker_state = 'open', breaker_probe_at = now(), rate_budget = $1, bucket_level = rate_burst",
          [budget],
        );
        const claims = await Promise.all(
          [under.engine, under.other, under.engine, under.other].map((engine) => claim(4, [0, 1, 2], engine)),
        );
        expect(claims.flat()).toHaveLength(1);
      }
    });

    const expireLeases = () => under.admin.query("update push.chunks set lease_until = now() - interval '1 second' where state = 2");
    const recorded = () => under.admin.query('select state, count(*)::int as n from push.deliveries group by 1 order by 1');

    it('gives a chunk to one claimer only', async () => {
      for (let i = 0; i < 20; i++) await publish();
      const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(5, [1], i % 2 === 0 ? under.engine : under.other)));
      const ids = claims.flat().map((lease) => lease.chunkId);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
      expect(await claim()).toEqual([]);
    });

    it('serves the most urgent lane first, and one lane a claim', async () => {
      const bulk = await publish({ lane: 2 });
      const critical = await publish({ lane: 0 });
      expect((await claim()).map((lease) => lease.chunkId)).toEqual([critical]);
      expect((await claim()).map((lease) => lease.chunkId)).toEqual([bulk]);
    });

    it.each([
      ['has expired', {}],
      ['belongs to a cancelled broadcast', { broadcast: 'cancelled' }],
      ['belongs to a paused broadcast', { broadcast: 'paused' }],
    ])('does not let a chunk that %s stand before less urgent ones', async (_, { broadcast }: { broadcast?: string }) => {
      if (broadcast === undefined) {
        await publish({ lane: 0, expiresInSeconds: -1 });
      } else {
        const [row] = await under.admin.query<{ id: number }>(
          `insert into push.broadcasts (state, type, title, audience, created_by) values ($1, 'reminder', 'To all', '{"kind": "all"}', 'test') returning id`,
          [broadcast],
        );
        await publish({ lane: 0, broadcastId: row?.id ?? 0 });
      }
      const bulk = await publish({ lane: 2 });
      expect((await claim()).map((lease) => lease.chunkId)).toEqual([bulk]);
    });

    const claimNew = (tx: Queryable, ids: readonly string[], lanes: readonly Lane[] = [0, 1]): Promise<LeasedChunk[]> =>
      under.engine.claimNew(
        tx,
        { projectId: 1, lanes, maxChunks: 2, leaseSeconds: LEASE_SECONDS, probeSeconds: PROBE_SECONDS, worker: 'test' },
        ids,
      );
    const newClaimed = async (ids: readonly string[]): Promise<string[]> =>
      (await under.database.transaction((tx) => claimNew(tx, ids))).map((lease) => lease.chunkId);

    it('claims of new chunks as many as it may, and only of them', async () => {
      const ids = [await publish(), await publish(), await publish()];
      expect(await newClaimed(ids)).toEqual(ids.slice(0, 2));
      expect((await claim()).map((lease) => lease.chunkId)).toEqual(ids.slice(2));
    });

    it.each([
      ['older ones wait in the lane', {}, 0],
      ['more urgent ones wait', { lane: 0 as Lane }, 0],
      ['less urgent ones wait', { lane: 2 as Lane }, 1],
      ['others are due later', { dueInSeconds: 60 }, 1],
      ['others have expired', { expiresInSeconds: -1 }, 1],
    ])('lets new chunks overtake nothing: %s', async (_name, other, claimed) => {
      await publish(other);
      expect(await newClaimed([await publish({ dueInSeconds: -0.5 })])).toHaveLength(claimed);
    });

    it('holds up a pause for some seconds at most when it falls silent before the commit', async () => {
      const ids = [await publish()];
      const silence = await under.database.transaction(async (tx) => {
        await claimNew(tx, ids);
        return await tx.rows("select current_setting('idle_in_transaction_session_timeout')");
      });
      expect(silence).toEqual([['5s']]);
      expect(await under.database.rows("select current_setting('idle_in_transaction_session_timeout')")).not.toEqual([['5s']]);
    });

    it('leases new chunks with the commit, or not at all', async () => {
      const id = await publish();
      const rolledBack = under.database.transaction(async (tx) => {
        expect(await claimNew(tx, [id])).toHaveLength(1);
        throw new Error('rolled back');
      });
      await expect(rolledBack).rejects.toThrow('rolled back');
      expect((await claim()).map((lease) => [lease.chunkId, lease.epoch])).toEqual([[id, 1]]);
    });

    it('takes new chunks out of the budget too', async () => {
      const ids = [await publish({ recipients: 60 }), await publish({ recipients: 60 })];
      await under.admin.query(
        'update push.projects set rate_budget = 600, rate_burst = 100, bucket_level = 100, bucket_at = clock_timestamp()',
      );
      expect(await newClaimed(ids)).toEqual(ids.slice(0, 1));
    });

    it('leaves what is not due, and what has expired', async () => {
      await publish({ dueInSeconds: 60 });
      await publish({ expiresInSeconds: -1 });
      expect(await claim()).toEqual([]);
      expect(await under.engine.expireOverdue(10)).toBe(2);
      expect(await recorded()).toEqual([{ state: 31, n: 2 }]);
    });

    it.each([
      ['pause', 'update push.controls set paused = true'],
      ['emergency stop', 'update push.controls set emergency = true'],
      ['feature flag', 'update push.controls set pushes_enabled = false'],
      ["the project's pause", 'update push.projects set paused = true'],
      ["the provider's back-off", "update push.projects set backoff_until = now() + interval '1 minute'"],
      ['an open breaker', "update push.projects set breaker_state = 'open', breaker_probe_at = now() + interval '1 minute'"],
    ])('claims nothing under %s', async (_name, sql) => {
      const id = await publish();
      await under.admin.query(sql);
      expect(await claim()).toEqual([]);
      expect(await newClaimed([id])).toEqual([]);
    });

    it('claims nothing that commits after a pause', async () => {
      for (let i = 0; i < 50; i++) await publish();
      const pausing = under.admin.transaction(async (tx) => {
        await tx.query('update push.controls set paused = true');
        // These claims begin before the pause commits and have to wait for it.
        const claims = Promise.all([claim(1), claim(1), claim(1)]);
        await tx.query('select pg_sleep(0.2)');
        return { claims };
      });
      const { claims } = await pausing;
      expect(await claims).toEqual([[], [], []]);
    });

    it('lets a pause through although there is always a claim that has not committed yet', async () => {
      const pause = () => under.admin.query('update push.controls set paused = true');
      expect(await getsThrough(under, (tx) => claimNew(tx, []), pause)).toBe(true);
    });

    it('lets one chunk probe an open breaker', async () => {
      for (let i = 0; i < 5; i++) await publish();
      await under.admin.query("update push.projects set breaker_state = 'open', breaker_probe_at = now()");
      expect(await claim()).toMatchObject([{ isProbe: true }]);
      expect(await claim()).toEqual([]);
      // Its request may last 30 seconds, and the worker may be slow to write what became of it.
      const left = "select date_part('epoch', breaker_probe_at - clock_timestamp()) as seconds from push.projects where id = 1";
      const [reserved] = await under.admin.query<{ seconds: number }>(left);
      expect(reserved?.seconds).toBeGreaterThan(PROBE_SECONDS - 5);
      expect(reserved?.seconds).toBeLessThanOrEqual(PROBE_SECONDS);
    });

    it("keeps a paused broadcast's chunks", async () => {
      const [row] = await under.admin.query<{ id: number }>(
        "insert into push.broadcasts (state, type, title, audience, created_by) values ('paused', 'news', 'x', '{}', 'test') returning id",
      );
      await publish({ broadcastId: row?.id ?? 0 });
      expect(await claim()).toEqual([]);
      await under.admin.query("update push.broadcasts set state = 'running'");
      expect(await claim()).toHaveLength(1);
    });

    it('never grants more recipients in a second than the budget', async () => {
      await under.admin.query('update push.projects set rate_budget = 60, rate_burst = 20, bucket_level = 20, bucket_at = now()');
      for (let i = 0; i < 40; i++) await publish({ recipients: 5 });
      const grants: { at: number; n: number }[] = [];
      const until = performance.now() + 1500;
      while (performance.now() < until) {
        const engine = grants.length % 2 === 0 ? under.engine : under.other;
        for (const lease of await claim(3, [1], engine)) {
          const [row] = await under.admin.query<{ at: Date }>('select clock_timestamp() as at');
          grants.push({ at: row?.at.getTime() ?? 0, n: lease.recipients });
        }
      }
      for (const { at } of grants) {
        const window = grants.filter((grant) => grant.at >= at && grant.at < at + 990).reduce((sum, grant) => sum + grant.n, 0);
        expect(window).toBeLessThanOrEqual(60);
      }
      expect(grants.length).toBeGreaterThan(4);
    });

    it('records what became of each delivery, and forgets the chunk', async () => {
      await publish({ recipients: 3 });
      const [lease] = await claim();
      if (lease === undefined) throw new Error('nothing claimed');
      const kept = await under.engine.complete(under.database, [
        {
          ...result(lease, { to: 'accepted', ticketId: 't' }),
          items: [
            { to: 'accepted', ticketId: 'ticket' },
            { to: 'failed', code: 'DeviceNotRegistered' },
            { to: 'accepted', ticketId: null },
          ],
        },
      ]);
      expect(kept).toEqual(new Set([lease.chunkId]));
      expect(await recorded()).toEqual([
        { state: 10, n: 2 },
        { state: 30, n: 1 },
        { state: 34, n: 1 },
      ]);
      expect(await under.engine.depth()).toEqual([]);
      expect(await under.admin.query('select n, ticket_ids from push.receipt_batches')).toEqual([{ n: 1, ticket_ids: ['ticket'] }]);
    });

    it('shuts out a worker whose lease was taken over', async () => {
      await publish();
      const [stale] = await claim();
      if (stale === undefined) throw new Error('nothing claimed');
      await expireLeases();
      const [heir] = await under.other.claimExpiredLeases(10, LEASE_SECONDS, 'heir');
      if (heir === undefined) throw new Error('nothing recovered');
      expect(heir.epoch).toBe(stale.epoch + 1);
      expect(await under.engine.complete(under.database, [result(stale, { to: 'failed', code: 'STALE' })])).toEqual(new Set());
      expect(await under.engine.retry([stale], { delayMs: 0, burnsAttempt: false, attempt: notSent })).toEqual(new Set());
      expect(await under.engine.extend([stale], 60)).toEqual([]);
      expect(await recorded()).toEqual([]);
      expect(await under.other.complete(under.database, [result(heir, { to: 'accepted', ticketId: 'x' })])).toEqual(
        new Set([heir.chunkId]),
      );
    });

    it('tells who never heard how a commit ended what it has settled, and waits for one that is under way', async () => {
      await publish();
      await publish();
      await publish();
      const [mine, foreign, open] = await claim();
      if (mine === undefined || foreign === undefined || open === undefined) throw new Error('too little claimed');
      const ended = (lease: LeasedChunk): ChunkResult => result(lease, { to: 'failed', code: 'TEST' });
      await expireLeases();
      await under.admin.query("update push.chunks set lease_until = now() + interval '1 hour' where id = any ($1)", [
        [mine.chunkId, open.chunkId],
      ]);
      const [heir] = await under.other.claimExpiredLeases(10, LEASE_SECONDS, 'heir');
      if (heir === undefined) throw new Error('nothing recovered');
      await under.other.complete(under.database, [ended(heir)]);
      const all = [mine, foreign, open].map(ended);
      const settled = () => under.database.transaction((tx) => under.engine.settled(tx, all));
      expect(await settled()).toEqual(new Set());
      const asked = await under.database.transaction(async (tx) => {
        await under.engine.complete(tx, [ended(mine)]);
        const answer = settled();
        await vi.waitFor(async () => expect(await under.admin.query(waiting)).toHaveLength(1));
        return { answer };
      });
      // Somebody else's outcome is not this lease's.
      expect(await asked.answer).toEqual(new Set([mine.chunkId]));
      expect(await under.engine.complete(under.database, [ended(open)])).toEqual(new Set([open.chunkId]));
    });

    it('gives a whole chunk back, due later, under the same id', async () => {
      const id = await publish();
      const leases = await claim();
      expect(await under.engine.retry(leases, { delayMs: 60_000, burnsAttempt: true, attempt: notSent })).toEqual(new Set([id]));
      expect(await claim()).toEqual([]);
      await under.admin.query('update push.chunks set due_at = now()');
      expect(await claim()).toMatchObject([{ chunkId: id, attempt: 1, epoch: 2 }]);
    });

    it('moves parts of a chunk into chunks of their own', async () => {
      await publish({ recipients: 4 });
      const [lease] = await claim();
      if (lease === undefined) throw new Error('nothing claimed');
      const back = (group: number, resent: boolean): ItemResult => ({ to: 'queued', code: 'PART', group, resent });
      const group = { delayMs: 0, attempt: 1, crashRecoveries: 0, projectId: 1 };
      await under.engine.complete(under.database, [
        {
          lease,
          attempt: answered,
          items: [back(0, false), back(1, true), { to: 'accepted', ticketId: 'x' }, back(1, true)],
          groups: [group, { ...group, attempt: 2 }],
          tokensLost: 0,
        },
      ]);
      const parts = await claim();
      expect(parts.map((part) => [part.recipients, part.attempt]).sort()).toEqual([
        [1, 1],
        [2, 2],
      ]);
      // What may have been sent before says so in its history; what was not goes back without a word.
      expect(await recorded()).toEqual([
        { state: 1, n: 2 },
        { state: 10, n: 1 },
      ]);
      const [resent] = await under.admin.query("select sum(n)::int as n from push.ledger_entries where item = 'resent_unknown'");
      expect(resent).toEqual({ n: 2 });
    });

    it('finds chunks again that come back below its low-water mark', async () => {
      await publish();
      const [lease] = await claim();
      if (lease === undefined) throw new Error('nothing claimed');
      for (let i = 0; i < 5; i++) {
        await publish({ dueInSeconds: 0 });
        await claim();
      }
      const late = await publish({ dueInSeconds: -3600 });
      await expect
        .poll(() => claim().then((leases) => leases.map(({ chunkId }) => chunkId)), { timeout: 10_000, interval: 100 })
        .toEqual([late]);
    });

    it('holds a lease for longer while it is its own', async () => {
      await publish();
      const leases = await claim();
      expect(await under.engine.extend(leases, 120)).toHaveLength(1);
      await expireLeases();
      expect(await under.engine.extend(leases, 120)).toEqual([]);
    });
  });
}
