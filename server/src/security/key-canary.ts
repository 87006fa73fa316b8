import type { Database, Queryable } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Keyring } from './keyring.js';

/** A keyring that can encrypt with each of its keys, so that each can leave its canary. */
export interface TestableKeyring extends Keyring {
  encryptWith(keyId: number, plaintext: string, row: string): Buffer;
}

const canary = 'todoku canary';
const canaryRow = (keyId: number): string => `canary:${keyId}`;
/** In push.encryption_keys: the key of the blind index, whose canary is a keyed hash. */
const indexKeyId = 0;
/** Tokens that are read with a key whose canary is not there yet. */
const sampleSize = 20;

/**
 * Whether the keyring fits the database, before anything is read or sent: every key is the key it was, and every key that a stored token needs is
 * there. New keys are registered. Throws KEY_UNAVAILABLE with all that is wrong; nothing then starts, deliveries wait, and no token is touched.
 *
 * Reads push_tokens once from end to end (0.2 s for a million).
 */
export async function checkKeys(database: Database, keyring: TestableKeyring): Promise<void> {
  const problems = await database.transaction(async (tx) => {
    const found = await keyProblems(tx, keyring);
    if (found.length === 0) await register(tx, keyring);
    return found.length === 0 ? await wrongKeys(tx, keyring) : found;
  });
  if (problems.length > 0) throw new TodokuError('KEY_UNAVAILABLE', { message: problems.join(' ') });
}

/** The same, only looking: registers nothing. What is wrong, in words. */
export async function keyProblems(database: Queryable, keyring: TestableKeyring): Promise<string[]> {
  return [...(await wrongKeys(database, keyring)), ...(await missingKeys(database, keyring))];
}

async function wrongKeys(tx: Queryable, keyring: TestableKeyring): Promise<string[]> {
  const rows = await tx.query<{ keyId: number; canary: Buffer }>(
    /* sql */ 'select key_id as "keyId", canary from push.encryption_keys order by key_id',
  );
  const known = new Map(rows.map((row) => [row.keyId, row.canary]));
  const problems: string[] = [];
  const index = known.get(indexKeyId);
  for (const keyId of keyring.keyIds) {
    const stored = known.get(keyId);
    const sample = stored === undefined || index === undefined ? await readSample(tx, keyring, keyId) : [];
    const fits =
      stored === undefined
        ? sample.length === 0 || sample.some(({ token }) => token !== null)
        : opened(keyring, stored, canaryRow(keyId)) === canary;
    if (!fits) problems.push(`Encryption key ${keyId} is not the key that stored tokens were encrypted with.`);
    if (index === undefined && sample.some(({ token, hash }) => token !== null && !keyring.hash(token).equals(hash)))
      problems.push(wrongIndex);
  }
  if (index !== undefined && !index.equals(keyring.hash(canary))) problems.push(wrongIndex);
  return [...new Set(problems)];
}

const wrongIndex = 'The index key is not the one that stored tokens were hashed with.';

/**
 * Some stored tokens, for those that came without their canaries: restored into an empty database, for instance. token is null where it can't be
 * read; one broken row is not a wrong key.
 */
async function readSample(tx: Queryable, keyring: Keyring, keyId: number): Promise<{ token: string | null; hash: Buffer }[]> {
  const rows = await tx.query<{ id: string; ciphertext: Buffer; hash: Buffer }>(
    /* sql */ 'select id, token_ciphertext as ciphertext, token_hash as hash from public.push_tokens where key_id = $1 limit $2',
    [keyId, sampleSize],
  );
  return rows.map(({ id, ciphertext, hash }) => ({ token: opened(keyring, ciphertext, id), hash }));
}

async function missingKeys(tx: Queryable, keyring: Keyring): Promise<string[]> {
  const rows = await tx.query<{ keyId: number }>(
    /* sql */ 'select distinct key_id as "keyId" from public.push_tokens where key_id <> all($1::int[]) order by 1',
    [keyring.keyIds],
  );
  return rows.map(({ keyId }) => `Encryption key ${keyId} is not in the keyring, and stored tokens need it.`);
}

/** Of several processes that register the same id with different keys, the first wins; the others find out by the check that follows. */
async function register(tx: Queryable, keyring: TestableKeyring): Promise<void> {
  const canaries: (readonly [number, Buffer])[] = [
    [indexKeyId, keyring.hash(canary)],
    ...keyring.keyIds.map((keyId) => [keyId, keyring.encryptWith(keyId, canary, canaryRow(keyId))] as const),
  ];
  await tx.query(
    /* sql */ `
insert into push.encryption_keys (key_id, canary) select * from unnest($1::int[], $2::bytea[]) order by 1
on conflict (key_id) do nothing`,
    [canaries.map(([keyId]) => keyId), canaries.map(([, bytes]) => bytes)],
  );
}

function opened(keyring: Keyring, ciphertext: Buffer, row: string): string | null {
  try {
    return keyring.decrypt(ciphertext, row);
  } catch (error) {
    if (error instanceof TodokuError) return null;
    throw error;
  }
}
