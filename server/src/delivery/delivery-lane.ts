import { Wake } from '../clock/wake.js';
import type { Database } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import type { Lane } from '../planning/planning-types.js';
import type { PolicyCache } from '../planning/policy-cache.js';
import type { LeasedChunk, QueueEngine } from '../queue/queue-engine.js';
import { keepTrying } from './keep-trying.js';
import { loadContent } from './load-content.js';
import type { ProjectRegistry } from './project-registry.js';
import type { ChunkSender } from './send-chunk.js';
import { SlotMeter } from './slot-meter.js';

interface LaneParts {
  readonly database: Database;
  readonly engine: QueueEngine;
  readonly registry: ProjectRegistry;
  readonly policies: PolicyCache;
  readonly sender: Pick<ChunkSender, 'send'>;
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Logger;
}

export interface LaneOptions {
  /** Lanes that it serves, the most urgent first. */
  readonly lanes: readonly Lane[];
  /**
   * Chunks on the wire at once, as it is now. Nothing is claimed beyond them, so that a crash makes as few unknown as can be. When there are
   * fewer than before, what is on the wire finishes.
   */
  readonly slots: () => number;
  /** Most chunks of one claim, as it is now. */
  readonly claimSize: () => number;
  readonly leaseSeconds: number;
  readonly worker: string;
}

/**
 * Some slots that serve some lanes. A worker has three of these: slots for critical only, slots for critical and default, slots for all;
 * so a broadcast, or a provider that hangs on one, never holds up the others.
 */
export class DeliveryLane {
  readonly #parts: LaneParts;
  readonly #options: LaneOptions;
  readonly #freed = new Wake();
  readonly meter: SlotMeter;
  #stopping = false;
  /** Which project is asked first; each in turn, so that one with a long queue doesn't take every slot. */
  #turn = 0;

  constructor(parts: LaneParts, options: LaneOptions) {
    this.#parts = parts;
    this.#options = options;
    this.meter = new SlotMeter(parts.monotonic);
  }

  get busy(): number {
    return this.meter.busy;
  }

  get slots(): number {
    return this.#options.slots();
  }

  /** Claims what fits and starts it. Resolves when a good part of the slots is free again: true when it claimed anything. */
  async work(): Promise<boolean> {
    // One claim for each freed slot would be many small commits: wait until a third is free, unless nothing is under way.
    while (this.#free() < Math.max(1, Math.floor(this.slots / 3)) && !this.#stopping) await this.#freed.sleep(1000);
    let claimed = 0;
    const projects = await this.#parts.registry.list();
    const first = this.#turn++ % Math.max(1, projects.length);
    for (const project of [...projects.slice(first), ...projects.slice(0, first)]) {
      const free = this.#free();
      if (free <= 0 || this.#stopping) break;
      claimed += await this.#claim(project.id, free);
    }
    return claimed > 0;
  }

  /** The number of slots has changed: whoever waits for a free one looks again. */
  retuned(): void {
    this.#freed.wake();
  }

  #free(): number {
    return this.slots - this.busy;
  }

  /** Claims nothing from now on, for good. What is on the wire finishes. */
  stop(): void {
    this.#stopping = true;
    this.#freed.wake();
  }

  /** Waits until nothing is on the wire. */
  async drained(): Promise<void> {
    while (this.busy > 0) await this.#freed.sleep(100);
  }

  async #claim(projectId: number, free: number): Promise<number> {
    const { engine, monotonic } = this.#parts;
    const { lanes, claimSize, leaseSeconds, worker } = this.#options;
    const claimedAt = monotonic();
    const leases = await engine.claim({ projectId, lanes, maxChunks: Math.min(free, claimSize()), leaseSeconds, worker });
    this.meter.claimed(monotonic() - claimedAt);
    if (leases.length === 0) return 0;
    if (FAILPOINTS) await failpoint('after_claim');
    this.meter.add(leases.length);
    void this.#sendAll(leases, claimedAt);
    return leases.length;
  }

  async #sendAll(leases: readonly LeasedChunk[], claimedAt: number): Promise<void> {
    try {
      const [contents, policy] = await Promise.all([loadContent(this.#parts.database, leases), this.#parts.policies.get()]);
      for (const lease of leases)
        void this.#sendOne(() => this.#parts.sender.send(lease, contents.get(lease.chunkId), policy, claimedAt), lease);
    } catch (error) {
      // Nothing was sent: give back at once rather than have the leases run out and be called unknown.
      await this.#giveBack(leases, error);
      this.meter.add(-leases.length);
      this.#freed.wake();
    }
  }

  async #sendOne(send: () => Promise<void>, lease: LeasedChunk): Promise<void> {
    try {
      await send();
    } catch (error) {
      // Perhaps on the wire: the lease runs out, and then the type's policy for unknowns decides.
      this.#parts.log.error({ chunkId: lease.chunkId, error: describeError(error) }, 'NotificationError: a chunk was not settled');
    } finally {
      this.meter.add(-1);
      this.#freed.wake();
    }
  }

  async #giveBack(leases: readonly LeasedChunk[], error: unknown): Promise<void> {
    const { engine, log, sleep } = this.#parts;
    log.error({ chunks: leases.length, error: describeError(error) }, 'NotificationError: content could not be loaded');
    try {
      const attempt = { outcome: 'not_sent', durationMs: 0, httpStatus: null, code: 'CONTENT_NOT_LOADED', requestId: null } as const;
      await keepTrying(() => engine.retry(leases, { delayMs: 1000, burnsAttempt: false, attempt }), sleep);
    } catch (second) {
      log.error({ error: describeError(second) }, 'NotificationError: leases could not be given back');
    }
  }
}
