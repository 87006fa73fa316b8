import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TodokuError } from '../errors/todoku-error.js';

/** Makes the folder of `TODOKU_DATA_DIR` when it is not there. Throws CONFIGURATION_INVALID when it can't be one. */
export async function makeDataFolder(path: string): Promise<void> {
  try {
    await makeFolder(resolve(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new TodokuError('CONFIGURATION_INVALID', { message: `TODOKU_DATA_DIR ${path} can't be a folder (${code}).`, cause: error });
  }
}

/** Folder by folder: Node's own `recursive` never ends where a file system answers ENOENT for what can't be made, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  const failed = await mkdir(path).then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  if (failed === null || (await isFolder(path))) return;
  const above = dirname(path);
  if (failed.code !== 'ENOENT' || (await isFolder(above))) throw failed;
  await makeFolder(above);
  await makeFolder(path);
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isDirectory() ?? false;
