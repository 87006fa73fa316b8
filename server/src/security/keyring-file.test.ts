import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../logging/logger.js';
import { type KeySet, printKeys } from './key-text.js';
import { makeKeyFile, readKeyFile } from './keyring-file.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'todoku-keys-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('makes a private file once and reads the same keys ever after', async () => {
  const data = join(directory, 'deep', 'data');
  const made = await makeKeyFile(data, silentLogger);
  expect(made.keys).toHaveLength(1);
  expect(made.indexKey).not.toBeNull();
  expect((await stat(join(data, 'encryption-keys'))).mode & 0o777).toBe(0o600);
  expect(printKeys(await makeKeyFile(data, silentLogger))).toBe(printKeys(made));
});

it('reads what is there, and makes nothing', async () => {
  expect(await readKeyFile(directory, silentLogger)).toBeNull();
  expect(await readdir(directory)).toEqual([]);
  const made = await makeKeyFile(directory, silentLogger);
  const read = await readKeyFile(directory, silentLogger);
  expect(read && printKeys(read)).toBe(printKeys(made));
});

it('gives all processes that start at once the same keys, and leaves nothing beside the file', async () => {
  const warn = vi.fn();
  const all = await Promise.all(Array.from({ length: 20 }, () => makeKeyFile(directory, { ...silentLogger, warn })));
  expect(new Set(all.map((keys: KeySet) => printKeys(keys))).size).toBe(1);
  expect(warn).toHaveBeenCalledOnce();
  expect(await readdir(directory)).toEqual(['encryption-keys']);
});

it('never changes a file that it cannot read', async () => {
  await writeFile(join(directory, 'encryption-keys'), 'nonsense');
  await expect(makeKeyFile(directory, silentLogger)).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining('encryption-keys: entry 1 is not of the form'),
  });
  expect(await readFile(join(directory, 'encryption-keys'), 'utf8')).toBe('nonsense');
});

it('closes a file that others could read, and says so', async () => {
  await makeKeyFile(directory, silentLogger);
  const path = join(directory, 'encryption-keys');
  await chmod(path, 0o644);
  const warn = vi.fn();
  await makeKeyFile(directory, { ...silentLogger, warn });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(warn).toHaveBeenCalledOnce();
});
