import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Database, Queryable } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { findApiKey, insertApiKey } from './api-key-store.js';
import { mintApiKey, readApiKey } from './api-key-text.js';
import { recordAct } from './audit.js';
import { makePrivate, readPrivateFile, replacePrivateFile } from './private-file.js';

const fileName = 'admin-key';
/** Advisory lock: of processes that start at once, one makes the key. */
const lock = 7_304_124;

/**
 * Makes sure that `<data directory>/admin-key` holds an API key with all rights, so that the first start can be followed by the first call.
 * A key that an operator has revoked stays revoked: only a file that is missing, or whose key this database never knew, gets a new one.
 */
export async function ensureAdminKey(
  dataDirectory: string,
  database: Database,
  log: Logger,
): Promise<{ readonly path: string; readonly created: boolean }> {
  const path = join(dataDirectory, fileName);
  const created = await database.transaction(async (tx) => {
    await tx.query(/* sql */ 'select pg_advisory_xact_lock($1)', [lock]);
    if (await isKnown(path, tx, log)) return false;
    const minted = mintApiKey();
    await insertApiKey(tx, minted, { name: `admin-key file on ${hostname()}`, scopes: ['admin'] }, 'todoku');
    await recordAct(tx, { actor: 'todoku', action: 'keys.create', target: `key:${minted.id}`, reason: 'first start', details: { path } });
    // Before the commit: a crash in between leaves a file whose key nobody knows, and the next start makes another.
    await replacePrivateFile(path, `${minted.text}\n`);
    return true;
  });
  if (created) log.info({ path }, 'Made an admin API key; it stands in this file.');
  return { path, created };
}

async function isKnown(path: string, tx: Queryable, log: Logger): Promise<boolean> {
  const text = await readPrivateFile(path);
  if (text === null) return false;
  if (await makePrivate(path)) log.warn({ path }, 'The admin key could be read by others; revoke it and delete the file to get a new one.');
  const presented = readApiKey(text.trim());
  const key = presented === null ? null : await findApiKey(tx, presented.id);
  if (key === null || presented === null || !key.secretHash.equals(presented.secretHash)) return false;
  if (key.revokedAt !== null) log.warn({ path, keyId: key.id }, 'The admin key in this file is revoked; delete the file to get a new one.');
  return true;
}
