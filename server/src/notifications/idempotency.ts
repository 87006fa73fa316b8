import { textArray } from '../database/array-literal.js';
import type { Database, Queryable, Statement } from '../database/database.js';

/** An answer as it is kept and given again: HTTP status and JSON. */
export interface StoredAnswer {
  readonly status: number;
  readonly json: string;
}

/** A request that shall be carried out once, however often it is sent. Keys of different owners have nothing to do with each other. */
export interface IdempotencyKey {
  /** Id of the API key. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of path and body. */
  readonly bodyHash: Buffer;
}

/** What is known of a key. busy: another request with it is under way, in this process or another. */
export type KeyState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'reused' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

export const longestKey = 255;

/** Does not wait: false when another transaction has the key. */
export const keyLock = /* sql */ 'pg_try_advisory_xact_lock(hashtextextended(owner || chr(31) || key, 7304125))';

/**
 * Until the transaction's end nobody else carries out these keys. Does not wait: a key that somebody has is busy. The lock comes first and the
 * look at the row in a statement of its own, so that the look sees what was committed before the lock.
 */
const lockKeys: Statement = {
  name: 'lock_idempotency_keys',
  text: /* sql */ `
select ${keyLock}
from unnest($1::text[], $2::text[]) with ordinality as k(owner, key, nr) order by k.nr`,
};

const findKeys: Statement = {
  name: 'find_idempotency_keys',
  text: /* sql */ `
select i.body_hash = k.body_hash, i.status, i.response::text
from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality as k(owner, key, body_hash, nr)
left join push.idempotency i on i.owner = k.owner and i.key = k.key
order by k.nr`,
};

const storeAnswers: Statement = {
  name: 'store_idempotent_answers',
  text: /* sql */ `
insert into push.idempotency (owner, key, body_hash, status, response)
select * from unnest($1::text[], $2::text[], $3::bytea[], $4::smallint[], $5::json[])`,
};

/** Takes the keys for the rest of the transaction and says what is known of each, in their order. No key may stand in the list twice. */
export async function claimKeys(tx: Queryable, keys: readonly IdempotencyKey[]): Promise<KeyState[]> {
  const locked = await tx.rows(lockKeys, [textArray(keys.map(({ owner }) => owner)), textArray(keys.map(({ key }) => key))]);
  const states = await readKeys(tx, keys);
  return states.map((state, i) => (state.kind === 'fresh' && locked[i]?.[0] !== 't' ? { kind: 'busy' } : state));
}

/** What is known of keys, in their order; whether somebody works on a fresh one is not asked. */
export async function readKeys(database: Queryable, keys: readonly IdempotencyKey[]): Promise<KeyState[]> {
  if (keys.length === 0) return [];
  const known = await database.rows(findKeys, [
    textArray(keys.map(({ owner }) => owner)),
    textArray(keys.map(({ key }) => key)),
    hashArray(keys),
  ]);
  return known.map(stateOf);
}

/** Keeps the answers, in the transaction that did the work. */
export async function storeKeyAnswers(
  tx: Queryable,
  answers: readonly { readonly key: IdempotencyKey; readonly answer: StoredAnswer }[],
): Promise<void> {
  if (answers.length === 0) return;
  await tx.rows(storeAnswers, [
    textArray(answers.map(({ key }) => key.owner)),
    textArray(answers.map(({ key }) => key.key)),
    hashArray(answers.map(({ key }) => key)),
    answers.map(({ answer }) => answer.status),
    textArray(answers.map(({ answer }) => answer.json)),
  ]);
}

/** Forgets keys that are older than 24 hours, at most `most` of them. Returns how many: as many as `most` means that there are more. */
export async function pruneIdempotencyKeys(database: Database, most = 5000): Promise<number> {
  return (
    await database.rows(
      /* sql */ `
delete from push.idempotency where ctid = any (array(
  select ctid from push.idempotency where created_at < now() - interval '24 hours' order by created_at limit $1 for update skip locked))
returning 1`,
      [most],
    )
  ).length;
}

function stateOf(row: readonly (string | null)[]): KeyState {
  const [sameBody = null, status = null, json = null] = row;
  if (sameBody === 'f') return { kind: 'reused' };
  if (sameBody === 't' && status !== null && json !== null) return { kind: 'answered', answer: { status: Number(status), json } };
  return { kind: 'fresh' };
}

export function hashArray(keys: readonly IdempotencyKey[]): string {
  return textArray(keys.map(({ bodyHash }) => `\\x${bodyHash.toString('hex')}`));
}
