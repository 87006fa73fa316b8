import type { Queryable } from '../../database/database.js';
import { describeError } from '../../logging/describe-error.js';
import type { Logger } from '../../logging/logger.js';
import type { CacheName } from '../tuning-values.js';
import { keyOfUser } from './user-cache.js';

interface CacheHintParts {
  readonly database: Queryable;
  /** Whether any process would hear it. */
  readonly isRead: () => boolean;
  readonly log: Logger;
}

/** A payload of NOTIFY has room for fewer than 8,000 bytes. */
const USERS_A_HINT = 900;
/** Beyond these it is cheaper for everybody to forget everybody. */
const MOST_HINTS = 8;
const GATHER_MS = 20;

/**
 * Tells the caches of all processes whose notifications have changed, for many changes at once, outside of the transactions that made them:
 * a commit that notifies waits for every other that does. What is lost with a process is bounded by the ttl.
 */
export class CacheHints {
  readonly #parts: CacheHintParts;
  readonly #cache: CacheName;
  #keys = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> = Promise.resolve();

  constructor(cache: CacheName, parts: CacheHintParts) {
    this.#cache = cache;
    this.#parts = parts;
  }

  /** Never throws; what is told within 20 ms goes together. */
  tell(users: Iterable<string>): void {
    if (!this.#parts.isRead()) return;
    if (this.#keys.size <= MOST_HINTS * USERS_A_HINT) for (const user of users) this.#keys.add(keyOfUser(user));
    if (this.#keys.size > 0) this.#timer ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#send();
    }
    await this.#sending;
  }

  #send(): void {
    const keys = [...this.#keys];
    this.#keys = new Set();
    this.#timer = null;
    const groups = keys.length > MOST_HINTS * USERS_A_HINT ? ['*'] : inGroups(keys);
    const payloads = groups.map((group) => `${this.#cache}:${group}`);
    this.#sending = this.#sending.then(async () => {
      try {
        await this.#parts.database.query(`select pg_notify('todoku_cache', payload) from unnest($1::text[]) payload`, [payloads]);
      } catch (error) {
        this.#parts.log.warn({ error: describeError(error) }, 'caches could not be told of changes; entries live for their ttl');
      }
    });
  }
}

function inGroups(keys: readonly string[]): string[] {
  const groups: string[] = [];
  for (let at = 0; at < keys.length; at += USERS_A_HINT) groups.push(keys.slice(at, at + USERS_A_HINT).join(''));
  return groups;
}
