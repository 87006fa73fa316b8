import { Counter, Gauge, type Registry } from 'prom-client';
import type { TuningSource } from './live-tuning.js';
import type { CacheStats } from './process-stats.js';

/** What this process goes by, and what its caches do. */
export function addTuningMetrics(registry: Registry, tuning: TuningSource, caches: () => Readonly<Record<string, CacheStats>>): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge('todoku_tuning_slots', 'Chunks that a worker sends at the same time', () => tuning.current().slots);
  gauge('todoku_tuning_chunk_size', 'Most deliveries of a chunk', () => tuning.current().chunkSize);
  gauge('todoku_tuning_claim_size', 'Most chunks of one claim', () => tuning.current().claimSize);
  gauge('todoku_tuning_controller', '1: the controller adjusts them by itself', () => (tuning.current().controller ? 1 : 0));
  new Gauge({
    name: 'todoku_cache_entries',
    help: 'Users in a cache of this process',
    labelNames: ['cache'],
    registers,
    collect() {
      for (const [cache, { size }] of Object.entries(caches())) this.set({ cache }, size);
    },
  });
  const told = {
    hits: 'Look-ups that memory answered',
    misses: 'Look-ups that went to the database',
    evictions: 'Users who made room',
  } as const;
  for (const what of ['hits', 'misses', 'evictions'] as const) {
    new Counter({
      name: `todoku_cache_${what}_total`,
      help: `${told[what]}, by cache of this process`,
      labelNames: ['cache'],
      registers,
      collect() {
        this.reset();
        for (const [cache, stats] of Object.entries(caches())) this.inc({ cache }, stats[what]);
      },
    });
  }
}
