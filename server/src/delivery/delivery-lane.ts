import { Wake } from '../clock/wake.js';
import type { Database } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { ClaimedChunk } from '../planning/handover.js';
import type { Lane } from '../planning/planning-types.js';
import type { Policy, PolicyCache } from '../planning/policy-cache.js';
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
  /** As ClaimRequest has it. */
  readonly probeSeconds: number;
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
  /** Slots kept free for what is being planned. */
  #reserved = 0;
  /** Whether the latest look at the queue found nothing to send, and nothing is known to have come since. */
  #foundNothing = false;

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

  /** Slots that are neither in use nor reserved; fewer than none, when there were more before. */
  get free(): number {
    return this.slots - this.busy - this.#reserved;
  }

  serves(lane: Lane): boolean {
    return this.#options.lanes.includes(lane);
  }

  /** Keeps free slots for others to `deliver` to; `release` gives them back. Returns how many: fewer than `least` are not worth it, then none. */
  reserve(least: number, most: number): number {
    const free = Math.min(most, this.free);
    if (this.#stopping || !this.#foundNothing || free < least) return 0;
    this.#reserved += free;
    return free;
  }

  release(slots: number): void {
    this.#reserved -= slots;
    this.#freed.wake();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Chunks went to the queue: they come first. */
  queued(): void {
    this.#foundNothing = false;
  }

  /** Sends chunks that were claimed elsewhere. */
  deliver(claimed: readonly ClaimedChunk[], policy: Policy, claimedAt: number): void {
    this.meter.add(claimed.length);
    void this.#deliverAll(claimed, policy, claimedAt);
  }

  /** The same, of chunks whose content has yet to be read. */
  deliverUnread(leases: readonly LeasedChunk[], claimedAt: number): void {
    this.meter.add(leases.length);
    void this.#sendAll(leases, claimedAt);
  }

  /** Claims what fits and starts it. Resolves when a good part of the slots is free again: true when it claimed anything. */
  async work(): Promise<boolean> {
    // One claim for each freed slot would be many small commits: wait until a third is free, unless nothing is under way.
    while (this.free < Math.max(1, Math.floor(this.slots / 3)) && !this.#stopping) await this.#freed.sleep(1000);
    let claimed = 0;
    // Before the claims: what goes to the queue while they look may be too late for them.
    this.#foundNothing = true;
    const projects = await this.#parts.registry.list();
    const first = this.#turn++ % Math.max(1, projects.length);
    for (const project of [...projects.slice(first), ...projects.slice(0, first)]) {
      const free = this.free;
      if (free <= 0 || this.#stopping) {
        this.#foundNothing = false;
        break;
      }
      claimed += await this.#claim(project.id, free);
    }
    if (claimed > 0) this.#foundNothing = false;
    return claimed > 0;
  }

  /** The number of slots has changed: whoever waits for a free one looks again. */
  retuned(): void {
    this.#freed.wake();
  }

  /** Claims nothing from now on, for good. What is on the wire finishes. */
  stop(): void {
    this.#stopping = true;
    this.#freed.wake();
  }

  /** Waits until nothing is on the wire. */
  async drained(): Promise<void> {
    while (this.busy + this.#reserved > 0) await this.#freed.sleep(100);
  }

  async #claim(projectId: number, free: number): Promise<number> {
    const { engine, monotonic } = this.#parts;
    const { lanes, claimSize, leaseSeconds, probeSeconds, worker } = this.#options;
    const claimedAt = monotonic();
    const maxChunks = Math.min(free, claimSize());
    const leases = await engine.claim({ projectId, lanes, maxChunks, leaseSeconds, probeSeconds, worker });
    this.meter.claimed(monotonic() - claimedAt);
    if (leases.length === 0) return 0;
    this.deliverUnread(leases, claimedAt);
    return leases.length;
  }

  async #sendAll(leases: readonly LeasedChunk[], claimedAt: number): Promise<void> {
    try {
      if (FAILPOINTS) await failpoint('after_claim');
      const [contents, policy] = await Promise.all([loadContent(this.#parts.database, leases), this.#parts.policies.get()]);
      for (const lease of leases) {
        void this.#sendOne(() => this.#parts.sender.send(lease, contents.get(lease.chunkId), policy, claimedAt), lease);
        // To prepare a chunk takes a millisecond or two of this thread: what waits for it meanwhile, perhaps critical, comes between.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      // Nothing was sent: give back at once rather than have the leases run out and be called unknown.
      await this.#giveBack(leases, error);
      this.meter.add(-leases.length);
      this.#freed.wake();
    }
  }

  async #deliverAll(claimed: readonly ClaimedChunk[], policy: Policy, claimedAt: number): Promise<void> {
    for (const { lease, content } of claimed) {
      void this.#sendOne(async () => {
        if (FAILPOINTS) await failpoint('after_claim');
        await this.#parts.sender.send(lease, content, policy, claimedAt);
      }, lease);
      // A chunk takes some milliseconds of the processor before it is on the wire: let others in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #sendOne(send: () => Promise<void>, lease: LeasedChunk): Promise<void> {
    try {
      await send();
    } catch (error) {
      // Perhaps on the wire: the lease runs out, and then the type's policy for unknowns decides.
      const fields = { chunkId: lease.chunkId, error: describeError(error) };
      logNotificationError(this.#parts.log, 'CHUNK_NOT_SETTLED', 'a chunk was not settled', fields);
    } finally {
      this.meter.add(-1);
      this.#freed.wake();
    }
  }

  async #giveBack(leases: readonly LeasedChunk[], error: unknown): Promise<void> {
    const { engine, log, sleep } = this.#parts;
    const fields = { chunks: leases.length, error: describeError(error) };
    logNotificationError(log, 'CONTENT_NOT_LOADED', 'content could not be loaded', fields);
    try {
      const attempt = { outcome: 'not_sent', durationMs: 0, httpStatus: null, code: 'CONTENT_NOT_LOADED', requestId: null } as const;
      await keepTrying(() => engine.retry(leases, { delayMs: 1000, burnsAttempt: false, attempt }), sleep);
    } catch (second) {
      logNotificationError(log, 'LEASES_NOT_RETURNED', 'leases could not be given back', { error: describeError(second) });
    }
  }
}
