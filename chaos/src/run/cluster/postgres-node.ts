import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ownerOf, runAs, spawnAs } from '@todoku/server/database/embedded/account.js';
import { embeddedSettings } from '@todoku/server/database/embedded/settings.js';
import { Disk } from './disk.js';
import type { Installation } from './installation.js';
import { killTree } from './processes.js';

/** As a production server has them: what is committed is on the disk. */
const settings: Readonly<Record<string, string>> = {
  ...embeddedSettings,
  max_connections: '200',
  shared_buffers: '64MB',
  min_wal_size: '64MB',
  max_wal_size: '512MB',
  wal_keep_size: '64MB',
  wal_retrieve_retry_interval: '500ms',
  hot_standby: 'on',
};

export interface NodeParts {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly installation: Installation;
  /** Variables of the server's own environment at each start, as a faked clock needs them. */
  readonly env: () => Readonly<Record<string, string>>;
}

/** One Postgres server with its data under one folder, on a disk of its own where that can be. */
export class PostgresNode {
  readonly port: number;
  readonly folder: string;
  readonly disk: Disk | null;
  readonly #parts: NodeParts;
  readonly #data: string;
  #child: ChildProcess | null = null;
  /** Whoever watches starts it again when it ends. */
  shallRun = false;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.port = parts.port;
    this.folder = parts.folder;
    mkdirSync(parts.folder, { recursive: true, mode: 0o711 });
    this.disk = Disk.mount(parts.folder);
    this.#data = join(parts.folder, 'data');
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Where a client finds it, as a superuser. */
  url(database: string): string {
    return `postgres://postgres:${this.#parts.password}@127.0.0.1:${this.port}/${database}`;
  }

  create(): void {
    const { runnable } = this.#parts.installation;
    this.#makeDataFolder();
    const passwordFile = join(this.#parts.folder, 'password');
    writeFileSync(passwordFile, this.#parts.password, { mode: 0o600 });
    this.#give(passwordFile);
    runAs(runnable.account, runnable.binaries.initdb, [
      ...['--pgdata', this.#data, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C.UTF-8', '--data-checksums', '--wal-segsize', '1', '--no-sync'],
    ]);
    rmSync(passwordFile);
  }

  /** Becomes a copy that follows `primary`, not yet started. */
  async copy(primary: PostgresNode): Promise<void> {
    const { installation, password } = this.#parts;
    if (installation.baseBackup === null) throw new Error('There is no pg_basebackup here.');
    this.#makeDataFolder();
    const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${password} connect_timeout=5`;
    const args = ['--pgdata', this.#data, '--write-recovery-conf', '--wal-method', 'stream', '--checkpoint', 'fast', '--no-sync'];
    const child = spawnAs(installation.runnable.account, installation.baseBackup, [...args, '--dbname', source], { stdio: 'ignore' });
    const force = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(force);
    if (code !== 0) throw new Error(`pg_basebackup ended with ${code}.`);
    // Alone at first when it is promoted: nobody follows it yet.
    appendFileSync(join(this.#data, 'postgresql.auto.conf'), "\nsynchronous_standby_names = ''\n");
  }

  start(): void {
    const { folder, installation } = this.#parts;
    const { account, binaries } = installation.runnable;
    const log = openSync(join(folder, 'start.log'), 'a', 0o600);
    const options = Object.entries({ ...settings, port: String(this.port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const env = Object.entries(this.#parts.env()).map(([name, value]) => `${name}=${value}`);
    rmSync(join(this.#data, 'postmaster.pid'), { force: true });
    this.#child = spawnAs(account, '/usr/bin/env', [...env, binaries.postgres, '-D', this.#data, ...options], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    this.#child.on('error', () => undefined);
    closeSync(log);
    this.shallRun = true;
  }

  /** Ends it as a power cut would: no goodbye, nothing written. */
  async cut(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const gone = once(child, 'exit');
    killTree(this.pid);
    await gone;
  }

  /** SIGQUIT: sessions are told, nothing is written. */
  async stopAtOnce(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const gone = once(child, 'exit');
    child.kill('SIGQUIT');
    const force = setTimeout(() => killTree(child.pid ?? 0), 10_000);
    await gone;
    clearTimeout(force);
  }

  /** Its logs outlive its disk. */
  keepLogs(folder: string): void {
    cpSync(join(this.#data, 'log'), folder, { recursive: true });
  }

  /** All that its logs hold. */
  logs(): string {
    const folder = join(this.#data, 'log');
    try {
      return readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('');
    } catch {
      return '';
    }
  }

  #makeDataFolder(): void {
    rmSync(this.#data, { recursive: true, force: true });
    mkdirSync(this.#data, { mode: 0o700 });
    this.#give(this.#data);
  }

  #give(path: string): void {
    const owner = ownerOf(this.#parts.installation.runnable.account);
    if (owner !== undefined) chownSync(path, owner, owner);
  }
}

/** Holds system calls of running processes up by strace until it is ended; null: it could not take hold of them. */
export function spawnStrace(pids: readonly number[], inject: string): ChildProcess {
  const args = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-e', `inject=fsync,fdatasync:${inject}`, '-o', '/dev/null'];
  return spawn('strace', [...args, ...pids.flatMap((pid) => ['-p', String(pid)])], { stdio: 'ignore' });
}
