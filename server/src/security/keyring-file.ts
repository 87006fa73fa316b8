import { createSecretKey, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { type KeySet, parseKeys, printKeys } from './key-text.js';
import { createPrivateFile, makePrivate, readPrivateFile } from './private-file.js';

const fileName = 'encryption-keys';
const newSecret = () => createSecretKey(randomBytes(32));

/** The keys of `<data directory>/encryption-keys`; null: there is no such file. */
export async function readKeyFile(dataDirectory: string, log: Logger): Promise<KeySet | null> {
  const path = keyFileIn(dataDirectory);
  const text = await readPrivateFile(path);
  return text === null ? null : await keysOf(text, path, log);
}

/**
 * The keys of a file that is made for them, at the first start. Whoever loses this file loses the stored tokens, so it is made once and never written
 * again: where there is one, its keys come back.
 */
export async function makeKeyFile(dataDirectory: string, log: Logger): Promise<KeySet> {
  const path = keyFileIn(dataDirectory);
  return await keysOf(await firstKeys(path, log), path, log);
}

export function keyFileIn(dataDirectory: string): string {
  return join(dataDirectory, fileName);
}

async function keysOf(text: string, path: string, log: Logger): Promise<KeySet> {
  if (await makePrivate(path)) {
    log.warn(
      { path },
      'The key file could be read by others; it is now readable by its owner only. Consider the keys known and rotate them.',
    );
  }
  const parsed = parseKeys(text);
  if (!parsed.ok) throw new TodokuError('CONFIGURATION_INVALID', { message: `${path}: ${parsed.problem}.` });
  return parsed.keys;
}

async function firstKeys(path: string, log: Logger): Promise<string> {
  const fresh = printKeys({ keys: [{ id: 1, secret: newSecret() }], indexKey: newSecret() });
  if (await createPrivateFile(path, fresh)) {
    log.warn({ path }, 'Made the keys that encrypt push tokens. Back this file up: without it stored tokens cannot be read.');
    return fresh;
  }
  // Another process was first: what stands in the file counts.
  return (await readPrivateFile(path)) ?? fresh;
}
