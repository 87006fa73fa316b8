import type { Database, Subscription } from '../../database/database.js';
import type { NotificationSettings } from '../../settings/settings-form.js';
import type { StoredToken } from '../../tokens/sql/list-tokens.js';
import type { TuningSource } from '../live-tuning.js';
import type { CacheStats } from '../process-stats.js';
import { type CacheName, cacheNames } from '../tuning-values.js';
import { UserCache } from './user-cache.js';

interface SharedCacheParts {
  readonly database: Database;
  readonly tuning: TuningSource;
}

const CHANNEL = 'todoku_cache';
const KEY_DIGITS = 8;

/**
 * The caches of one process, which hear of changes that other processes and plain SQL make. States: off → listening → off.
 *
 * What was told while the connection was lost is gone, so everything is forgotten when it is back; until then an entry lives for its ttl at most.
 */
export class SharedCaches {
  /** Unread notifications, by user. */
  readonly notifications: UserCache<number>;
  readonly settings: UserCache<NotificationSettings>;
  readonly tokens: UserCache<readonly StoredToken[]>;
  readonly #parts: SharedCacheParts;
  #subscription: Subscription | null = null;
  #endTuning: () => void = () => undefined;

  constructor(parts: SharedCacheParts) {
    this.#parts = parts;
    const { caches } = parts.tuning.current();
    this.notifications = new UserCache(caches.notifications);
    this.settings = new UserCache(caches.settings);
    this.tokens = new UserCache(caches.tokens);
  }

  /** From when it resolves, answers may come from memory. */
  async start(): Promise<void> {
    this.#endTuning = this.#parts.tuning.onChange(() => this.#configure());
    this.#configure();
    this.#subscription = await this.#parts.database.listen(
      CHANNEL,
      (payload) => this.#hear(payload),
      () => this.#each((cache) => cache.clear()),
    );
    this.#each((cache) => cache.turn(true));
  }

  async stop(): Promise<void> {
    this.#each((cache) => cache.turn(false));
    this.#endTuning();
    await this.#subscription?.close();
    this.#subscription = null;
  }

  /** Of this process. */
  stats(): Readonly<Record<CacheName, CacheStats>> {
    return { notifications: this.notifications.stats(), settings: this.settings.stats(), tokens: this.tokens.stats() };
  }

  #configure(): void {
    const { caches } = this.#parts.tuning.current();
    for (const name of cacheNames) this[name].configure(caches[name]);
  }

  /** `settings:` and the users' keys, one after another, or `*`. What it does not understand comes from a newer release: everything goes. */
  #hear(payload: string): void {
    const [name, users = ''] = payload.split(':');
    const cache = cacheNames.find((known) => known === name);
    if (cache === undefined) this.#each((each) => each.clear());
    else if (/^(?:[0-9a-f]{8})+$/.test(users)) {
      for (let at = 0; at < users.length; at += KEY_DIGITS) this[cache].forgetKey(users.slice(at, at + KEY_DIGITS));
    } else this[cache].clear();
  }

  #each(act: (cache: Pick<UserCache<unknown>, 'clear' | 'turn'>) => void): void {
    for (const name of cacheNames) act(this[name]);
  }
}
