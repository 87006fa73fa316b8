import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsIn } from '@todoku/server/database/embedded/data-directory.js';
import { startEmbeddedPostgres } from '@todoku/server/database/embedded/launcher.js';
import { findPostmaster, stopPostmaster } from '@todoku/server/database/embedded/postmaster.js';
import { identityOf } from '@todoku/server/database/embedded/process-identity.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { Client, escapeIdentifier } from 'pg';
import { familyCpuSeconds } from '../processes/cpu.js';

export interface Postgres {
  /** A folder of this run's own that goes away with it. */
  readonly folder: string;
  /** Makes an empty database, dropping one of that name, and returns its owner's URL. */
  createDatabase(name: string): Promise<string>;
  /** Seconds of processor time of the server and all its sessions so far. */
  cpu(): number;
  /** Bytes of write-ahead log written since the cluster was made. */
  walBytes(): Promise<number>;
  /** Its version, and the settings that differ from its defaults (paths, ports and logging left out). */
  describe(): Promise<{ readonly version: string; readonly settings: Readonly<Record<string, string>> }>;
  stop(): Promise<void>;
}

const changedSettings = /* sql */ `
select name, current_setting(name) as value from pg_settings
where source in ('command line', 'configuration file') and setting is distinct from boot_val
  and name !~ '^(log_|logging_|lc_|ssl|default_text|data_dir|unix_socket|listen)|_file$|^(port|timezone|DateStyle|cluster_name)$'
order by name`;

const prefix = 'todoku-bench-';

/**
 * The embedded Postgres with the settings that everybody gets: durable, nothing tuned for this. `installation`: the folder above another
 * Postgres' `bin`, to run with the same settings; null: the packaged one.
 */
export async function startPostgres(installation: string | null): Promise<Postgres> {
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  // As root, Postgres runs as another user, who must get in.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger, ...(installation === null ? {} : { installation }) });
  const pid = findPostmaster(pathsIn(folder))?.pid ?? 0;
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  return {
    folder,
    async createDatabase(name) {
      await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
      await admin.query(`create database ${escapeIdentifier(name)}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    cpu: () => familyCpuSeconds(pid),
    async walBytes() {
      const answer = await admin.query<{ bytes: string }>("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes");
      return Number(answer.rows[0]?.bytes);
    },
    async describe() {
      const [version] = (await admin.query<{ server_version: string }>('show server_version')).rows;
      const { rows } = await admin.query<{ name: string; value: string }>(changedSettings);
      return { version: version?.server_version ?? '', settings: Object.fromEntries(rows.map(({ name, value }) => [name, value])) };
    },
    async stop() {
      await admin.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Servers and folders of runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    if (identityOf(Number.parseInt(name.slice(prefix.length), 10)) !== undefined) continue;
    const folder = join(tmpdir(), name);
    const postmaster = findPostmaster(pathsIn(folder));
    if (postmaster !== undefined) await stopPostmaster(postmaster);
    rmSync(folder, { recursive: true, force: true });
  }
}
