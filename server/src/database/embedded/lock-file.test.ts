import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLockFile } from './lock-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'todoku-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLockFile(path, 10_000, work)));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

it('opens again after a failure, and hands the failure on', async () => {
  const fails = withLockFile(path, 1_000, () => Promise.reject(new Error('own')));
  await expect(fails).rejects.toThrow('own');
  expect(await withLockFile(path, 1_000, () => Promise.resolve('in'))).toBe('in');
});

it('breaks the lock of a process that is gone, or whose number another one has', async () => {
  for (const holder of ['999999999 1', `${process.pid} 1`]) {
    writeFileSync(path, holder);
    expect(await withLockFile(path, 1_000, () => Promise.resolve('in'))).toBe('in');
  }
});

it('waits for a living one only so long', async () => {
  await withLockFile(path, 1_000, async () => {
    await expect(withLockFile(path, 1, () => Promise.resolve())).rejects.toThrow('another process has held');
  });
});
