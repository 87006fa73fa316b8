import { createSecretKey, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { type KeySet, parseKeys, printKeys } from './key-text.js';
import { createPrivateFile, makePrivate, readPrivateFile } from './private-file.js';

const fileName = 'encryption-keys';
const newSecret = () => createSecretKey(randomBytes(32));

/**
 * The keys of `<data directory>/encryption-keys`, made at the first start. For when TODOKU_ENCRYPTION_KEYS is empty. Whoever loses this file
 * loses the stored tokens, so it is made once and never written again.
 */
export async function keysFromFile(dataDirectory: string, log: Logger): Promise<KeySet> {
  const path = join(dataDirectory, fileName);
  const text = (await readPrivateFile(path)) ?? (await firstKeys(path, log));
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
