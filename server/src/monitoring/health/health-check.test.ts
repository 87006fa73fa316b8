import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../../test/support/spine.js';
import { beat } from '../../workers/heartbeat.js';
import { NotificationMonitoringManager } from '../notification-monitoring-manager.js';
import { healthCheck } from './health-check.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(async () => {
  await spine.close();
});

const identity = { id: 'w1', host: 'h', pid: 1, roles: ['worker'], version: '0' };
const manager = (): NotificationMonitoringManager => new NotificationMonitoringManager(spine.database);

test('every part is looked at, and what is wrong is named', async () => {
  const parts = { database: spine.database, providers: [spine.provider()] };
  const alone = await healthCheck(parts);
  expect(alone).toMatchObject({
    status: 'unhealthy',
    checks: {
      database: { status: 'ok' },
      pushService: { status: 'ok', detail: { en: 'answers', ja: '応答あり' } },
      queueService: { status: 'failed', detail: { en: 'Workers that are alive: 0', ja: expect.stringMatching(/ワーカー.*: 0/) } },
      cacheService: { status: 'ok' },
    },
  });
  await beat(spine.database, identity);
  expect(await healthCheck(parts)).toMatchObject({ status: 'healthy', checks: { queueService: { detail: { en: 'running' } } } });
  await spine.admin.query("update push.projects set breaker_state = 'open', breaker_reason = 'UNAUTHORIZED' where id = 1");
  expect(await healthCheck(parts)).toMatchObject({
    status: 'unhealthy',
    checks: {
      pushService: {
        status: 'failed',
        detail: {
          en: expect.stringContaining('UNAUTHORIZED'),
          ja: expect.stringContaining('遮断されています: expo/default (UNAUTHORIZED)'),
        },
      },
    },
  });
});

test('the system is unhealthy when pushes do not go out, and says why', async () => {
  const health = await manager().getSystemHealth();
  expect(health.status).toBe('unhealthy');
  expect(health.issues).toMatchObject([{ figure: 'breakers_open', subject: 'expo/default', severity: 'critical' }]);
  expect(health.checks.delivery_success_rate).toMatchObject({ status: 'no_data', value: null });
  await spine.admin.query("update push.projects set breaker_state = 'closed' where id = 1");
  await spine.admin.query("update push.controls set paused = true, paused_at = now() - interval '2 hours'");
  expect(await manager().getSystemHealth()).toMatchObject({
    status: 'degraded',
    issues: [{ figure: 'paused_ms', message: { en: expect.stringContaining('2 h'), ja: expect.stringContaining('2') } }],
  });
  await spine.admin.query('update push.controls set paused = false, paused_at = null');
  expect(await manager().getSystemHealth()).toMatchObject({ status: 'healthy', issues: [], activeAlerts: 0 });
});

test('the key figures have their names, and every reading is there', async () => {
  const metrics = await manager().getCurrentMetrics();
  expect(metrics).toMatchObject({
    deliverySuccessRate: null,
    queueSize: 0,
    queueDepth: 0,
    oldestItemAge: 0,
    activeWorkers: 1,
    activeAlerts: 0,
  });
  expect(metrics.figures.find(({ name }) => name === 'breakers_open')).toMatchObject({
    subject: 'expo/default',
    value: 0,
    meetsTarget: true,
  });
});
