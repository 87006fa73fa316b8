import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Runnable, spawnAs } from './account.js';
import { type Access, urlOf } from './connection-file.js';
import type { Paths } from './data-directory.js';
import { EmbeddedPostgresError } from './embedded-error.js';
import { commandOf, identityOf } from './process-identity.js';

/** A running Postgres server's first process. */
export interface Postmaster {
  readonly pid: number;
  readonly identity: string;
  readonly port: number;
}

const pollMs = 20;
/** Crash recovery replays at most `max_wal_size` of log; this is far more than that takes. */
const readyTimeoutMs = 300_000;
const fastStopMs = 60_000;
const immediateStopMs = 10_000;

const postgresCommand = /[\\/]postgres( |$)/;

/** The server that runs on this data directory, by its `postmaster.pid`; a file that a dead one left is removed. */
export function findPostmaster(paths: Paths): Postmaster | undefined {
  const file = join(paths.cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pidText, , , portText] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(pidText);
  const identity = identityOf(pid);
  // After a reboot the number may belong to another program.
  if (identity !== undefined && (process.platform === 'win32' || postgresCommand.test(commandOf(pid)))) {
    return { pid, identity, port: Number(portText) };
  }
  rmSync(file, { force: true });
  return undefined;
}

export function isRunning(postmaster: Postmaster): boolean {
  return identityOf(postmaster.pid) === postmaster.identity;
}

/** Starts a server that outlives this process when that is killed, and that a Ctrl-C in the terminal does not reach: stopping has an order. */
export function startPostmaster(paths: Paths, runnable: Runnable, port: number, settings: Readonly<Record<string, string>>): Postmaster {
  const log = openSync(paths.startLog, 'w', 0o600);
  const args = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawnAs(runnable.account, runnable.binaries.postgres, ['-D', paths.cluster, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (child.pid === undefined || identity === undefined) throw new EmbeddedPostgresError(`Postgres did not start: ${startMessages(paths)}`);
  return { pid: child.pid, identity, port };
}

/** What Postgres wrote before its own log took over. */
export function startMessages(paths: Paths): string {
  return readFileSync(paths.startLog, 'utf8').trim().slice(-2_000);
}

/** True when the server answers; false when it ended first. */
export async function becomesReady(postmaster: Postmaster, access: Access): Promise<boolean> {
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const client = new Client({
      connectionString: urlOf({ ...access, port: postmaster.port }, 'postgres'),
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch (error) {
      const code: unknown = Reflect.get(error as object, 'code');
      if (code === '28P01') throw new EmbeddedPostgresError('The running Postgres refuses the password of postgres.json.');
    } finally {
      await client.end().catch(() => undefined);
    }
    if (!isRunning(postmaster)) return false;
    if (performance.now() > deadline) throw new EmbeddedPostgresError(`Postgres was not ready after ${readyTimeoutMs / 1000} s.`);
    await delay(pollMs);
  }
}

/** Ends sessions and writes everything out; in case of need without writing, which the next start makes up for from the log. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', fastStopMs],
    ['SIGQUIT', immediateStopMs],
  ] as const) {
    if (!isRunning(postmaster)) return;
    process.kill(postmaster.pid, signal);
    if (await ends(postmaster, waitMs)) return;
  }
  throw new EmbeddedPostgresError(`Postgres (process ${postmaster.pid}) did not stop.`);
}

async function ends(postmaster: Postmaster, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (isRunning(postmaster)) {
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/** `preferred` when nobody has it, else any free one. */
export async function freePort(preferred: number): Promise<number> {
  return (await listenOnce(preferred)) ?? (await listenOnce(0)) ?? 0;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
