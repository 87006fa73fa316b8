/** Alerts about what waits on its way: each is provoked, seen, and ended as its page of the manual says. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../src/database/database-error.js';
import { silentLogger } from '../../src/logging/logger.js';
import { ControlPanel } from '../../src/operations/controls.js';
import { LiveTuning } from '../../src/performance/live-tuning.js';
import { NotificationPerformanceOptimizer } from '../../src/performance/notification-performance-optimizer.js';
import { AlertScene } from '../support/alert-scene.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let scene: AlertScene;
let tuning: LiveTuning;
const by = { actor: 'cli:tester', reason: 'a test' };
const defaults = { slots: 30, chunkSize: 100 };

beforeAll(async () => {
  spine = await Spine.start({ tuning: () => tuning, worker: { requestDeadlineMs: 15_000 } });
  tuning = new LiveTuning({ database: spine.database, defaults, log: silentLogger });
  await tuning.start();
  scene = new AlertScene(spine.database);
});
afterEach(async () => {
  spine.simulator.control.clearFaults();
  spine.simulator.control.change({ accessToken: null, latencyMs: 0 });
  await spine.settles();
  await spine.stopWorkers();
});
afterAll(async () => {
  await tuning.stop();
  await spine.close();
});

it('oldest-item-stuck, queue-backlog: too few slots and chunks that are too small, until these are the defaults again', async () => {
  const optimizer = new NotificationPerformanceOptimizer({ database: spine.database, tuning, defaults, log: silentLogger });
  await optimizer.change({ slots: 1, chunkSize: 1 }, by);
  await vi.waitFor(() => expect(tuning.current()).toMatchObject({ slots: 1, chunkSize: 1 }));
  await scene.setRule('oldest-item-stuck', { threshold: 500, clearThreshold: 100 });
  spine.simulator.control.change({ latencyMs: 400 });
  const users = await spine.users(20);
  await spine.admin.query(
    `insert into notifications (user_id, type, title) select u, 'reminder', 'no. ' || i from unnest($1::uuid[]) u, generate_series(1, 6) i`,
    [users.map(({ id }) => id)],
  );
  await spine.worker();
  const waiting = await scene.fires('queue-backlog');
  expect(waiting.value).toBeGreaterThan(50);
  expect(waiting.severity).toBe('warn');
  const oldest = await scene.fires('oldest-item-stuck');
  expect(oldest.value).toBeGreaterThan(500);
  expect(oldest.severity).toBe('page');
  await optimizer.change({ slots: null, chunkSize: null }, by);
  await scene.ends('queue-backlog');
  await scene.ends('oldest-item-stuck');
});

it('outbox-stuck: somebody holds a lock, until that session is ended', async () => {
  await scene.setRule('outbox-stuck', { threshold: 300, clearThreshold: 100 });
  await spine.worker();
  const user = await spine.user();
  let taken = (): void => undefined;
  const locked = new Promise<void>((resolve) => {
    taken = resolve;
  });
  const holder = spine.admin.transaction(
    async (tx) => {
      await tx.query('lock table push.decisions in access exclusive mode');
      taken();
      await tx.query('select pg_sleep(60)');
    },
    { retries: 0 },
  );
  const ended = expect(holder).rejects.toBeInstanceOf(DatabaseError);
  await locked;
  const id = await spine.notify(user.id);
  const { value, severity } = await scene.fires('outbox-stuck');
  expect(value).toBeGreaterThan(300);
  expect(severity).toBe('page');
  await spine.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`,
  );
  await ended;
  await scene.ends('outbox-stuck');
  await spine.reaches(id, 'accepted_by_platform');
});

it('breaker-open: the credentials are refused, until they are right and a probe is answered', async () => {
  spine.simulator.control.change({ accessToken: 'another' });
  await spine.worker();
  const id = await spine.notify((await spine.user()).id);
  expect(await scene.fires('breaker-open', 'expo/default')).toMatchObject({ severity: 'page', value: 1 });
  expect(await spine.admin.query('select breaker_reason from push.projects where id = 1')).toEqual([{ breaker_reason: 'UNAUTHORIZED' }]);
  spine.simulator.control.change({ accessToken: null });
  // A minute passes.
  await spine.admin.query('update push.projects set breaker_probe_at = now()');
  await scene.ends('breaker-open', 'expo/default');
  await spine.reaches(id, 'accepted_by_platform');
});

it('receipts-expiring: Expo gives none, until it does', async () => {
  spine.simulator.control.addFault({ kind: 'status_503', endpoint: 'receipts', times: null });
  await spine.worker();
  const id = await spine.notify((await spine.user()).id);
  await spine.reaches(id, 'accepted_by_expo');
  // Twenty-one hours pass.
  await spine.admin.query(`update push.receipt_batches set sent_at = sent_at - interval '21 hours'`);
  expect(await scene.fires('receipts-expiring')).toMatchObject({ severity: 'page', value: 1 });
  spine.simulator.control.clearFaults();
  // It is asked for again within the minute.
  await vi.waitFor(
    async () => {
      await spine.admin.query('update push.receipt_batches set due_at = now() where lease_until is null');
      expect((await spine.deliveries(id)).at(-1)).toMatchObject({ state: 'accepted_by_platform' });
    },
    { interval: 100 },
  );
  await scene.ends('receipts-expiring');
});

it('ledger-unaccounted: somebody took a row out of an inner table, until it is back', async () => {
  const panel = new ControlPanel(spine.database);
  await panel.pause(by);
  await spine.worker();
  const id = await spine.notify((await spine.user()).id);
  await vi.waitFor(async () => expect(await spine.admin.query('select from push.chunks')).toHaveLength(1));
  await spine.admin.query('create table push.taken as select * from push.chunks');
  await spine.admin.query('delete from push.chunks');
  expect(await scene.fires('ledger-unaccounted')).toMatchObject({ severity: 'page', value: 1 });
  await spine.admin.query('insert into push.chunks overriding system value select * from push.taken');
  await spine.admin.query('drop table push.taken');
  await scene.ends('ledger-unaccounted');
  await panel.resume(by);
  await spine.reaches(id, 'accepted_by_platform');
});
