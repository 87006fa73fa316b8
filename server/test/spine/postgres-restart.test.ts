import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectDatabase } from '../../src/database/connect-database.js';
import { pathsIn } from '../../src/database/embedded/data-directory.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/launcher.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { migrate } from '../../src/database/migrate.js';
import { silentLogger } from '../../src/logging/logger.js';
import { reconcile } from '../../src/monitoring/reconciler.js';
import type { TestDatabase } from '../support/database.js';
import { Spine } from '../support/spine.js';

const RECIPIENTS = 1200;
const RESTARTS = 2;

/** A server of its own, which the launcher starts again when it dies. */
async function startServer(): Promise<{ on: TestDatabase; kill: () => void }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'todoku-restart-'));
  const installation = process.env.TEST_POSTGRES;
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: silentLogger,
    throwAway: true,
    ...(installation === undefined ? {} : { installation }),
  });
  await migrate({ url: postgres.url, log: silentLogger });
  const options = { url: postgres.url, maxConnections: 5, log: silentLogger };
  const database = connectDatabase({ ...options, role: 'todoku_worker', applicationName: 'test' });
  const admin = connectDatabase({ ...options, applicationName: 'test admin' });
  const close = async (): Promise<void> => {
    await database.close();
    await admin.close();
    await postgres.stop();
    rmSync(dataDir, { recursive: true });
  };
  // What `pg_ctl stop -m immediate` sends.
  const kill = (): void => void process.kill(findPostmaster(pathsIn(dataDir))?.pid ?? 0, 'SIGQUIT');
  return { on: { url: postgres.url, database, admin, close }, kill };
}

const startedAt = async (spine: Spine): Promise<string> => {
  const [row] = await spine.admin.query<{ at: string }>('select pg_postmaster_start_time()::text as at');
  return row?.at ?? '';
};

it('a Postgres that dies under load and comes back: everything ends, nothing is lost, copies are counted', async () => {
  const { on, kill } = await startServer();
  const spine = await Spine.start({
    on,
    simulator: { latencyMs: 20 },
    worker: { leaseSeconds: 8, requestDeadlineMs: 1000, chunkSize: 20 },
  });
  try {
    await spine.admin.query("insert into push.notification_types (type, unknown_policy) values ('once', 'drop')");
    const users = [];
    for (let i = 0; i < RECIPIENTS / 100; i++) users.push(...(await spine.users(100)));
    await spine.worker({ id: 'one' });
    await spine.worker({ id: 'two' });
    for (let restart = 1; restart <= RESTARTS; restart++) {
      const before = spine.simulator.control.stats().accepted;
      await spine.admin.query(
        `insert into notifications (user_id, type, title)
         select u, case when nr % 4 = 0 then 'once' else 'reminder' end, $2 from unnest($1::uuid[]) with ordinality as x(u, nr)`,
        [users.map(({ id }) => id), `Restart ${restart}`],
      );
      await spine.simulator.control.waitForAccepted(before + 100);
      const startedBefore = await startedAt(spine);
      kill();
      // Not any answer: the server that is dying may still give one.
      await expect.poll(() => startedAt(spine).catch(() => startedBefore), { timeout: 30_000 }).not.toBe(startedBefore);
    }
    await spine.settles(90_000);
    expect(await reconcile(spine.database)).toMatchObject({ complete: true, unaccounted: 0, findings: [] });
    const ledger = await spine.ledger();
    const ended = Object.entries(ledger).filter(([item]) => item.startsWith('state:'));
    expect(ledger['accepted']).toBe(RECIPIENTS * RESTARTS);
    expect(ledger['planned']).toBe(RECIPIENTS * RESTARTS);
    expect(ended.reduce((sum, [, n]) => sum + n, 0)).toBe(RECIPIENTS * RESTARTS);
    expect(ended.map(([item]) => item).filter((item) => !['state:accepted_by_platform', 'state:unknown'].includes(item))).toEqual([]);
    expect(spine.simulator.control.duplicates().length).toBeLessThanOrEqual(ledger['resent_unknown'] ?? 0);
  } finally {
    await spine.close();
  }
}, 180_000);
