/** The prompt: code as operators paste it from the manual, on a live system. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { Spine, type TestUser, testKeys } from '../support/spine.js';

let spine: Spine;
let todoku: TestCli;
let folder: string;
let user: TestUser;
const env = (): Record<string, string> => ({ EXPO_BASE_URL: spine.simulator.url, TODOKU_ENCRYPTION_KEYS: testKeys });

beforeAll(async () => {
  spine = await Spine.start();
  todoku = await buildCli(spine.url);
  folder = await mkdtemp(join(tmpdir(), 'todoku-repl-'));
  user = await spine.user();
  await spine.worker();
  await spine.notify(user.id);
  await spine.settles();
});
afterAll(async () => {
  await todoku.close();
  await spine.close();
  await rm(folder, { recursive: true });
});

async function run(code: string, ...more: string[]): Promise<string> {
  const file = join(folder, 'code.ts');
  await writeFile(file, code);
  const { exitCode, out, err } = await todoku.run(['repl', '--file', file, ...more], { env: env() });
  expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
  return out;
}
const controls = async () =>
  (await spine.admin.query<{ paused: boolean; emergency: boolean }>('select paused, emergency from push.controls'))[0];

describe('todoku repl', () => {
  it('shows how the system is', async () => {
    const out = await run(`
const health = await notificationMonitoringManager.getSystemHealth();
console.log('status', health.status, health.issues.length);
const metrics = await notificationMonitoringManager.getCurrentMetrics();
const stats = await notificationErrorHandler.getErrorStats();
console.log('queue', metrics.queueSize, 'errors', stats.errorsByType);`);
    expect(out).toMatch(/status (healthy|degraded|unhealthy) \d/);
    expect(out).toContain('queue 0 errors {}');
  });

  it('tunes', async () => {
    const out = await run(`
await notificationPerformanceOptimizer.adjustConfigBasedOnPerformance();
notificationPerformanceOptimizer.cacheConfigs.notifications.ttl *= 1.5;
const cacheStats = {
  hitRate: metrics.cacheHitRate,
  size: await notificationPerformanceOptimizer.getCacheSize(),
  evictionCount: await notificationPerformanceOptimizer.getEvictionCount()
};
const best = await notificationPerformanceOptimizer.optimizeBatchSize(queueSize, averageProcessingTime, systemLoad);
console.log(cacheStats.size, cacheStats.evictionCount, best);`);
    expect(out).toMatch(/^0 0 \d+$/m);
    const [row] = await spine.admin.query<{ ttl: number | null }>('select notifications_ttl_ms as ttl from push.tuning');
    expect(row?.ttl).toBeGreaterThan(0);
  });

  it('pauses without being waited for, stops everything, and goes on', async () => {
    await run(`
notificationQueueManager.pauseProcessing();
const FEATURE_FLAGS = { PUSH_NOTIFICATIONS_ENABLED: false };
notificationService.emergencyShutdown();`);
    expect(await controls()).toEqual({ paused: true, emergency: true });
    const recovered = await run(`
export async function restart() {
  try {
    await notificationQueueManager.resumeProcessing();
    await notificationQueueManager.retryFailedNotifications();
    await pushTokenManager.validateAllTokens();
    console.log('recovered');
  } catch (error) {
    console.error('failed', error);
  }
}
await restart();`);
    expect(recovered).toContain('recovered');
    expect(await controls()).toEqual({ paused: false, emergency: true });
    expect(await run('await notificationService.previewResume()')).toContain('stillStopped');
    await run('await notificationService.emergencyResume()');
    expect(await controls()).toEqual({ paused: false, emergency: false });
    expect(await run('(await autoRecovery()).ok')).toContain('true');
    const acts = await spine.admin.query<{ action: string }>('select action from push.audit order by seq');
    expect(acts.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['queue.pause', 'emergency.stop', 'queue.resume', 'emergency.resume', 'system.recover']),
    );
  });

  it('clears a stuck queue', async () => {
    const out = await run(`
const queueStats = await notificationQueueManager.getDetailedQueueStats();
if (queueStats.oldestItemAge > 300000) {
  await notificationQueueManager.clearStaleItems();
}
await notificationQueueManager.adjustBatchSize(queueStats);
console.log(queueStats.oldestItemAge, queueStats.byLane[1]);`);
    expect(out).toContain('0 { ready: 0, delayed: 0, sending: 0, parked: 0 }');
  });

  it('tells all of a user', async () => {
    const out = await run(
      `
const debugInfo = {
  pushToken: await pushTokenManager.getTokenForUser(userId),
  settings: await notificationSettingsManager.getSettings(userId),
  recentNotifications: await supabase
    .from('notifications')
    .select('*')
    .eq('user_id', userId)
    .order('created_at', { ascending: false })
    .limit(10)
};
console.log(debugInfo.pushToken.length, debugInfo.settings.pushEnabled, debugInfo.recentNotifications.data.length, debugInfo.recentNotifications.error);`,
      '--user',
      user.id,
    );
    expect(out).toContain('1 true 1 null');
  });

  it('checks every part', async () => {
    const out = await run(`
export async function check() {
  const checks = {
    database: await checkDatabaseConnection(),
    pushService: await checkExpoPushService(),
    queueService: await checkQueueService(),
    cacheService: await checkCacheService()
  };
  return Object.entries(checks).map(([name, check]) => name + ' ' + check.status).join(', ');
}
console.log(await check());`);
    expect(out).toContain('database ok, pushService ok');
    expect(out).toContain('cacheService ok');
  });

  it('reads tables and writes none, and says what is wrong with a question', async () => {
    expect(await run(`(await supabase.from('no_such_table').select('*')).error.message`)).toContain('no_such_table');
    expect(await run(`(await supabase.from('notifications').select('id, "; drop').limit(1)).error !== null`)).toContain('true');
  });

  it('fails with the code, and refuses bad options', async () => {
    const failed = await todoku.run(['repl', '--eval', 'notificationQueueManager.nothing()'], { env: env() });
    expect(failed.exitCode).toBe(1);
    expect(failed.err).toContain('nothing');
    expect(await todoku.run(['repl', '--file', '/nowhere'], { env: env() })).toMatchObject({ exitCode: 2, out: '' });
    expect(await todoku.run(['repl', '--eval', '1', '--user', 'me'], { env: env() })).toMatchObject({ exitCode: 2, out: '' });
  });
});
