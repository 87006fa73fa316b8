/** The calls and statements that operators have always had in their notes, unchanged: each has to work as it is pasted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beat } from '../../src/workers/heartbeat.js';
import { Spine, type TestUser, testKeys } from '../support/spine.js';
import { type CliAnswer, callCli } from './todoku-shim.js';

let spine: Spine;
let user: TestUser;
let folder: string;

beforeAll(async () => {
  [spine, folder] = await Promise.all([Spine.start(), mkdtemp(join(tmpdir(), 'todoku-contract-'))]);
  user = await spine.user();
  await spine.worker();
  await beat(spine.database, { id: 'w', host: 'h', pid: 1, roles: ['worker'], version: '0' });
  await spine.notify(user.id, { title: 'twice' });
  await spine.notify(user.id, { title: 'twice' });
  await spine.settles();
  await spine.admin.query('create extension if not exists pg_stat_statements');
});
afterAll(async () => {
  await spine.close();
  await rm(folder, { recursive: true });
});

async function call(...argv: string[]): Promise<CliAnswer> {
  const env = { DATABASE_URL: spine.url, EXPO_BASE_URL: spine.simulator.url, TODOKU_ENCRYPTION_KEYS: testKeys, TODOKU_DATA_DIR: folder };
  const answer = await callCli({ argv, env, input: '' });
  expect({ err: answer.err, exitCode: answer.exitCode }).toEqual({ err: '', exitCode: 0 });
  return answer;
}
const evaluate = async (code: string): Promise<string> => (await call('repl', '--user', user.id, '--eval', code)).out;
const query = async (statements: string): Promise<string> => (await call('sql', statements)).out;
const one = async (sql: string): Promise<object | undefined> => (await spine.admin.query(sql))[0];

describe('daily', () => {
  it('health', async () => {
    const out = await evaluate(`const health = await notificationMonitoringManager.getSystemHealth();
console.log('status:', health.status);
console.log('issues:', health.issues);`);
    expect(out).toMatch(/^status: (healthy|degraded|unhealthy)\nissues: \[/);
  });

  it('metrics', async () => {
    await evaluate('const metrics = await notificationMonitoringManager.getCurrentMetrics();');
    const out = await evaluate(`const metrics = await notificationMonitoringManager.getCurrentMetrics();
console.log(Object.keys(metrics).join(' '));`);
    for (const name of [
      'deliverySuccessRate',
      'averageDeliveryTime',
      'errorRate',
      'activeAlerts',
      'userEngagementRate',
      'tokenInvalidationRate',
      'queueSize',
    ])
      expect(out).toContain(name);
  });

  it('database', async () => {
    const out = await query(`-- statistics
SELECT
  schemaname,
  tablename,
  attname,
  n_distinct,
  correlation
FROM pg_stats
WHERE tablename = 'notifications';

-- pending
SELECT COUNT(*) as pending_notifications
FROM notifications
WHERE created_at > NOW() - INTERVAL '1 hour'
  AND is_read = false;`);
    expect(out).toMatch(/pending_notifications\n2\n/);
  });
});

describe('weekly', () => {
  it('errors', async () => {
    const out = await evaluate(`const errorStats = await notificationErrorHandler.getErrorStats();
console.log('errors:', errorStats);`);
    expect(out).toContain('errorsByType: {}');
  });

  it('maintenance', async () => {
    await spine.admin.query(
      "insert into notifications (user_id, type, title, created_at) values ($1, 'x', 'old', now() - interval '4 months')",
      [user.id],
    );
    const out = await query(`-- old notifications
DELETE FROM notifications
WHERE created_at < NOW() - INTERVAL '3 months';

-- dead tokens
DELETE FROM push_tokens
WHERE is_active = false
  AND updated_at < NOW() - INTERVAL '1 week';

-- indexes
REINDEX TABLE notifications;
REINDEX TABLE push_tokens;`);
    expect(out).toMatch(/^DELETE 1\n\nDELETE 0\n\nREINDEX\n\nREINDEX\n/);
  });
});

describe('alerts', () => {
  it('success is low: tokens', async () => {
    const out = await query(`SELECT
  platform,
  COUNT(*) as total,
  COUNT(*) FILTER (WHERE is_active = true) as active,
  COUNT(*) FILTER (WHERE is_active = false) as inactive
FROM push_tokens
GROUP BY platform;`);
    expect(out).toMatch(/ios +1 +1 +0/);
  });

  it('deliveries are slow: figures, batch size, caches', async () => {
    const out = await evaluate(`const metrics = await notificationPerformanceOptimizer.getPerformanceMetrics();
console.log('response:', metrics.averageResponseTime);
console.log('cache:', metrics.cacheHitRate);`);
    expect(out).toMatch(/^response: [\d.]+\ncache: (null|[\d.]+)\n/);
    expect(await evaluate('await notificationPerformanceOptimizer.adjustConfigBasedOnPerformance();')).toContain('reason:');
    await evaluate('notificationPerformanceOptimizer.cacheConfigs.notifications.ttl *= 1.5;');
    expect(await one('select notifications_ttl_ms as ttl from push.tuning')).toEqual({ ttl: 45_000 });
  });

  it('deliveries are slow: queries, by the names that Postgres gives the columns now', async () => {
    const out = await query(`SELECT query, calls, total_exec_time, mean_exec_time
FROM pg_stat_statements
WHERE query LIKE '%notifications%'
ORDER BY mean_exec_time DESC;`);
    expect(out).toContain('mean_exec_time');
  });

  it('errors: by type, and sending again', async () => {
    const out = await evaluate(`const errorStats = await notificationErrorHandler.getErrorStats();
console.log('by type:', errorStats.errorsByType);`);
    expect(out).toContain('by type: {}');
    expect(await evaluate('await notificationQueueManager.retryFailedNotifications();')).toContain('deliveries: 0');
  });
});

describe('emergency', () => {
  const controls = () => one('select paused, emergency from push.controls');

  it('pauses and takes nothing more', async () => {
    await evaluate(`notificationQueueManager.pauseProcessing();

const FEATURE_FLAGS = {
  PUSH_NOTIFICATIONS_ENABLED: false
};`);
    expect(await controls()).toEqual({ paused: true, emergency: false });
  });

  it('stops everything', async () => {
    await evaluate('notificationService.emergencyShutdown();');
    expect(await controls()).toEqual({ paused: true, emergency: true });
    await evaluate('await notificationService.emergencyResume();');
    await evaluate('await notificationQueueManager.resumeProcessing();');
    expect(await controls()).toEqual({ paused: false, emergency: false });
  });

  it('stops in the database', async () => {
    await query('-- off\nALTER TABLE notifications DISABLE TRIGGER notification_push_trigger;');
    const id = await spine.notify(user.id);
    expect(await spine.admin.query('select from push.outbox')).toEqual([]);
    expect(await spine.decisions(id)).toEqual([]);
    await query('ALTER TABLE notifications ENABLE TRIGGER notification_push_trigger;');
  });
});

describe('database and tuning', () => {
  it('migrations', async () => {
    expect(
      await query(`-- history
SELECT * FROM supabase_migrations.schema_migrations
ORDER BY version DESC;

-- nothing more`),
    ).toMatch(/SELECT \d+/);
  });

  it('indexes', async () => {
    const out = await query(`-- missing ones
SELECT schemaname, tablename, attname, n_distinct, correlation
FROM pg_stats
WHERE schemaname = 'public'
  AND tablename IN ('notifications', 'push_tokens', 'notification_settings');

CREATE INDEX IF NOT EXISTS idx_notifications_user_created
ON notifications (user_id, created_at DESC);

CREATE INDEX IF NOT EXISTS idx_notifications_unread
ON notifications (user_id, is_read, created_at DESC)
WHERE is_read = false;`);
    expect(out.match(/CREATE/g)).toHaveLength(2);
  });

  it('slow queries', async () => {
    expect(
      await query(`SELECT
  query,
  calls,
  total_exec_time,
  mean_exec_time,
  (total_exec_time/calls)::numeric(10,3) as avg_time_ms
FROM pg_stat_statements
WHERE query LIKE '%notifications%'
ORDER BY mean_exec_time DESC
LIMIT 10;`),
    ).toContain('avg_time_ms');
  });

  it('caches and batches', async () => {
    expect(
      await evaluate(`await notificationPerformanceOptimizer.adjustConfigBasedOnPerformance();

const cacheStats = {
  hitRate: metrics.cacheHitRate,
  size: await notificationPerformanceOptimizer.getCacheSize(),
  evictionCount: await notificationPerformanceOptimizer.getEvictionCount()
};
console.log(cacheStats);`),
    ).toMatch(/size: \d+, evictionCount: \d+/);
    expect(
      await evaluate(`const optimalBatchSize = await notificationPerformanceOptimizer.optimizeBatchSize(
  queueSize,
  averageProcessingTime,
  systemLoad
);
console.log(optimalBatchSize);`),
    ).toMatch(/^\d+\n/);
  });
});

describe('security and capacity', () => {
  it('policies', async () => {
    const list = `SELECT
  schemaname,
  tablename,
  policyname,
  roles,
  cmd,
  qual
FROM pg_policies
WHERE tablename IN ('notifications', 'push_tokens', 'notification_settings');`;
    expect(await query(list)).toContain('Users can view own notifications');
    await query(`-- stricter
DROP POLICY IF EXISTS "Users can view own notifications" ON notifications;
CREATE POLICY "Users can view own notifications" ON notifications
  FOR SELECT USING (
    auth.uid() = user_id
    AND auth.jwt() ->> 'aud' = 'authenticated'
  );`);
    expect(await query(list)).toMatch(/Users can view own notifications .*'aud'/);
  });

  it('sizes', async () => {
    const out = await query(`SELECT
  schemaname,
  tablename,
  pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) as size,
  pg_size_pretty(pg_relation_size(schemaname||'.'||tablename)) as table_size,
  pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename) - pg_relation_size(schemaname||'.'||tablename)) as index_size
FROM pg_tables
WHERE tablename IN ('notifications', 'push_tokens', 'notification_settings');`);
    expect(out).toMatch(/push_tokens +\d+ kB/);
  });

  it('archive by SQL', async () => {
    const out = await query(`-- monthly
CREATE TABLE notifications_archive AS
SELECT * FROM notifications
WHERE created_at < NOW() - INTERVAL '6 months';

DELETE FROM notifications
WHERE created_at < NOW() - INTERVAL '6 months';`);
    expect(out).toBe('SELECT 0\n\nDELETE 0\n');
  });

  it('log settings', async () => {
    const out = await query(`SHOW log_statement;
SHOW log_min_duration_statement;

ALTER SYSTEM SET log_min_duration_statement = '1000'; -- a second
SELECT pg_reload_conf();`);
    expect(out).toMatch(/ALTER\n\npg_reload_conf\nt/);
    await query('ALTER SYSTEM RESET log_min_duration_statement');
    expect(
      await evaluate(`const LOG_LEVELS = {
  ERROR: 0,
  WARN: 1,
  INFO: 2,
  DEBUG: 3
};

const currentLogLevel = __DEV__ ? LOG_LEVELS.DEBUG : LOG_LEVELS.INFO;
console.log(currentLogLevel);`),
    ).toBe('2\n\n');
  });
});

describe('recovery and troubleshooting', () => {
  it('checks every part, and recovers', async () => {
    expect(
      await evaluate(`export async function healthCheck() {
  const checks = {
    database: await checkDatabaseConnection(),
    pushService: await checkExpoPushService(),
    queueService: await checkQueueService(),
    cacheService: await checkCacheService()
  };

  const isHealthy = Object.values(checks).every(check => check.status === 'ok');

  return {
    status: isHealthy ? 'healthy' : 'unhealthy',
    checks,
    timestamp: new Date().toISOString()
  };
}
console.log((await healthCheck()).status);`),
    ).toBe('healthy\n\n');
    expect(
      await evaluate(`export async function autoRecovery() {
  try {
    await notificationQueueManager.resumeProcessing();

    await notificationQueueManager.retryFailedNotifications();

    await pushTokenManager.validateAllTokens();

    console.log('recovered');
  } catch (error) {
    console.error('not recovered:', error);
  }
}
await autoRecovery();`),
    ).toBe('recovered\n\n');
  });

  it('a user gets nothing', async () => {
    expect(
      await evaluate(`const debugInfo = {
  pushToken: await pushTokenManager.getTokenForUser(userId),
  settings: await notificationSettingsManager.getSettings(userId),
  recentNotifications: await supabase
    .from('notifications')
    .select('*')
    .eq('user_id', userId)
    .order('created_at', { ascending: false })
    .limit(10)
};
console.log(debugInfo.pushToken.length, debugInfo.settings.pushEnabled, debugInfo.recentNotifications.data.length);`),
    ).toBe('1 true 3\n\n');
  });

  it('duplicates', async () => {
    expect(
      await query(`-- twice
SELECT
  user_id,
  type,
  title,
  message,
  COUNT(*) as duplicate_count
FROM notifications
WHERE created_at > NOW() - INTERVAL '1 hour'
GROUP BY user_id, type, title, message
HAVING COUNT(*) > 1;`),
    ).toMatch(/twice +Message +2\nSELECT 1/);
  });

  it('a stuck queue', async () => {
    await evaluate(`const queueStats = await notificationQueueManager.getDetailedQueueStats();

if (queueStats.oldestItemAge > 300000) { // over five minutes
  await notificationQueueManager.clearStaleItems();
}

await notificationQueueManager.adjustBatchSize(queueStats);`);
    expect(await one("select action from push.audit where action = 'tuning.change' order by seq desc limit 1")).toEqual({
      action: 'tuning.change',
    });
  });

  it('timing', async () => {
    await spine.admin.query('update notifications set is_read = true');
    expect(
      await query(`SELECT
  DATE_TRUNC('hour', created_at) as hour,
  COUNT(*) as notification_count,
  AVG(EXTRACT(EPOCH FROM (read_at - created_at))) as avg_read_time_seconds
FROM notifications
WHERE created_at > NOW() - INTERVAL '24 hours'
  AND read_at IS NOT NULL
GROUP BY hour
ORDER BY hour;`),
    ).toMatch(/SELECT [12]/);
  });
});
