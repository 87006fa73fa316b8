import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDataFolder } from './make-data-folder.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'todoku-folder-'));
  await writeFile(join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true }));

it('makes a folder and those above it, and leaves one that is there', async () => {
  const path = join(folder, 'a', 'b', 'c');
  await makeDataFolder(path);
  await writeFile(join(path, 'kept'), '');
  await makeDataFolder(path);
  expect(await readdir(path)).toEqual(['kept']);
});

it.each([
  ['a file', 'file', 'EEXIST'],
  ['below a file', 'file/below', 'ENOTDIR'],
])('names the variable when it is %s', async (_what, name, code) => {
  const path = join(folder, name);
  await expect(makeDataFolder(path)).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: `TODOKU_DATA_DIR ${path} can't be a folder (${code}).`,
  });
});

it.runIf(process.platform === 'linux')('ends where a file system says that what it should make is not there', async () => {
  await expect(makeDataFolder('/proc/todoku/below')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
