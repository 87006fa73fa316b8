import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsIn } from '../../src/database/embedded/data-directory.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/launcher.js';
import { findPostmaster, stopPostmaster } from '../../src/database/embedded/postmaster.js';
import { identityOf } from '../../src/database/embedded/process-identity.js';
import { silentLogger } from '../../src/logging/logger.js';

export interface TestServer {
  /** Of a superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

const prefix = 'todoku-test-postgres-';

/** A server for one run of the tests, thrown away afterwards. `installation`: as `EmbeddedOptions`. */
export async function startTestServer(installation: string | undefined): Promise<TestServer> {
  await sweep();
  const dataDir = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  // As root, Postgres runs as another user, who must get in.
  chmodSync(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: silentLogger,
    throwAway: true,
    ...(installation === undefined ? {} : { installation }),
  });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Servers of runs that were killed. Those of other users are left to them. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    if (identityOf(Number.parseInt(name.slice(prefix.length), 10)) !== undefined) continue;
    const dataDir = join(tmpdir(), name);
    try {
      const postmaster = findPostmaster(pathsIn(dataDir));
      if (postmaster !== undefined) await stopPostmaster(postmaster);
      rmSync(dataDir, { recursive: true, force: true });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EACCES' && code !== 'EPERM') throw error;
    }
  }
}
