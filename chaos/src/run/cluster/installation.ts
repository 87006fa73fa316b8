import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeRunnable, type Runnable } from '@todoku/server/database/embedded/account.js';
import { findBinaries } from '@todoku/server/database/embedded/binaries.js';

const system = '/usr/lib/postgresql';

export interface Installation {
  readonly runnable: Runnable;
  /** null: this Postgres came without it, so it can have no standby. */
  readonly baseBackup: string | null;
}

/** The system's newest Postgres that can make a standby; else the packaged one. `folder` exists, and is where the data will be. */
export function findInstallation(folder: string): Installation {
  const [newest] = (existsSync(system) ? readdirSync(system) : [])
    .map(Number)
    .filter((version) => existsSync(join(system, String(version), 'bin', 'pg_basebackup')))
    .sort((a, b) => b - a);
  const binaries = findBinaries(newest === undefined ? undefined : join(system, String(newest)));
  if (binaries === undefined) throw new Error('There is no Postgres here: install postgresql-15, or the packages of this repository.');
  return {
    runnable: makeRunnable(binaries, folder),
    baseBackup: newest === undefined ? null : join(binaries.root, 'bin', 'pg_basebackup'),
  };
}
