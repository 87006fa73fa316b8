import { LRUCache } from 'lru-cache';
import type { CacheStats } from '../process-stats.js';
import type { CacheConfig } from '../tuning-values.js';

/** What changes are told by: the last eight hex digits of the user's id. The first ones are a time in version 7 of uuids. */
export function keyOfUser(userId: string): string {
  return userId.slice(-8).toLowerCase();
}

/** What was read, and for how long it is true at most when nobody changes anything; null: for ever. */
export interface Loaded<Value> {
  readonly value: Value;
  readonly freshMs: number | null;
}

interface Entry<Value> {
  readonly userId: string;
  readonly scope: string;
  readonly value: Value;
}

interface Flight<Value> {
  readonly userId: string;
  readonly scope: string;
  readonly loaded: Promise<Loaded<Value>>;
}

/**
 * What was read of single users, until somebody changes it. States: off (passes every question on) ⇄ on.
 *
 * What is forgotten while it is being read is not kept, so that a change is never overtaken by an older reading. For doors that show; whoever
 * decides about a push reads the database itself.
 */
export class UserCache<Value> {
  #config: CacheConfig;
  #entries: LRUCache<string, Entry<Value>>;
  /** Readings under way that nothing has overtaken. */
  readonly #flights = new Map<string, Flight<Value>>();
  #on = false;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor(config: CacheConfig) {
    this.#config = config;
    this.#entries = this.#make(config);
  }

  /** scope: on whose behalf it is read, where that makes a difference: row level security may show others less. */
  async get(userId: string, scope: string, load: () => Promise<Loaded<Value>>): Promise<Value> {
    if (!this.#on || !this.#config.enabled) return (await load()).value;
    const key = keyOfUser(userId);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.userId === userId && entry.scope === scope) {
      this.#hits++;
      return entry.value;
    }
    this.#misses++;
    const under = this.#flights.get(key);
    if (under !== undefined && under.userId === userId && under.scope === scope) return (await under.loaded).value;
    return await this.#load(key, { userId, scope, loaded: load() });
  }

  async #load(key: string, flight: Flight<Value>): Promise<Value> {
    this.#flights.set(key, flight);
    const mine = (): boolean => this.#flights.get(key) === flight;
    try {
      const { value, freshMs } = await flight.loaded;
      const ttl = Math.min(this.#config.ttl, freshMs ?? this.#config.ttl);
      if (mine() && ttl >= 1) this.#entries.set(key, { userId: flight.userId, scope: flight.scope, value }, { ttl: Math.ceil(ttl) });
      return value;
    } finally {
      if (mine()) this.#flights.delete(key);
    }
  }

  /** After a change of this user's. */
  forget(userId: string): void {
    this.forgetKey(keyOfUser(userId));
  }

  forgetKey(key: string): void {
    this.#entries.delete(key);
    this.#flights.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#flights.clear();
  }

  /** Off: as long as changes would not be heard of. */
  turn(on: boolean): void {
    this.#on = on;
    this.clear();
  }

  /** Begins empty when anything differs. */
  configure(config: CacheConfig): void {
    const { ttl, maxSize, enabled } = this.#config;
    if (config.ttl === ttl && config.maxSize === maxSize && config.enabled === enabled) return;
    this.#config = config;
    this.clear();
    this.#entries = this.#make(config);
  }

  /** Since it was made. */
  stats(): CacheStats {
    return { hits: this.#hits, misses: this.#misses, evictions: this.#evictions, size: this.#entries.size };
  }

  #make({ maxSize, ttl }: CacheConfig): LRUCache<string, Entry<Value>> {
    return new LRUCache({
      max: maxSize,
      ttl,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
      },
    });
  }
}
