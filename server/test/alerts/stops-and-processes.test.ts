/** Alerts about switches, processes, clocks and the alerts themselves: each is provoked, seen, and ended as its page of the manual says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.js';
import { connectDatabase } from '../../src/database/connect-database.js';
import { silentLogger } from '../../src/logging/logger.js';
import { MessageWriter } from '../../src/monitoring/alerts/message/message-writer.js';
import { NoticeSender } from '../../src/monitoring/alerts/notice-sender.js';
import { webhookKey } from '../../src/monitoring/alerts/routes/sign-webhook.js';
import { webhookRoute } from '../../src/monitoring/alerts/routes/webhook-route.js';
import { autoRecovery } from '../../src/operations/auto-recovery.js';
import { ControlPanel } from '../../src/operations/controls.js';
import { NotificationQueueManager } from '../../src/operations/notification-queue-manager.js';
import { LiveTuning } from '../../src/performance/live-tuning.js';
import { NotificationPerformanceOptimizer } from '../../src/performance/notification-performance-optimizer.js';
import { PushTokenManager } from '../../src/tokens/push-token-manager.js';
import { beat, startHeartbeat } from '../../src/workers/heartbeat.js';
import { AlertScene } from '../support/alert-scene.js';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let scene: AlertScene;
let receiver: HttpReceiver;
const by = { actor: 'cli:tester', reason: 'a test' };
const log = silentLogger;

beforeAll(async () => {
  spine = await Spine.start();
  receiver = await startHttpReceiver();
  scene = new AlertScene(spine.database, [{ route: 'webhook', minSeverity: 'page', target: '127.0.0.1' }]);
});
afterAll(async () => {
  await receiver.close();
  await spine.close();
});

function heartbeat(id: string, skewMs = 0): { stop(): Promise<void> } {
  const identity = { id, host: 'host', pid: 1, roles: ['worker'], version: '1' };
  const clock = { ...systemClock, now: () => new Date(Date.now() + skewMs) };
  return startHeartbeat({ database: spine.database, clock, log, identity, load: () => null, caches: () => ({}) });
}

it('no-worker-alive: all have ended, until one is started', async () => {
  expect(await scene.fires('no-worker-alive')).toMatchObject({ severity: 'page', value: 0 });
  const worker = heartbeat('worker-1');
  await scene.ends('no-worker-alive');
  await worker.stop();
});

it('worker-silent: one was killed, until one of its name answers', async () => {
  const killed = { id: 'worker-9', host: 'host', pid: 1, roles: ['worker'], version: '1' };
  await beat(spine.database, killed);
  await spine.admin.query(`update push.workers set heartbeat_at = now() - interval '61 seconds' where id = 'worker-9'`);
  expect(await scene.fires('worker-silent', 'worker-9')).toMatchObject({ severity: 'warn', value: 1 });
  await beat(spine.database, killed);
  await scene.ends('worker-silent', 'worker-9');
});

it('clock-skew: a clock is five seconds ahead, until it is set', async () => {
  const wrong = heartbeat('worker-8', 5_000);
  const { severity, value } = await scene.fires('clock-skew', 'worker-8');
  expect({ severity, about: Math.round((value ?? 0) / 1_000) }).toEqual({ severity: 'warn', about: 5 });
  await wrong.stop();
  const right = heartbeat('worker-8');
  await scene.ends('clock-skew', 'worker-8');
  await right.stop();
});

it('paused-long: forgotten, until it is resumed', async () => {
  await scene.setRule('paused-long', { threshold: 50 });
  const panel = new ControlPanel(spine.database);
  await panel.pause(by);
  const { value, severity } = await scene.fires('paused-long');
  expect(value).toBeGreaterThan(50);
  expect(severity).toBe('warn');
  await panel.resume(by);
  await scene.ends('paused-long');
});

it('emergency-long: forgotten, until it is ended', async () => {
  const panel = new ControlPanel(spine.database);
  await panel.emergencyStop(by);
  expect(await scene.fires('emergency-long')).toMatchObject({ severity: 'page', value: 1 });
  await panel.emergencyResume(by);
  await scene.ends('emergency-long');
});

it('recovery-failed: the database did not answer a step, until it is run again', async () => {
  const impatient = connectDatabase({
    url: spine.url,
    role: 'todoku_worker',
    maxConnections: 2,
    applicationName: 'test',
    statementTimeoutMs: 500,
    log,
  });
  const defaults = { slots: 8, chunkSize: 100 };
  const tuning = new LiveTuning({ database: impatient, defaults, log });
  const optimizer = new NotificationPerformanceOptimizer({ database: impatient, tuning, defaults, log });
  const queue = new NotificationQueueManager({ database: impatient, optimizer, chunkSize: () => 100 });
  const tokens = new PushTokenManager({ database: impatient, keyring: spine.keyring, providers: [], log });
  const recover = () => autoRecovery({ database: impatient, queue, tokens, log }, by);

  const failed = await spine.admin.transaction(async (tx) => {
    await tx.query('lock table push_tokens in access exclusive mode');
    return await recover();
  });
  expect(failed.steps.at(-1)).toMatchObject({ step: 'validate_tokens', ok: false });
  expect(await scene.fires('recovery-failed')).toMatchObject({ severity: 'page', value: 1 });
  expect(await recover()).toMatchObject({ ok: true });
  await scene.ends('recovery-failed');
  await impatient.close();
});

it('alerts-undeliverable: a route refuses, until it takes them', async () => {
  const key = webhookKey(`whsec_${Buffer.alloc(32, 3).toString('base64')}`);
  if (key === null) throw new Error('no key');
  const writer = new MessageWriter('en', 'https://push.example.com');
  const route = webhookRoute({ url: receiver.url, key, minSeverity: 'page', writer, clock: systemClock });
  const sender = new NoticeSender({ database: spine.database, route, random: Math.random, log });
  receiver.answer = (response) => response.writeHead(503).end('later');
  const sendAll = async (): Promise<void> => {
    await spine.admin.query(`update push.alert_notices set due_at = now() where state = 'waiting'`);
    while (await sender.work());
  };
  await sendAll();
  const { severity, value } = await scene.fires('alerts-undeliverable', 'webhook');
  expect(severity).toBe('page');
  expect(value).toBeGreaterThanOrEqual(1);
  receiver.answer = (response) => response.writeHead(204).end();
  await sendAll();
  await scene.ends('alerts-undeliverable', 'webhook');
  const bodies = receiver.received.map(({ body }) => body).join();
  expect(bodies).toContain('https://push.example.com/manual/en/alerts.md#no-worker-alive');
  expect(bodies).toContain('todoku status');
});
