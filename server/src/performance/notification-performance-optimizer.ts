import type { Database } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { optimalBatchSize } from './batch-size.js';
import { type CacheConfigs, cacheConfigs } from './cache-configs.js';
import { type Adjustment, TuningController } from './controller.js';
import type { LiveTuning } from './live-tuning.js';
import { type OwnStats, type PerformanceMetrics, readCacheStats, readPerformance } from './performance-metrics.js';
import { type By, changeTuning, readHistory, readTuning, type TuningStep } from './tuning-store.js';
import {
  type CacheConfig,
  type CacheName,
  inForce,
  type Tuning,
  type TuningChange,
  type TuningDefaults,
  type TuningSettings,
} from './tuning-values.js';

interface OptimizerParts {
  readonly database: Database;
  /** Loaded; what `cacheConfigs` reads. */
  readonly tuning: Pick<LiveTuning, 'current' | 'load'>;
  readonly defaults: TuningDefaults;
  readonly log: Logger;
  /** This process, when it keeps caches. */
  readonly own?: OwnStats;
  /** Who acts, where a call does not say. */
  readonly actor?: string;
}

export interface TuningOverview {
  /** What is in force with this process's environment. */
  readonly inForce: Tuning;
  /** What is set; null: the environment's, or the default. */
  readonly set: TuningSettings;
  /** The latest first. */
  readonly history: readonly TuningStep[];
}

/** How the system performs, and what of it can be tuned while it runs. Everything is of all processes together. */
export class NotificationPerformanceOptimizer {
  /**
   * The caches of what users are shown. An assignment is checked at once, in force in this process's view at once, and in every process within
   * about a second of `flush()`.
   */
  readonly cacheConfigs: CacheConfigs;
  readonly #parts: OptimizerParts;
  readonly #controller: TuningController;
  /** Assigned, and not yet read back from the database. */
  #assigned: Partial<TuningSettings> = {};
  #writing: Promise<void> = Promise.resolve();
  #failures: unknown[] = [];

  constructor(parts: OptimizerParts) {
    this.#parts = parts;
    this.#controller = new TuningController(parts);
    this.cacheConfigs = cacheConfigs(
      (name) => this.#cacheConfig(name),
      (change) => this.#assign(change),
    );
  }

  async getPerformanceMetrics(): Promise<PerformanceMetrics> {
    const { database, own, tuning } = this.#parts;
    await tuning.load();
    return await readPerformance(database, own ?? null, tuning.current());
  }

  /** One step of the controller now, also while it is switched off; in the audit whatever comes of it. */
  async adjustConfigBasedOnPerformance(by?: By): Promise<Adjustment> {
    return await this.#controller.stepNow(by ?? this.#by('adjustConfigBasedOnPerformance() was called'));
  }

  /** One step when the controller is on and ten seconds have passed since the last one of any process; null: neither. */
  async adjustWhenDue(): Promise<Adjustment | null> {
    return await this.#controller.stepWhenDue();
  }

  /**
   * Deliveries that should share a request: see batch-size.ts. Changes nothing; `applyBatchSize` does.
   * @param queueSize deliveries that wait
   * @param averageProcessingTime milliseconds of a request
   * @param systemLoad 0 … 1
   */
  optimizeBatchSize(queueSize: number, averageProcessingTime: number, systemLoad: number): number {
    return optimalBatchSize(queueSize, averageProcessingTime, systemLoad);
  }

  /** Makes it the chunk size of every worker. Throws INVALID_INPUT. */
  async applyBatchSize(size: number, by?: By): Promise<TuningSettings> {
    return await this.change({ chunkSize: size }, by ?? this.#by('applyBatchSize() was called'));
  }

  /** Users in the caches of all processes. */
  async getCacheSize(): Promise<number> {
    return (await readCacheStats(this.#parts.database, this.#parts.own ?? null)).size;
  }

  /** What had to make room for others, in all processes that live, since they began. */
  async getEvictionCount(): Promise<number> {
    return (await readCacheStats(this.#parts.database, this.#parts.own ?? null)).evictions;
  }

  /** Throws INVALID_INPUT with the field's path; nothing is changed then. */
  async change(change: TuningChange, by: By): Promise<TuningSettings> {
    const set = await changeTuning(this.#parts.database, change, by);
    await this.#parts.tuning.load();
    return set;
  }

  async overview(steps: number): Promise<TuningOverview> {
    const { database, defaults } = this.#parts;
    const set = await readTuning(database);
    return { inForce: inForce(set, defaults), set, history: await readHistory(database, steps) };
  }

  /** Resolves when every assignment to `cacheConfigs` is stored; rejects with the first that was not. */
  async flush(): Promise<void> {
    await this.#writing;
    const [first] = this.#failures.splice(0);
    if (first !== undefined) throw first;
  }

  #cacheConfig(name: CacheName): CacheConfig {
    const { ttl, maxSize, enabled } = this.#parts.tuning.current().caches[name];
    return {
      ttl: this.#assigned[`${name}Ttl`] ?? ttl,
      maxSize: this.#assigned[`${name}MaxSize`] ?? maxSize,
      enabled: this.#assigned[`${name}Enabled`] ?? enabled,
    };
  }

  #assign(change: TuningChange): void {
    Object.assign(this.#assigned, change);
    const fields = Object.keys(change) as (keyof TuningSettings)[];
    this.#writing = this.#writing.then(async () => {
      try {
        await this.change(change, this.#by(`${fields.join(', ')} was assigned in cacheConfigs`));
      } catch (error) {
        this.#failures.push(error);
        this.#parts.log.error({ fields, error: describeError(error) }, 'an assignment to cacheConfigs could not be stored');
      } finally {
        // Unless it was assigned again meanwhile.
        for (const field of fields) if (this.#assigned[field] === change[field]) delete this.#assigned[field];
      }
    });
  }

  #by(reason: string): By {
    return { actor: this.#parts.actor ?? 'todoku', reason };
  }
}
