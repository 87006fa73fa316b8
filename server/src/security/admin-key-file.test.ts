import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { systemClock } from '../clock/clock.js';
import { silentLogger } from '../logging/logger.js';
import { ensureAdminKey } from './admin-key-file.js';
import { ApiKeys } from './api-keys.js';

let db: TestDatabase;
let directory = '';
beforeEach(async () => {
  db = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'todoku-admin-'));
});
afterEach(async () => {
  await db.close();
  await rm(directory, { recursive: true });
});

const keyInFile = async (): Promise<string> => (await readFile(join(directory, 'admin-key'), 'utf8')).trim();
const apiKeys = (): ApiKeys => new ApiKeys({ database: db.database, clock: systemClock, log: silentLogger });

it('makes an admin key at the first start, in a private file, and names the file and not the key', async () => {
  const info = vi.fn();
  const data = join(directory, 'data');
  const { path, created } = await ensureAdminKey(data, db.database, { ...silentLogger, info });
  expect({ path, created }).toEqual({ path: join(data, 'admin-key'), created: true });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const key = (await readFile(path, 'utf8')).trim();
  expect(await apiKeys().verify(key)).toMatchObject({ scopes: ['admin'] });
  expect(JSON.stringify(info.mock.calls)).toContain(path);
  expect(JSON.stringify(info.mock.calls)).not.toContain(key.slice(4));
});

it('keeps the key at every later start', async () => {
  await ensureAdminKey(directory, db.database, silentLogger);
  const key = await keyInFile();
  expect(await ensureAdminKey(directory, db.database, silentLogger)).toMatchObject({ created: false });
  expect(await keyInFile()).toBe(key);
});

it('makes one key when several processes start at once', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => ensureAdminKey(directory, db.database, silentLogger)));
  expect(all.filter(({ created }) => created)).toHaveLength(1);
  expect(await apiKeys().list()).toHaveLength(1);
  expect(await apiKeys().verify(await keyInFile())).not.toBeNull();
  expect(await readdir(directory)).toEqual(['admin-key']);
});

it.each(['', 'nonsense', 'td_000000000000_0000000000000000000000000000000000000000000000000'])(
  'replaces a file whose key this database never knew: %j',
  async (text) => {
    await writeFile(join(directory, 'admin-key'), text);
    expect(await ensureAdminKey(directory, db.database, silentLogger)).toMatchObject({ created: true });
    expect(await apiKeys().verify(await keyInFile())).not.toBeNull();
  },
);

it('does not bring a revoked key back', async () => {
  await ensureAdminKey(directory, db.database, silentLogger);
  const key = await keyInFile();
  await apiKeys().revoke(key.split('_')[1] ?? '', { actor: 'cli:ops', reason: 'leaked' });
  const warn = vi.fn();
  expect(await ensureAdminKey(directory, db.database, { ...silentLogger, warn })).toMatchObject({ created: false });
  expect(await keyInFile()).toBe(key);
  expect(warn).toHaveBeenCalledOnce();
});
