import type { Queryable } from '../database/database.js';
import type { CacheStats } from './process-stats.js';
import { type LiveProcess, type QueueFigures, readLiveProcesses, readQueue, readRequests } from './sql/read-performance.js';
import { type CacheName, cacheNames, type Tuning } from './tuning-values.js';

/** How the system performs: all processes together, over the last five minutes unless it says otherwise. null: nothing to tell it by. */
export interface PerformanceMetrics {
  readonly at: Date;
  readonly windowSeconds: number;
  /** Milliseconds until the provider has answered a request. */
  readonly averageResponseTime: number | null;
  readonly responseTime: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly requests: number;
  };
  /** Requests that the provider refused as too many (429). */
  readonly rateLimited: number;
  /** Of all look-ups since the processes began, the share that memory answered: 0 … 1. */
  readonly cacheHitRate: number | null;
  readonly caches: Readonly<Record<CacheName, CacheStats & { readonly hitRate: number | null }>>;
  /** Deliveries that are due, and all else that waits. */
  readonly queueDepth: number;
  readonly queue: QueueFigures;
  /** Recipients a second. */
  readonly throughput: number;
  /** Milliseconds: the p99 of the process that is latest, as of its last heartbeat. */
  readonly eventLoopLag: number | null;
  /** 0 … 1: the busiest process's share of a processor, for optimizeBatchSize. */
  readonly systemLoad: number | null;
  /** Milliseconds that claims take the database, on average over the workers. */
  readonly claimTime: number | null;
  readonly processes: readonly LiveProcess[];
  readonly tuning: Tuning;
}

const WINDOW_SECONDS = 300;

export async function readPerformance(database: Queryable, own: OwnStats | null, tuning: Tuning): Promise<PerformanceMetrics> {
  const requests = await readRequests(database, WINDOW_SECONDS);
  const queue = await readQueue(database);
  const processes = await liveProcesses(database, own);
  const caches = Object.fromEntries(cacheNames.map((name) => [name, withRate(sumOf(processes, [name]))])) as PerformanceMetrics['caches'];
  const worst = (of: (process: LiveProcess) => number | null | undefined): number | null => most(processes.map(of));
  const claims = processes.flatMap(({ stats }) => stats.load?.claimMs ?? []);
  return {
    at: new Date(),
    windowSeconds: WINDOW_SECONDS,
    averageResponseTime: requests.averageMs,
    responseTime: { p50: requests.p50Ms, p95: requests.p95Ms, p99: requests.p99Ms, requests: requests.requests },
    rateLimited: requests.rateLimited,
    cacheHitRate: withRate(sumOf(processes, cacheNames)).hitRate,
    caches,
    queueDepth: queue.due,
    queue,
    throughput: requests.recipients / WINDOW_SECONDS,
    eventLoopLag: worst(({ stats }) => stats.loopLagMs),
    systemLoad: worst(({ stats }) => (stats.cpuShare === undefined ? null : Math.min(1, stats.cpuShare))),
    claimTime: claims.length === 0 ? null : claims.reduce((sum, ms) => sum + ms, 0) / claims.length,
    processes,
    tuning,
  };
}

/** What this process knows of its caches itself, fresher than its last heartbeat. */
export interface OwnStats {
  readonly id: string;
  readonly caches: () => Readonly<Record<CacheName, CacheStats>>;
}

/** Of all processes: as of their heartbeats, of this one as of now. */
export async function readCacheStats(database: Queryable, own: OwnStats | null): Promise<CacheStats> {
  return sumOf(await liveProcesses(database, own), cacheNames);
}

async function liveProcesses(database: Queryable, own: OwnStats | null): Promise<LiveProcess[]> {
  const processes = await readLiveProcesses(database);
  return processes.map((process) => (process.id === own?.id ? { ...process, stats: { ...process.stats, caches: own.caches() } } : process));
}

function sumOf(processes: readonly LiveProcess[], names: readonly CacheName[]): CacheStats {
  const all = processes.flatMap(({ stats }) => names.flatMap((name) => stats.caches?.[name] ?? []));
  const sum = (field: keyof CacheStats): number => all.reduce((total, stats) => total + stats[field], 0);
  return { hits: sum('hits'), misses: sum('misses'), evictions: sum('evictions'), size: sum('size') };
}

function withRate(stats: CacheStats): CacheStats & { readonly hitRate: number | null } {
  const asked = stats.hits + stats.misses;
  return { ...stats, hitRate: asked === 0 ? null : stats.hits / asked };
}

function most(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  return known.length === 0 ? null : Math.max(...known);
}
