import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Binaries, completeLinks, copyBinaries } from './binaries.js';
import { EmbeddedPostgresError, useYourOwn } from './embedded-error.js';

/**
 * Postgres refuses to run as root, and as a user id without a name (containers are often given one). `self`: we are an ordinary user.
 * `nobody`: run under the user id that means nobody on every Unix. `namespace`: still ourselves towards the file system, but nobody in
 * Postgres' own eyes; for folders that only root may enter, and for ids without a name.
 */
export type Account = 'self' | 'nobody' | 'namespace';

const nobody = 65534;

export interface Runnable {
  readonly account: Account;
  readonly binaries: Binaries;
  readonly majorVersion: number;
}

/** An account and binaries that work together on this machine, found by trying. `dataDir` exists. */
export function makeRunnable(found: Binaries, dataDir: string): Runnable {
  const binaries = completeLinks(found) ? found : copyBinaries(found, join(dataDir, 'postgres-binaries'));
  if (process.getuid?.() !== 0) return (hasName() ? tryRun('self', binaries) : tryRun('namespace', binaries)) ?? refuse(binaries);
  const dataReachable = othersMayEnter(dataDir);
  return (
    (dataReachable ? tryRun('nobody', binaries) : undefined) ??
    tryRun('namespace', binaries) ??
    (dataReachable && binaries.relocatable ? tryRun('nobody', copyBinaries(binaries, join(dataDir, 'postgres-binaries'))) : undefined) ??
    refuse(binaries)
  );
}

/** Who must own the data directory for Postgres to accept it; undefined: whoever makes it does. */
export function ownerOf(account: Account): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return account === 'nobody' ? nobody : 0;
}

export function spawnAs(account: Account, file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const command = commandAs(account, file, args);
  return spawn(command.file, command.args, { ...options, ...command.options });
}

/** Runs to the end and answers what it wrote. Throws `EmbeddedPostgresError` with what it wrote to stderr. */
export function runAs(account: Account, file: string, args: readonly string[]): string {
  const command = commandAs(account, file, args);
  try {
    return execFileSync(command.file, command.args, { ...command.options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const said: unknown = Reflect.get(error as object, 'stderr');
    throw new EmbeddedPostgresError(`${basename(file)} failed: ${String(said ?? error).trim()} ${useYourOwn}`, { cause: error });
  }
}

function commandAs(account: Account, file: string, args: readonly string[]): { file: string; args: string[]; options: SpawnOptions } {
  // The folder that we were started in may be closed to the other user id.
  const options = { env: environment(), cwd: process.platform === 'win32' ? dirname(file) : '/' };
  switch (account) {
    case 'self':
      return { file, args: [...args], options };
    case 'nobody':
      return { file, args: [...args], options: { ...options, uid: nobody, gid: nobody } };
    case 'namespace':
      return { file: 'unshare', args: ['-U', `--map-user=${nobody}`, `--map-group=${nobody}`, file, ...args], options };
  }
}

/** Nothing of ours: PG* variables would change what the programs do, and our environment holds secrets. */
function environment(): NodeJS.ProcessEnv {
  const passed = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(passed.map((name) => [name, process.env[name]])),
    LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
    TZ: 'UTC',
  };
}

function tryRun(account: Account, binaries: Binaries): Runnable | undefined {
  try {
    const version = /\(PostgreSQL\) (\d+)/.exec(runAs(account, binaries.postgres, ['--version']))?.[1];
    // initdb lies beside it but needs other libraries.
    runAs(account, binaries.initdb, ['--version']);
    return version === undefined ? undefined : { account, binaries, majorVersion: Number(version) };
  } catch {
    return undefined;
  }
}

function othersMayEnter(path: string): boolean {
  const at = resolve(path);
  const mayEnter = (statSync(at).mode & 0o001) !== 0;
  return mayEnter && (at === dirname(at) || othersMayEnter(dirname(at)));
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function refuse(binaries: Binaries): never {
  const why = {
    root: 'as root: neither as nobody nor by unshare',
    nameless: 'user id without a name: not by unshare',
    ordinary: 'as this user',
  }[process.getuid?.() === 0 ? 'root' : hasName() ? 'ordinary' : 'nameless'];
  throw new EmbeddedPostgresError(`The Postgres in ${binaries.root} does not run here (${why}). ${useYourOwn}`);
}
