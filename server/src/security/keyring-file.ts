import { createSecretKey, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { type KeySet, parseKeys, printKeys } from './key-text.js';

const fileName = 'encryption-keys';
const newSecret = () => createSecretKey(randomBytes(32));

/**
 * The keys of `<data directory>/encryption-keys`, made at the first start. For when TODOKU_ENCRYPTION_KEYS is empty. Whoever loses this file
 * loses the stored tokens, so it is made once, whole, readable by its owner only, and never written again.
 */
export async function keysFromFile(dataDirectory: string, log: Logger): Promise<KeySet> {
  const path = join(dataDirectory, fileName);
  let text = await readIfThere(path);
  if (text === null) {
    await mkdir(dataDirectory, { recursive: true });
    const fresh = printKeys({ keys: [{ id: 1, secret: newSecret() }], indexKey: newSecret() });
    if (await createOnce(path, fresh)) {
      log.warn({ path }, 'Made the keys that encrypt push tokens. Back this file up: without it stored tokens cannot be read.');
    }
    // Another process may have been first: what stands in the file counts.
    text = await readFile(path, 'utf8');
  }
  await keepPrivate(path, log);
  const parsed = parseKeys(text);
  if (!parsed.ok) throw new TodokuError('CONFIGURATION_INVALID', { message: `${path}: ${parsed.problem}.` });
  return parsed.keys;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Written aside and then linked: the name appears with the whole content or not at all. False: another was first. */
async function createOnce(path: string, text: string): Promise<boolean> {
  const aside = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeSynced(aside, text);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
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

async function keepPrivate(path: string, log: Logger): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  await chmod(path, 0o600);
  log.warn({ path }, 'The key file could be read by others; it is now readable by its owner only. Consider the keys known and rotate them.');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
