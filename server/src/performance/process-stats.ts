import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** What one cache did since the process began. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  /** Entries now. */
  readonly size: number;
}

/** What a worker's slots did since the last time. */
export interface SlotLoad {
  readonly slots: number;
  /** Slots in use, on average. */
  readonly busy: number;
  /** Of the group of slots that was used most: the share in use, 0 … 1. */
  readonly saturation: number;
  /** Milliseconds of a claim on average; null: there was none. */
  readonly claimMs: number | null;
}

/** What one process says of itself with its heartbeat (push.workers.stats), about the time since the one before. */
export interface ProcessStats {
  /** Milliseconds by which 99 of 100 turns of the event loop were late at most. */
  readonly loopLagMs: number;
  /** Of one processor, 0 … 1 (more where threads of the program work beside it). */
  readonly cpuShare: number;
  readonly rssBytes: number;
  /** null: no worker in this process. */
  readonly load: SlotLoad | null;
  readonly caches: Readonly<Record<string, CacheStats>>;
}

const RESOLUTION_MS = 20;

interface Sources {
  readonly load: () => SlotLoad | null;
  readonly caches: () => Readonly<Record<string, CacheStats>>;
}

/** Measures this process from when it is made until it is closed. */
export class ProcessMeter {
  readonly #monotonic: () => number;
  readonly #loop: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #at: number;
  #cpu = process.cpuUsage();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#at = monotonic();
    this.#loop.enable();
  }

  /** What was since the last time it was asked. */
  take({ load, caches }: Sources): ProcessStats {
    const now = this.#monotonic();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, now - this.#at);
    // The histogram counts whole intervals, the resolution included.
    const lag = this.#loop.count > 0 ? Math.max(0, this.#loop.percentile(99) / 1e6 - RESOLUTION_MS) : 0;
    this.#loop.reset();
    this.#at = now;
    this.#cpu = process.cpuUsage();
    return {
      loopLagMs: round(lag),
      cpuShare: round((user + system) / 1000 / elapsedMs),
      rssBytes: process.memoryUsage.rss(),
      load: load(),
      caches: caches(),
    };
  }

  close(): void {
    this.#loop.disable();
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
