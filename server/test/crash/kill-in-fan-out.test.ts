import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcile } from '../../src/monitoring/reconciler.js';
import { BroadcastManager } from '../../src/notifications/broadcasts/broadcast-manager.js';
import { buildCrashWorker, startCrashProcess } from '../support/crash-process.js';
import { quickWorker, Spine, testKeys } from '../support/spine.js';

let bundle: string;
let spine: Spine;

beforeAll(async () => {
  bundle = await buildCrashWorker();
  spine = await Spine.start();
});
afterAll(() => spine.close());

test('a worker killed in the middle of a broadcast leaves nobody out and gives nobody two', async () => {
  const users = await spine.users(450);
  const manager = new BroadcastManager(spine.database);
  const { id } = await manager.create(
    { type: 'news', title: 'To all', audience: { kind: 'all' } },
    { actor: 'cli:test', reason: 'test' },
    { start: true },
  );
  const options = { ...quickWorker, leaseSeconds: 3, requestDeadlineMs: 1000 };
  const start = (failpoints: Record<string, string>, name: string) =>
    startCrashProcess({
      bundle,
      databaseUrl: spine.url,
      expoUrl: spine.simulator.url,
      keys: testKeys,
      options: { ...options, id: name },
      failpoints,
    });

  // Each dies in its second batch, before the commit.
  for (const name of ['first', 'second']) {
    const { ended } = await start({ fanout_batch: 'kill9@2' }, name);
    expect(await ended).toBe('SIGKILL');
  }
  expect(await manager.get(id)).toMatchObject({ state: 'running', created: 200 });

  const { child, ended } = await start({}, 'heir');
  await expect.poll(async () => (await manager.get(id)).progress.percent, { timeout: 30_000 }).toBe(100);
  await spine.settles();
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await manager.get(id)).toMatchObject({ state: 'done', created: 450, progress: { unaccounted: 0 } });
  const rows = await spine.admin.query<{ user_id: string }>('select user_id from notifications where broadcast_id = $1', [id]);
  expect(rows.map((row) => row.user_id).sort()).toEqual(users.map((user) => user.id).sort());
  expect(await reconcile(spine.database)).toMatchObject({ complete: true, findings: [] });
});
