import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Files with secrets: readable by their owner only, whole or not there, and on the disk when the call returns. */

/** null: there is no such file. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** False, and nothing changed: there is such a file already. Of several that try at once, one succeeds. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  return await aside(path, text, async (written) => {
    try {
      await link(written, path);
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await aside(path, text, (written) => rename(written, path));
}

/** True: others could read it, and now they can't. */
export async function makePrivate(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return false;
  await chmod(path, 0o600);
  return true;
}

/** Writes the text under another name first, for `publish` to bring it in with one step. */
async function aside<T>(path: string, text: string, publish: (written: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const written = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeSynced(written, text);
  try {
    return await publish(written);
  } finally {
    await rm(written, { force: true });
    await syncDirectory(dirname(path));
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the file's name survives a power cut as well. Windows has no such thing. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
