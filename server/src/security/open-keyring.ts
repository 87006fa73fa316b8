import type { Queryable } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import type { KeySet } from './key-text.js';
import { keyFileIn, makeKeyFile, readKeyFile } from './keyring-file.js';
import { LocalKeyring } from './local-keyring.js';

interface KeySource {
  /** Of TODOKU_ENCRYPTION_KEYS; null: the file in `dataDirectory`. */
  readonly keys: KeySet | null;
  readonly dataDirectory: string;
  readonly database: Queryable;
  readonly log: Logger;
}

/**
 * The keys of this system, from its configuration or its key file, which the first start makes. Throws KEY_UNAVAILABLE, and writes nothing, when the
 * file is not there although the database has seen keys or tokens: a fresh key would read none of them, and would hide that the old one is missed.
 * Whether the keys are the right ones `checkKeys` says.
 */
export async function openKeyring({ keys, dataDirectory, database, log }: KeySource): Promise<LocalKeyring> {
  if (keys !== null) return new LocalKeyring(keys);
  const found = await readKeyFile(dataDirectory, log);
  if (found !== null) return new LocalKeyring(found);
  if (await hasSeenKeys(database)) {
    // Another process may have made the file and registered its key between the two looks.
    const made = await readKeyFile(dataDirectory, log);
    if (made === null) throw lost(keyFileIn(dataDirectory));
    return new LocalKeyring(made);
  }
  return new LocalKeyring(await makeKeyFile(dataDirectory, log));
}

async function hasSeenKeys(database: Queryable): Promise<boolean> {
  const [row] = await database.query<{ seen: boolean }>(
    /* sql */ 'select exists (select from push.encryption_keys) or exists (select from public.push_tokens) as seen',
  );
  return row?.seen === true;
}

function lost(path: string): TodokuError {
  return new TodokuError('KEY_UNAVAILABLE', {
    message: `The key file ${path} is not there, and this database holds tokens or keys from before. Nothing was written. Put the file back from its backup, or set TODOKU_DATA_DIR to the folder that has it, or set TODOKU_ENCRYPTION_KEYS to what stood in it.`,
  });
}
