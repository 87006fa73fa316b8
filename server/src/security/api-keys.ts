import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { type ApiKey, findApiKey, insertApiKey, listApiKeys, markRevoked, markUsed, type NewApiKey, type Scope } from './api-key-store.js';
import { mintApiKey, readApiKey } from './api-key-text.js';
import { recordAct } from './audit.js';

/** A key that another process revoked works here for at most this long. */
const cacheMs = 5_000;
const mostCached = 1_000;
const usedEveryMs = 60_000;
/** Compared with when there is no such key, so that an unknown id takes as long as a wrong secret. */
const noHash = Buffer.alloc(32);

/** Who called, as far as a key tells. */
export interface Caller {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

interface Lookup {
  readonly at: number;
  readonly found: ReturnType<typeof findApiKey>;
  used: boolean;
}

interface ApiKeysParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Issues, checks and revokes API keys. Found keys, and ids that are none, are remembered for five seconds. */
export class ApiKeys {
  readonly #parts: ApiKeysParts;
  readonly #lookups = new LRUCache<string, Lookup>({ max: mostCached });

  constructor(parts: ApiKeysParts) {
    this.#parts = parts;
  }

  /** `text` is the key itself: shown here and never again. Throws INVALID_INPUT when it would be over before it is made. */
  async create(
    key: NewApiKey,
    by: { readonly actor: string; readonly reason: string },
  ): Promise<{ readonly id: string; readonly text: string }> {
    if (this.#isOver(key.expiresAt ?? null))
      throw new TodokuError('INVALID_INPUT', { path: 'expiresAt', message: 'expiresAt: must be in the future' });
    const minted = mintApiKey();
    await this.#parts.database.transaction(async (tx) => {
      await insertApiKey(tx, minted, key, by.actor);
      const details = { name: key.name, scopes: key.scopes, expiresAt: key.expiresAt ?? null };
      await recordAct(tx, { ...by, action: 'keys.create', target: `key:${minted.id}`, details });
    });
    this.#lookups.delete(minted.id);
    return { id: minted.id, text: minted.text };
  }

  async list(): Promise<ApiKey[]> {
    return await listApiKeys(this.#parts.database);
  }

  /** At once in this process, within five seconds in others. False: it was revoked before. Throws NOT_FOUND. */
  async revoke(id: string, by: { readonly actor: string; readonly reason: string }): Promise<boolean> {
    const revoked = await this.#parts.database.transaction(async (tx) => {
      if (await markRevoked(tx, id)) {
        await recordAct(tx, { ...by, action: 'keys.revoke', target: `key:${id}` });
        return true;
      }
      if ((await findApiKey(tx, id)) === null) throw new TodokuError('NOT_FOUND', { message: 'There is no API key with this id.' });
      return false;
    });
    this.#lookups.delete(id);
    return revoked;
  }

  /** null: not a key that may be used now, for whatever reason. Throws when the database does not answer: no answer is no leave. */
  async verify(text: string): Promise<Caller | null> {
    const presented = readApiKey(text);
    if (presented === null) return null;
    const lookup = this.#lookup(presented.id);
    const key = await lookup.found;
    const matches = timingSafeEqual(presented.secretHash, key?.secretHash ?? noHash);
    if (key === null || !matches || key.revokedAt !== null || this.#isOver(key.expiresAt)) return null;
    this.#noteUse(key, lookup);
    return { keyId: key.id, name: key.name, scopes: key.scopes };
  }

  #isOver(end: Date | null): boolean {
    return end !== null && end <= this.#parts.clock.now();
  }

  #lookup(id: string): Lookup {
    const now = this.#parts.clock.monotonic();
    const known = this.#lookups.get(id);
    if (known !== undefined && now - known.at < cacheMs) return known;
    const lookup: Lookup = { at: now, found: findApiKey(this.#parts.database, id), used: false };
    lookup.found.catch(() => {
      if (this.#lookups.peek(id) === lookup) this.#lookups.delete(id);
    });
    this.#lookups.set(id, lookup);
    return lookup;
  }

  /** Beside the request: nobody waits for it and nothing fails with it. */
  #noteUse(key: ApiKey, lookup: Lookup): void {
    const lately = key.lastUsedAt !== null && this.#parts.clock.now().getTime() - key.lastUsedAt.getTime() < usedEveryMs;
    if (lookup.used || lately) return;
    lookup.used = true;
    markUsed(this.#parts.database, key.id).catch((error: unknown) =>
      this.#parts.log.debug({ err: describeError(error), keyId: key.id }, 'The use of an API key could not be noted.'),
    );
  }
}

export function hasScope(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes(scope) || caller.scopes.includes('admin');
}
