import type { Database, Subscription } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { readTuningNow } from './tuning-store.js';
import { inForce, type Tuning, type TuningDefaults, untunedValues } from './tuning-values.js';

/** What is in force now, at the price of reading a field. */
export interface TuningSource {
  current(): Tuning;
  /** Called after each change. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

/** Always the same: for tests, and for what does not follow changes. */
export function fixedTuning(defaults: TuningDefaults): TuningSource {
  const tuning = untunedValues(defaults);
  return { current: () => tuning, onChange: () => () => undefined };
}

interface LiveTuningParts {
  readonly database: Database;
  readonly defaults: TuningDefaults;
  readonly log: Logger;
  readonly pollMs?: number;
}

/**
 * push.tuning as it stands, at most a second old. States: stopped → running → stopped.
 *
 * While running it looks each second, and at once when it is told. When the database does not answer, what was read last stays in force.
 */
export class LiveTuning implements TuningSource {
  readonly #parts: LiveTuningParts;
  readonly #listeners = new Set<() => void>();
  #current: Tuning;
  #cachesAreRead = false;
  #asked = 0;
  #applied = 0;
  #timer: NodeJS.Timeout | null = null;
  #subscription: Subscription | null = null;
  #reading: Promise<void> | null = null;

  constructor(parts: LiveTuningParts) {
    this.#parts = parts;
    this.#current = untunedValues(parts.defaults);
  }

  current(): Tuning {
    return this.#current;
  }

  /** Whether any process keeps caches that want to hear of changes. */
  get cachesAreRead(): boolean {
    return this.#cachesAreRead;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads once; rejects when that fails. */
  async load(): Promise<Tuning> {
    const asked = ++this.#asked;
    const { set, cachesAreRead } = await readTuningNow(this.#parts.database);
    // Of two readings at once the older may come in last.
    if (asked < this.#applied) return this.#current;
    this.#applied = asked;
    this.#cachesAreRead = cachesAreRead;
    const read = inForce(set, this.#parts.defaults);
    if (JSON.stringify(read) !== JSON.stringify(this.#current)) {
      this.#current = read;
      for (const listener of this.#listeners) listener();
    }
    return this.#current;
  }

  async start(): Promise<void> {
    await this.load();
    const look = (): void => void this.#look();
    this.#subscription = await this.#parts.database.listen('todoku_tuning', look, look);
    this.#timer = setInterval(look, this.#parts.pollMs ?? 1000).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#subscription?.close();
    await this.#reading;
  }

  /** One look at a time; a hint that comes meanwhile is found at the next. */
  async #look(): Promise<void> {
    this.#reading ??= this.load()
      .then(
        () => undefined,
        (error: unknown) => this.#parts.log.warn({ error: describeError(error) }, 'the tuning could not be read; what was read last stays'),
      )
      .finally(() => {
        this.#reading = null;
      });
    await this.#reading;
  }
}
