import { inspect } from 'node:util';
import { parseInput } from '../errors/parse-input.js';
import { type CacheConfig, type CacheName, type TuningChange, type TuningSettings, tuningSchema } from './tuning-values.js';

/** Reads what is in force and writes what is assigned: `configs.notifications.ttl *= 1.5`. Throws INVALID_INPUT, and nothing is changed then. */
interface WritableCacheConfig {
  /** Milliseconds. */
  ttl: number;
  maxSize: number;
  enabled: boolean;
}

export type CacheConfigs = Readonly<Record<CacheName, WritableCacheConfig>>;

const fieldOf = { ttl: 'Ttl', maxSize: 'MaxSize', enabled: 'Enabled' } as const;

/** `read`: what is in force; `write`: is given what was assigned, checked. */
export function cacheConfigs(read: (name: CacheName) => CacheConfig, write: (change: TuningChange) => void): CacheConfigs {
  const config = (name: CacheName): WritableCacheConfig => {
    const assign = (field: keyof CacheConfig, value: unknown): void => {
      const column: Exclude<keyof TuningSettings, 'controller' | 'slots' | 'chunkSize' | 'claimSize'> = `${name}${fieldOf[field]}`;
      const path = `cacheConfigs.${name}.${field}`;
      write({ [column]: parseInput(tuningSchema.shape[column].unwrap(), value, path) });
    };
    const accessors = {
      get ttl() {
        return read(name).ttl;
      },
      // A product such as 1.5 × 4,321 is no whole number of milliseconds.
      set ttl(value) {
        assign('ttl', typeof value === 'number' ? Math.round(value) : value);
      },
      get maxSize() {
        return read(name).maxSize;
      },
      set maxSize(value) {
        assign('maxSize', typeof value === 'number' ? Math.round(value) : value);
      },
      get enabled() {
        return read(name).enabled;
      },
      set enabled(value) {
        assign('enabled', value);
      },
    };
    Object.defineProperty(accessors, inspect.custom, { value: () => ({ ...read(name) }) });
    return Object.seal(accessors);
  };
  return Object.freeze({ notifications: config('notifications'), settings: config('settings'), tokens: config('tokens') });
}
