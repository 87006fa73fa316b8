import type { Queryable } from '../database/database.js';

/**
 * What a key may do. Scopes are explicit: `operate` does not include `send`. Only `admin` includes the others.
 *
 * send: notifications, broadcasts' preview, tokens and settings on behalf of users; what an app's back end needs.
 * operate: look at everything, and stop, resume, retry, recover; what an operator needs.
 * admin: also keys, policy, encryption and what cannot be undone.
 */
export const scopes = ['send', 'operate', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** A key as it is stored, without its hash. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: Date;
}

const columns = /* sql */ `
id, name, scopes, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
last_used_at as "lastUsedAt"`;

export async function insertApiKey(
  tx: Queryable,
  minted: { readonly id: string; readonly secretHash: Buffer },
  key: NewApiKey,
  createdBy: string,
): Promise<void> {
  await tx.query(
    /* sql */ 'insert into push.api_keys (id, secret_hash, name, scopes, created_by, expires_at) values ($1, $2, $3, $4, $5, $6)',
    [minted.id, minted.secretHash, key.name, [...new Set(key.scopes)], createdBy, key.expiresAt ?? null],
  );
}

export async function findApiKey(database: Queryable, id: string): Promise<(ApiKey & { readonly secretHash: Buffer }) | null> {
  const [row] = await database.query<ApiKey & { secretHash: Buffer }>(
    /* sql */ `select ${columns}, secret_hash as "secretHash" from push.api_keys where id = $1`,
    [id],
  );
  return row ?? null;
}

/** Newest first. */
export async function listApiKeys(database: Queryable): Promise<ApiKey[]> {
  return await database.query<ApiKey>(/* sql */ `select ${columns} from push.api_keys order by created_at desc, id`);
}

/** False: there is no such key, or it was revoked before. */
export async function markRevoked(tx: Queryable, id: string): Promise<boolean> {
  const revoked = await tx.query(
    /* sql */ 'update push.api_keys set revoked_at = now() where id = $1 and revoked_at is null returning id',
    [id],
  );
  return revoked.length > 0;
}

/** At most one write a minute, whoever uses the key and wherever. */
export async function markUsed(database: Queryable, id: string): Promise<void> {
  await database.query(
    /* sql */ `
update push.api_keys set last_used_at = now()
where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [id],
  );
}
