import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../logging/logger.js';
import { type Paths, pathsIn } from './data-directory.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './launcher.js';
import { findPostmaster, isRunning, stopPostmaster } from './postmaster.js';

let dataDir: string;
let paths: Paths;

beforeEach(() => {
  // Of mode 0700, as home directories are: as root this takes the way through a user namespace.
  dataDir = mkdtempSync(join(tmpdir(), 'todoku-embedded-'));
  paths = pathsIn(dataDir);
});
afterEach(async () => {
  const left = findPostmaster(paths);
  if (left !== undefined) await stopPostmaster(left);
  rmSync(dataDir, { recursive: true });
});

const start = (folder = dataDir): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({
    dataDir: folder,
    log: silentLogger,
    throwAway: true,
    ...(process.env.TEST_POSTGRES === undefined ? {} : { installation: process.env.TEST_POSTGRES }),
  });

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('keeps data and port from one start to the next, and its secret to itself', async () => {
  const first = await start();
  expect(first.adopted).toBe(false);
  await ask(first.url, 'create table kept (n int)');
  expect(
    await ask(first.url, `select current_setting('listen_addresses') as at, current_setting('unix_socket_directories') as sockets`),
  ).toEqual([{ at: '127.0.0.1', sockets: '' }]);
  await first.stop();
  expect(findPostmaster(paths)).toBeUndefined();
  expect(statSync(paths.connectionFile).mode & 0o777).toBe(0o600);
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, 'select from kept')).toEqual([]);
  await expect(ask(second.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await second.stop();
});

it('runs in a folder that everybody may enter', async () => {
  const open = mkdtempSync(join(tmpdir(), 'todoku-embedded-'));
  rmSync(open, { recursive: true });
  const postgres = await start(open);
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
  rmSync(open, { recursive: true });
});

it('moves with its folder, from one that only the owner may enter to an open one', async () => {
  await (await start()).stop();
  const moved = `${dataDir}-moved`;
  mkdirSync(moved, { mode: 0o755 });
  for (const name of ['postgres', 'postgres.json']) renameSync(join(dataDir, name), join(moved, name));
  const postgres = await start(moved);
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
  rmSync(moved, { recursive: true });
});

it('is one server for all who start it together, until the last one stops', async () => {
  const all = await Promise.all([start(), start(), start()]);
  expect(new Set(all.map((postgres) => postgres.url)).size).toBe(1);
  expect(all.map((postgres) => postgres.adopted).sort()).toEqual([false, true, true]);
  for (const postgres of all.slice(1)) await postgres.stop();
  expect(await ask(all[0]!.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await all[0]!.stop();
  expect(findPostmaster(paths)).toBeUndefined();
});

it('adopts the server that a killed process left, and stops it in the end', async () => {
  const script = fileURLToPath(new URL('../../../test/embedded/hold-postgres.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  const postgres = await start();
  expect(postgres.adopted).toBe(true);
  expect(postgres.url).toBe(line.toString().trim());
  await postgres.stop();
  expect(findPostmaster(paths)).toBeUndefined();
});

it('starts a server again that died, where its clients look for it', async () => {
  const postgres = await start();
  await ask(postgres.url, 'create table kept (n int)');
  process.kill(findPostmaster(paths)!.pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await ask(postgres.url, 'select from kept')).toEqual([]), { timeout: 30_000, interval: 100 });
  await postgres.stop();
  expect(findPostmaster(paths)).toBeUndefined();
});

it('clears the postmaster.pid of a dead server, also when its number now belongs to another program', async () => {
  const postgres = await start();
  const running = findPostmaster(paths)!;
  const file = join(paths.cluster, 'postmaster.pid');
  const content = readFileSync(file, 'utf8');
  await postgres.stop();
  expect(isRunning(running)).toBe(false);
  for (const pid of [running.pid, process.pid]) {
    writeFileSync(file, content.replace(String(running.pid), String(pid)));
    const next = await start();
    expect(next.adopted).toBe(false);
    await next.stop();
  }
});

it('begins anew when the very first start was interrupted', async () => {
  mkdirSync(`${paths.cluster}.draft/base`, { recursive: true });
  writeFileSync(paths.lockFile, '999999999 1');
  const postgres = await start();
  expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.stop();
});

it('says what is wrong with a data directory of another version or without its password', async () => {
  await (await start()).stop();
  const version = join(paths.cluster, 'PG_VERSION');
  const right = readFileSync(version);
  writeFileSync(version, '9\n');
  await expect(start()).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES', message: expect.stringContaining('made by Postgres 9') });
  writeFileSync(version, right);
  rmSync(paths.connectionFile);
  await expect(start()).rejects.toThrow('postgres.json with the password is gone');
});

it('says what Postgres said when it does not start', async () => {
  await (await start()).stop();
  rmSync(join(paths.cluster, 'global'), { recursive: true });
  await expect(start()).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES', message: expect.stringContaining('global/pg_control') });
});
