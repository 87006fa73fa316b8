import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publishChunk } from '../../test/support/chunks.js';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { LiveTuning } from './live-tuning.js';
import { NotificationPerformanceOptimizer } from './notification-performance-optimizer.js';
import type { ProcessStats } from './process-stats.js';

const defaults = { slots: 12, chunkSize: 100 };
const by = { actor: 'cli:kim', reason: 'a test' };
let db: TestDatabase;
const tunings: LiveTuning[] = [];
let optimizer: NotificationPerformanceOptimizer;
let elsewhere: NotificationPerformanceOptimizer;

beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query('update push.projects set rate_budget = null');
  const make = async (): Promise<NotificationPerformanceOptimizer> => {
    const tuning = new LiveTuning({ database: db.database, defaults, log: silentLogger });
    await tuning.start();
    tunings.push(tuning);
    const own = { id: 'here', caches: () => ({ notifications: cached, settings: noCacheStats, tokens: noCacheStats }) };
    return new NotificationPerformanceOptimizer({ database: db.database, tuning, defaults, log: silentLogger, own });
  };
  optimizer = await make();
  elsewhere = await make();
});
afterAll(async () => {
  for (const tuning of tunings) await tuning.stop();
  await db.close();
});

const noCacheStats = { hits: 0, misses: 0, evictions: 0, size: 0 };
const cached = { hits: 30, misses: 10, evictions: 4, size: 7 };

async function heartbeat(id: string, roles: readonly string[], stats: Partial<ProcessStats>): Promise<void> {
  await db.admin.query(
    `insert into push.workers (id, host, pid, roles, version, stats) values ($1, 'h', 1, $2, '0', $3)
     on conflict (id) do update set stats = excluded.stats, heartbeat_at = now()`,
    [id, roles, JSON.stringify(stats)],
  );
}

const attempts = (count: number, durationMs: number, status: number): Promise<unknown> =>
  db.admin.query(
    `insert into push.attempts (chunk_id, epoch, project_id, lane, worker, at, duration_ms, recipients, outcome, http_status)
     select nr, 1, 1, 1, 'w', clock_timestamp() - interval '10 seconds', $2, 100, case when $3 = 200 then 'answered' else 'retry' end, $3 from generate_series(1, $1) nr`,
    [count, durationMs, status],
  );

const busy = { load: { slots: 12, busy: 8, saturation: 0.8, claimMs: 4 }, loopLagMs: 3, cpuShare: 0.4 };

it('tells of an empty system that there is nothing to tell by', async () => {
  expect(await optimizer.getPerformanceMetrics()).toMatchObject({
    averageResponseTime: null,
    cacheHitRate: null,
    queueDepth: 0,
    throughput: 0,
    eventLoopLag: null,
    processes: [],
    tuning: { slots: 12, chunkSize: 100 },
  });
  expect([await optimizer.getCacheSize(), await optimizer.getEvictionCount()]).toEqual([0, 0]);
  expect(await optimizer.adjustConfigBasedOnPerformance(by)).toMatchObject({ changed: false, after: { slots: 12 } });
});

it('tells of all processes together, of its own as it is now', async () => {
  await heartbeat('here', ['api'], { loopLagMs: 1, cpuShare: 0.1, caches: { settings: cached } });
  await heartbeat('there', ['api', 'worker'], {
    ...busy,
    loopLagMs: 9,
    caches: { tokens: { hits: 0, misses: 10, evictions: 1, size: 3 } },
  });
  await attempts(10, 200, 200);
  const metrics = await optimizer.getPerformanceMetrics();
  expect(metrics).toMatchObject({ averageResponseTime: 200, cacheHitRate: 0.6, eventLoopLag: 9, systemLoad: 0.4, claimTime: 4 });
  expect(metrics.responseTime).toEqual({ p50: 200, p95: 200, p99: 200, requests: 10 });
  expect(metrics.throughput).toBeCloseTo(1000 / 300);
  expect(metrics.caches.tokens).toMatchObject({ hitRate: 0, size: 3 });
  expect([await optimizer.getCacheSize(), await optimizer.getEvictionCount()]).toEqual([10, 5]);
});

it('adds slots while deliveries wait for them, one step in ten seconds however many ask, and explains it', async () => {
  await attempts(20, 2000, 200);
  for (let i = 0; i < 200; i++) await publishChunk(db.admin, { recipients: 100 });
  await db.admin.query(`update push.chunks set due_at = now() - interval '1 minute'`);
  const steps = await Promise.all([optimizer, elsewhere, optimizer].map((one) => one.adjustWhenDue()));
  expect(steps).toEqual([null, null, null]);
  await db.admin.query('update push.tuning set stepped_at = null');
  const again = await Promise.all([optimizer, elsewhere, optimizer].map((one) => one.adjustWhenDue()));
  expect(again.filter((step) => step !== null)).toMatchObject([{ changed: true, before: { slots: 12 }, after: { slots: 24 } }]);
  await vi.waitFor(() => expect(tunings.map((tuning) => tuning.current().slots)).toEqual([24, 24]));
  const { history, set } = await elsewhere.overview(5);
  expect(set.slots).toBe(24);
  expect(history[0]).toMatchObject({
    actor: 'todoku',
    before: { slots: null },
    after: { slots: 24 },
    measurements: { workers: 1, saturation: 0.8 },
  });
  expect(history[0]?.reason).toMatch(/20000 deliveries wait.*12 → 24 slots/);
});

it('does not add slots that the rate budget would not let work, nor while it is paused', async () => {
  const now = async () => (await optimizer.adjustConfigBasedOnPerformance(by)).reason;
  await db.admin.query('update push.projects set rate_budget = 101, rate_burst = 100');
  expect(await now()).toContain('nothing waits for a slot');
  await db.admin.query('update push.projects set rate_budget = null; update push.controls set paused = true');
  expect(await now()).toContain('nothing waits for a slot');
  await db.admin.query('update push.controls set paused = false');
});

it('backs off when the provider refuses, on request as well, and that is audited', async () => {
  await attempts(5, 5, 429);
  await optimizer.change({ controller: false }, by);
  expect(await optimizer.adjustWhenDue()).toBeNull();
  const step = await optimizer.adjustConfigBasedOnPerformance(by);
  expect(step).toMatchObject({ changed: true, before: { slots: 24 }, after: { slots: 14 }, measurements: { refused: 5 } });
  const [act] = await db.admin.query(`select actor, reason, details from push.audit where action = 'tuning.adjust' order by seq desc`);
  expect(act).toMatchObject({ actor: 'cli:kim', reason: 'a test', details: { before: { slots: 24 }, after: { slots: 14 } } });
});

it('takes the chunk size that was found, and refuses one that no request may have', async () => {
  const size = optimizer.optimizeBatchSize(600, 200, 0);
  expect(await optimizer.applyBatchSize(size)).toMatchObject({ chunkSize: 50 });
  await vi.waitFor(() => expect(tunings[1]?.current().chunkSize).toBe(50));
  await expect(optimizer.applyBatchSize(1000)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'chunkSize' });
});

it('lets cache configs be assigned, and stores them for all processes', async () => {
  const { notifications } = optimizer.cacheConfigs;
  expect(notifications.ttl).toBe(30_000);
  notifications.ttl *= 1.5;
  notifications.ttl *= 1.5;
  optimizer.cacheConfigs.tokens.enabled = false;
  expect([notifications.ttl, optimizer.cacheConfigs.tokens.enabled]).toEqual([67_500, false]);
  await optimizer.flush();
  await vi.waitFor(() => expect(elsewhere.cacheConfigs.tokens.enabled).toBe(false));
  expect(inspect(elsewhere.cacheConfigs.notifications)).toBe('{ ttl: 67500, maxSize: 50000, enabled: true }');
  const acts = await db.admin.query(`select reason from push.audit where action = 'tuning.change' and reason like '%cacheConfigs'`);
  expect(acts).toHaveLength(3);
});

it.each<[string, unknown]>([
  ['ttl', Number.NaN],
  ['ttl', -1],
  ['ttl', '60000'],
  ['ttl', null],
  ['maxSize', 0],
  ['maxSize', Number.POSITIVE_INFINITY],
  ['enabled', 'no'],
])('refuses %s = %s at once, and changes nothing', async (field, value) => {
  const before = { ...elsewhere.cacheConfigs.settings };
  expect(() => Object.assign(optimizer.cacheConfigs.settings, { [field]: value })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', path: `cacheConfigs.settings.${field}` }),
  );
  await optimizer.flush();
  expect({ ...optimizer.cacheConfigs.settings }).toEqual(before);
});
