import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.js';
import type { Platform } from '../providers/provider.js';
import type { Keyring } from '../security/keyring.js';
import type { TokenState } from './sql/list-tokens.js';
import { adoptedOwner } from './token-owner.js';

/** Where a message to a bare token goes: the user whose device it is, or the owner made up for a token that nobody registered. */
export interface AddressedToken {
  readonly tokenId: string;
  readonly userId: string;
  readonly projectId: number;
  readonly platform: Platform;
  /** Anything but active is not sent to. */
  readonly state: TokenState;
}

interface Known extends AddressedToken {
  readonly hash: Buffer;
}

/**
 * The rows of these tokens, in their order; undefined where the provider has no project 'default'. A token without a row gets one: active, of an
 * owner made from its hash, until somebody registers it.
 */
export async function adoptTokens(
  parts: { readonly database: Database; readonly keyring: Keyring },
  tokens: readonly { readonly token: string; readonly provider: string }[],
): Promise<(AddressedToken | undefined)[]> {
  const hashed = tokens.map(({ token, provider }) => ({ token, provider, hash: parts.keyring.hash(token) }));
  const known = await findByHash(parts.database, hashed);
  const strange = hashed.filter(({ hash }) => !known.has(hash.toString('hex')));
  if (strange.length > 0) {
    await adopt(parts, strange);
    for (const [hash, row] of await findByHash(parts.database, strange)) known.set(hash, row);
  }
  return hashed.map(({ hash }) => known.get(hash.toString('hex')));
}

async function findByHash(database: Database, tokens: readonly { readonly hash: Buffer }[]): Promise<Map<string, AddressedToken>> {
  if (tokens.length === 0) return new Map();
  const rows = await database.query<Known>(
    /* sql */ `
select id as "tokenId", user_id as "userId", project_id as "projectId", platform, state, token_hash as hash
from public.push_tokens where token_hash = any($1::bytea[])`,
    [tokens.map(({ hash }) => hash)],
  );
  return new Map(rows.map(({ hash, ...row }) => [hash.toString('hex'), row]));
}

/** In the order of the hashes, so that two callers with the same tokens wait for each other instead of deadlocking. */
async function adopt(
  { database, keyring }: { readonly database: Database; readonly keyring: Keyring },
  tokens: readonly { readonly token: string; readonly provider: string; readonly hash: Buffer }[],
): Promise<void> {
  const rows = tokens.map((row) => ({ ...row, id: randomUUID() }));
  await database.query(
    /* sql */ `
insert into public.push_tokens (id, user_id, platform, project_id, token_ciphertext, token_hash, key_id)
select u.id, u.owner, 'unknown', p.id, u.ciphertext, u.hash, $6
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[]) as u(id, owner, provider, ciphertext, hash)
join push.projects p on p.provider = u.provider and p.name = 'default'
order by u.hash
on conflict (token_hash) do nothing`,
    [
      rows.map(({ id }) => id),
      rows.map(({ hash }) => adoptedOwner(hash)),
      rows.map(({ provider }) => provider),
      rows.map(({ token, id }) => keyring.encrypt(token, id)),
      rows.map(({ hash }) => hash),
      keyring.primaryKeyId,
    ],
  );
}
