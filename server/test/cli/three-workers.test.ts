/** The whole system as it runs in production: one process that answers, three that work. Whoever is asked speaks of all, whoever acts acts on all. */
import type { ChildProcess } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { silentLogger } from '../../src/logging/logger.js';
import { PolicyManager } from '../../src/planning/policy-manager.js';
import { ApiKeys } from '../../src/security/api-keys.js';
import { buildCli, type TestCli } from '../support/cli.js';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.js';
import { Spine, type TestUser } from '../support/spine.js';

const jwtSecret = 'a-shared-secret-of-more-than-32-characters';
const workers = ['worker-1', 'worker-2', 'worker-3'] as const;
const by = { actor: 'cli:tester', reason: 'a test' };
const patience = { timeout: 100_000, interval: 50 };

let spine: Spine;
let cli: TestCli;
let collector: OtlpReceiver;
let folder: string;
let api: string;
let users: TestUser[];
const processes = new Map<string, ChildProcess>();

beforeAll(async () => {
  spine = await Spine.start();
  [cli, collector, folder] = await Promise.all([buildCli(spine.url), startOtlpReceiver(), mkdtemp(join(tmpdir(), 'todoku-three-'))]);
  // A failure at the receipt is one for good, so that there is something to retry.
  await new PolicyManager(spine.database).change({ maxAttempts: 1 }, by);
  await spine.admin.query('update push.tuning set controller = false, chunk_size = 2');
  users = await spine.users(100);
  for (const name of workers) serve(name, { TODOKU_ROLES: 'worker' });
  const door = serve('api-1', { TODOKU_ROLES: 'api', PORT: '0', SUPABASE_JWT_SECRET: jwtSecret });
  let said = '';
  door.stdout?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  api = await vi.waitFor(() => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? Promise.reject(new Error(said)), patience);
  await vi.waitFor(async () => expect(await alive()).toEqual(['api-1', ...workers]), patience);
}, 300_000);
afterAll(async () => {
  for (const child of processes.values()) child.kill('SIGKILL');
  await collector.close();
  await cli.close();
  await spine.close();
  await rm(folder, { recursive: true });
});

function serve(name: string, env: Readonly<Record<string, string>>): ChildProcess {
  const all = {
    TODOKU_INSTANCE: name,
    TODOKU_DATA_DIR: join(folder, name),
    EXPO_BASE_URL: spine.simulator.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  const polls = { TODOKU_RECEIPT_DELAY_SECONDS: '0', TODOKU_RECEIPT_POLL_MS: '100', TODOKU_REQUEST_DEADLINE_MS: '15000' };
  const child = cli.start(['serve'], { ...all, ...polls, ...env });
  child.stderr.resume();
  child.stdout.resume();
  processes.set(name, child);
  return child;
}

async function alive(): Promise<string[]> {
  const rows = await spine.admin.query<{ id: string }>('select id from push.workers where stopped_at is null order by id');
  return rows.map(({ id }) => id);
}

/** Runs code at the prompt, in a fifth process. Returns what it printed. */
async function atThePrompt<T>(code: string): Promise<T> {
  const result = await cli.run(['repl', '--eval', code], { env: { EXPO_BASE_URL: spine.simulator.url } });
  expect(result.err).toBe('');
  return result.json<T>();
}

async function notifyAll(title: string): Promise<void> {
  await spine.admin.query(
    `insert into notifications (user_id, type, title) select u, 'reminder', $2 || i from unnest($1::uuid[]) u, generate_series(1, 3) i`,
    [users.map(({ id }) => id), title],
  );
}

const count = async (sql: string): Promise<number> => (await spine.admin.query<{ n: number }>(sql))[0]?.n ?? Number.NaN;
const onTheWire = (): Promise<number> => count('select count(*)::int as n from push.chunks where state = 2');
const accepted = (): number => spine.simulator.control.stats().accepted;

async function unread(userId: string): Promise<unknown> {
  const token = await new SignJWT({ role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(userId)
    .setAudience('authenticated')
    .setExpirationTime('1h')
    .sign(createSecretKey(jwtSecret, 'utf8'));
  const answer = await fetch(`${api}/v1/inbox/unread-count`, { headers: { authorization: `Bearer ${token}` } });
  return await answer.json();
}

describe('four processes on one database', () => {
  it('share the work, and every manager tells of all of it', { timeout: 240_000 }, async () => {
    const [first] = users;
    expect(await unread(first?.id ?? '')).toEqual({ unread: 0 });
    expect(await unread(first?.id ?? '')).toEqual({ unread: 0 });
    for (const { tokens } of users.slice(0, 3)) spine.simulator.control.setToken(tokens[0] ?? '', { behaviour: 'provider_error' });
    spine.simulator.control.change({ latencyMs: 100 });
    await notifyAll('first ');
    await spine.settles(60_000);
    const shares = await spine.admin.query<{ worker: string }>('select distinct worker from push.attempts order by worker');
    expect(shares.map(({ worker }) => worker)).toEqual([...workers]);
    // What the workers planned is no secret to the caches of the process that answers.
    await vi.waitFor(async () => expect(await unread(first?.id ?? '')).toEqual({ unread: 3 }), patience);
    const hits = `select (stats #>> '{caches,notifications,hits}')::int as n from push.workers where id = 'api-1'`;
    await vi.waitFor(async () => {
      await unread(first?.id ?? '');
      expect(await count(hits)).toBeGreaterThan(0);
    }, patience);

    const seen = await atThePrompt<Looked>(look);
    const requests = await count(`select count(*)::int as n from push.attempts where outcome <> 'not_sent'`);
    expect(seen).toMatchObject({
      workers: 3,
      alive: 3,
      ended: 300,
      errors: { ProviderError: 9 },
      requests,
      processes: ['api-1', ...workers],
      stats: { outbox: 0, queueSize: 0, paused: false },
      check: { database: { status: 'ok' }, queueService: { status: 'ok' } },
    });
    expect(seen.hitRate).toBeGreaterThan(0);
    expect(seen.step).toContain('slots');
    const scrape = await (await fetch(`${api}/metrics`)).text();
    for (const line of ['todoku_deliveries_total 300', 'todoku_deliveries_ended_total{state="failed"} 9', 'todoku_ledger_unaccounted 0']) {
      expect(scrape.split('\n')).toContain(line);
    }
  });

  it('retry together what failed', { timeout: 120_000 }, async () => {
    spine.simulator.control.clearTokens();
    const before = accepted();
    expect(await atThePrompt('console.log(JSON.stringify(await notificationQueueManager.retryFailedNotifications()))')).toMatchObject({
      deliveries: 9,
    });
    await spine.settles(60_000);
    expect(accepted() - before).toBe(9);
    expect(await spine.ledger()).toMatchObject({ deliveries: 300, 'state:accepted_by_platform': 300 });
  });

  it('all work with what one changes', { timeout: 120_000 }, async () => {
    // The controller's step has moved it.
    await spine.admin.query('update push.tuning set chunk_size = 1');
    expect((await cli.run(['tuning', 'set', 'slots', '3', '--reason', 'a test'])).exitCode).toBe(0);
    const slots = `select count(*)::int as n from push.workers where (stats #>> '{load,slots}')::int = 3`;
    await vi.waitFor(async () => expect(await count(slots)).toBe(3), patience);
  });

  it('all stop for a pause and for an emergency, and all go on', { timeout: 600_000 }, async () => {
    for (const [stop, go] of [
      ['notificationQueueManager.pauseProcessing()', 'notificationQueueManager.resumeProcessing()'],
      ['notificationService.emergencyShutdown()', 'notificationService.emergencyResume()'],
    ] as const) {
      // 300 requests, six at a time: two and a half minutes, in which a process starts wherever it is.
      spine.simulator.control.change({ latencyMs: 3_000 });
      const before = accepted();
      await notifyAll(stop);
      await vi.waitFor(() => expect(accepted()).toBeGreaterThan(before), patience);
      await atThePrompt(`console.log(JSON.stringify(await ${stop}))`);
      await vi.waitFor(async () => expect(await onTheWire()).toBe(0), patience);
      const stopped = accepted();
      const stats = await atThePrompt<{ queueSize: number; waiting: unknown[] }>(
        'console.log(JSON.stringify(await notificationQueueManager.getDetailedQueueStats()))',
      );
      expect(stats.queueSize).toBeGreaterThan(0);
      expect(stats.waiting).toMatchObject([{ explanation: 'stopped' }]);
      expect(await onTheWire()).toBe(0);
      expect(accepted()).toBe(stopped);
      spine.simulator.control.change({ latencyMs: 0 });
      await atThePrompt(`console.log(JSON.stringify(await ${go}))`);
      await spine.settles(60_000);
      expect(accepted() - before).toBe(300);
    }
  });

  it('follow one notification through two of them, and end in order', { timeout: 120_000 }, async () => {
    const keys = new ApiKeys({ database: spine.database, clock: systemClock, log: silentLogger });
    const { text } = await keys.create({ name: 'app', scopes: ['send'] }, by);
    const trace = randomBytes(16).toString('hex');
    const answer = await fetch(`${api}/v1/notifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json', traceparent: `00-${trace}-${'1'.repeat(16)}-01` },
      body: JSON.stringify({ userId: users[50]?.id, type: 'reminder', title: 'traced' }),
    });
    expect(answer.status).toBe(202);
    await spine.settles(60_000);
    const ended = [...processes.values()].map((child) => once(child, 'exit'));
    for (const child of processes.values()) child.kill('SIGTERM');
    expect((await Promise.all(ended)).map(([code]) => code as unknown)).toEqual([0, 0, 0, 0]);
    const names = collector
      .spans()
      .filter((span) => span.traceId === trace)
      .map(({ name }) => name);
    expect(names.sort()).toEqual(['todoku.deliver', 'todoku.intake', 'todoku.plan', 'todoku.receipts']);
    expect(await alive()).toEqual([]);
  });
});

interface Looked {
  readonly hitRate: number;
  readonly step: string;
}

const look = `
const health = await notificationMonitoringManager.getSystemHealth();
const metrics = await notificationMonitoringManager.getCurrentMetrics();
const stats = await notificationQueueManager.getDetailedQueueStats();
const errors = await notificationErrorHandler.getErrorStats();
const performance = await notificationPerformanceOptimizer.getPerformanceMetrics();
const step = await notificationPerformanceOptimizer.adjustConfigBasedOnPerformance();
const { checks: check } = await healthCheck();
const success = metrics.figures.find(({ name }) => name === 'delivery_success_rate');
console.log(JSON.stringify({
  workers: health.checks.workers_alive.value, alive: metrics.activeWorkers, ended: success.samples, errors: errors.errorsByType,
  requests: performance.responseTime.requests, processes: performance.processes.map(({ id }) => id).sort(), hitRate: performance.cacheHitRate,
  step: step.reason, stats: { outbox: stats.outbox, queueSize: stats.queueSize, paused: stats.paused }, check,
}));
`;
