import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { ownerOf, type Runnable, runAs } from './account.js';
import { EmbeddedPostgresError, useYourOwn } from './embedded-error.js';

/** Where things lie under the data directory of Todoku. */
export interface Paths {
  readonly dataDir: string;
  /** Postgres' own data directory. */
  readonly cluster: string;
  readonly connectionFile: string;
  readonly lockFile: string;
  readonly users: string;
  readonly startLog: string;
}

/** Absolute, because Postgres is started elsewhere. */
export function pathsIn(folder: string): Paths {
  const dataDir = resolve(folder);
  const postgres = join(dataDir, 'postgres');
  return {
    dataDir,
    cluster: join(postgres, 'data'),
    connectionFile: join(dataDir, 'postgres.json'),
    lockFile: join(dataDir, 'postgres.lock'),
    users: join(postgres, 'users'),
    startLog: join(postgres, 'start.log'),
  };
}

/** Enterable but not listable by others, so that Postgres may run as another user; every secret in it is a file of mode 0600. */
export function makeFolders(paths: Paths): void {
  if (!existsSync(paths.dataDir)) mkdirSync(paths.dataDir, { recursive: true, mode: 0o711 });
  try {
    accessSync(paths.dataDir, constants.W_OK);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `${paths.dataDir} belongs to another user. Run as that user, or set TODOKU_DATA_DIR to a folder of yours.`,
      {
        cause: error,
      },
    );
  }
  mkdirSync(paths.users, { recursive: true, mode: 0o711 });
}

export function clusterExists(paths: Paths): boolean {
  return existsSync(join(paths.cluster, 'PG_VERSION'));
}

/** Made beside its place and renamed into it, so that an interrupted first start leaves nothing half made. */
export function createCluster(paths: Paths, runnable: Runnable, password: string, durable: boolean): void {
  const draft = `${paths.cluster}.draft`;
  const passwordFile = `${paths.cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    const owner = ownerOf(runnable.account);
    if (owner !== undefined) for (const path of [draft, passwordFile]) chownSync(path, owner, owner);
    runAs(runnable.account, runnable.binaries.initdb, [
      ...['--pgdata', draft, '--username', 'postgres', '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--data-checksums'],
      // The builtin provider (since 17) sorts the same on every system and version of its C library.
      ...(runnable.majorVersion >= 17
        ? ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8']
        : ['--locale', 'C.UTF-8']),
      ...(durable ? [] : ['--no-sync']),
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, paths.cluster);
}

/** What an earlier start may have left otherwise: another major version, another owner. */
export function adjustCluster(paths: Paths, runnable: Runnable): void {
  const version = Number(readFileSync(join(paths.cluster, 'PG_VERSION'), 'utf8'));
  if (version !== runnable.majorVersion) {
    throw new EmbeddedPostgresError(
      `${paths.cluster} was made by Postgres ${version}, but the one found here is ${runnable.majorVersion} (${runnable.binaries.root}). ` +
        `Move the data with pg_dump and pg_restore, or choose another TODOKU_DATA_DIR. ${useYourOwn}`,
    );
  }
  const owner = ownerOf(runnable.account);
  if (owner !== undefined && statSync(paths.cluster).uid !== owner) giveTo(owner, paths.cluster);
  chmodSync(paths.cluster, 0o700);
}

function giveTo(owner: number, path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) giveTo(owner, inner);
    else lchownSync(inner, owner, owner);
  }
  chownSync(path, owner, owner);
}
