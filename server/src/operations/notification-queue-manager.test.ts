import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { silentLogger } from '../logging/logger.js';
import { readLedger } from '../monitoring/ledger.js';
import { readFigures } from '../monitoring/read-figures.js';
import { LiveTuning } from '../performance/live-tuning.js';
import { NotificationPerformanceOptimizer } from '../performance/notification-performance-optimizer.js';
import { PushTokenManager } from '../tokens/push-token-manager.js';
import { autoRecovery } from './auto-recovery.js';
import { NotificationQueueManager } from './notification-queue-manager.js';
import { previewResume } from './resume-preview.js';

let spine: Spine;
let queue: NotificationQueueManager;
const by = { actor: 'op', reason: 'a test' };

beforeAll(async () => {
  spine = await Spine.start();
  const defaults = { slots: 8, chunkSize: 100 };
  const tuning = new LiveTuning({ database: spine.database, defaults, log: silentLogger });
  await tuning.load();
  const optimizer = new NotificationPerformanceOptimizer({ database: spine.database, tuning, defaults, log: silentLogger });
  queue = new NotificationQueueManager({ database: spine.database, optimizer, chunkSize: () => tuning.current().chunkSize });
});
afterAll(async () => {
  await spine.close();
});

/** Puts notifications for so many users into the queue, where a pause keeps them. */
async function fill(users: number, columns: Record<string, unknown> = {}): Promise<void> {
  for (const { id } of await spine.users(users)) await spine.notify(id, columns);
  await vi.waitFor(async () => expect((await readLedger(spine.database)).rows[0]).toMatchObject({ outbox: 0 }));
}

describe('NotificationQueueManager', () => {
  it('pauses every worker, and tells what waits and why', async () => {
    await queue.pauseProcessing(by);
    await spine.worker();
    await spine.worker();
    await fill(5);
    await fill(2, { expires_at: new Date(Date.now() + 3_600_000) });
    const stats = await queue.getDetailedQueueStats();
    expect(stats).toMatchObject({ paused: true, emergency: false, queueSize: 7, oldestItemAge: 0, outbox: 0, held: 0, abandoned: 0 });
    expect(stats.byLane[1]).toEqual({ ready: 7, delayed: 0, sending: 0, parked: 0 });
    expect(stats.waiting).toMatchObject([{ waiting: 7, explanation: 'stopped' }]);
  });

  it('says first what would be sent, expire and stay', async () => {
    // They would end what expires before it is looked at.
    await spine.stopWorkers();
    await spine.admin.query(
      "update push.chunks set expires_at = now() - interval '1 second' where n = 2 or id = (select max(id) from push.chunks)",
    );
    const expiring =
      (await spine.admin.query<{ n: number }>('select coalesce(sum(n), 0)::int as n from push.chunks where expires_at < now()'))[0]?.n ?? 0;
    expect(expiring).toBeGreaterThan(0);
    const preview = await previewResume(spine.database, 'paused');
    expect(preview).toMatchObject({
      lanes: [{ lane: 1, wouldBeSent: 7 - expiring, wouldExpire: expiring, later: 0, parked: 0 }],
      stillStopped: [],
    });
    expect((await previewResume(spine.database, 'emergency')).stillStopped).toEqual(['paused']);
    await spine.worker();
    const cleared = await queue.clearStaleItems(by);
    // The workers end what is past its time, too.
    expect(cleared.expired).toBeLessThanOrEqual(expiring);
    await vi.waitFor(async () => expect((await readLedger(spine.database)).rows[0]?.ended.expired).toBe(expiring));
    expect((await readLedger(spine.database)).rows[0]?.unaccounted).toBe(0);
  });

  it('makes the chunk size what the figures call for, for every worker', async () => {
    const { before, after } = await queue.adjustBatchSize({ queueSize: 10, averageProcessingTime: 50, systemLoad: 0 }, by);
    expect([before, after]).toEqual([100, 20]);
    expect(await queue.adjustBatchSize({ queueSize: 10, averageProcessingTime: 50, systemLoad: 0 }, by)).toEqual({ before: 20, after: 20 });
    expect(await spine.admin.query('select chunk_size, updated_by from push.tuning')).toEqual([{ chunk_size: 20, updated_by: 'op' }]);
  });
});

describe('autoRecovery', () => {
  const log = silentLogger;
  const tokens = () => new PushTokenManager({ database: spine.database, keyring: spine.keyring, providers: [spine.provider()], log });

  it('goes on, retries and reads every token', async () => {
    const recovery = await autoRecovery({ database: spine.database, queue, tokens: tokens(), log }, by);
    expect(recovery).toMatchObject({
      ok: true,
      steps: [
        { step: 'resume', ok: true, result: { paused: false } },
        { step: 'retry', ok: true },
        { step: 'validate_tokens', ok: true, result: { checked: 7, problemCount: 0 } },
      ],
    });
    await spine.settles();
    expect((await readLedger(spine.database)).rows[0]).toMatchObject({ queued: 0, unaccounted: 0 });
  });

  it('tries every step, and is an alert when one fails, until one works', async () => {
    const broken = { validateAllTokens: () => Promise.reject(new Error('no keys')) };
    const recovery = await autoRecovery({ database: spine.database, queue, tokens: broken, log }, by);
    expect(recovery).toMatchObject({
      ok: false,
      steps: [{ ok: true }, { ok: true }, { step: 'validate_tokens', ok: false, result: 'no keys' }],
    });
    const failed = async () => (await readFigures(spine.database)).figures.get('recoveries_failed');
    expect(await failed()).toEqual([{ subject: '', value: 1 }]);
    await autoRecovery({ database: spine.database, queue, tokens: tokens(), log }, by);
    expect(await failed()).toEqual([{ subject: '', value: 0 }]);
  });
});
