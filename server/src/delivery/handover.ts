import type { Queryable } from '../database/database.js';
import type { ClaimedChunk, Handover, NewChunk, Reservation } from '../planning/handover.js';
import type { Lane } from '../planning/planning-types.js';
import type { Policy, PolicyCache } from '../planning/policy-cache.js';
import type { QueueEngine } from '../queue/queue-engine.js';
import type { DeliveryLane } from './delivery-lane.js';

const ASK_AGAIN_MS = 5;
/** What planning read is sent as it is for so long. A transaction takes some tens of milliseconds, unless it waits for a lock or a slow database. */
const FRESH_MS = 2000;

interface HandoverParts {
  readonly engine: QueueEngine;
  readonly policies: PolicyCache;
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

interface HandoverOptions {
  readonly leaseSeconds: number;
  /** As ClaimRequest has it. */
  readonly probeSeconds: number;
  readonly worker: string;
}

/**
 * Hands what is planned to slots that serve its lane. Of `slots`, those that serve the fewest lanes come first.
 *
 * As many reservations of a lane as it has planners: of two, what the earlier leaves over in the queue sends the later one's chunks there too.
 */
export class DeliveryHandover implements Handover {
  readonly #parts: HandoverParts;
  readonly #options: HandoverOptions;
  readonly #slots: readonly DeliveryLane[];

  constructor(parts: HandoverParts, options: HandoverOptions, slots: readonly DeliveryLane[]) {
    this.#parts = parts;
    this.#options = options;
    this.#slots = slots;
  }

  async reserve(lane: Lane, chunks: number, patienceMs: number): Promise<Reservation | null> {
    const { policies, monotonic, sleep } = this.#parts;
    const serving = this.#slots.filter((slots) => slots.serves(lane));
    const policy = await policies.get();
    const until = monotonic() + patienceMs;
    for (;;) {
      // A backlog wants many slots; what comes one by one leaves them to the lanes that have no others.
      const slots = patienceMs > 0 ? mostFree(serving) : (serving.find((one) => one.free >= least(one, chunks)) ?? mostFree(serving));
      const reserved = slots.reserve(least(slots, chunks), chunks);
      if (reserved > 0) return new SlotReservation(this.#parts, this.#options, { lane, policy, slots, reserved });
      if (monotonic() >= until || serving.every((slots) => slots.stopping)) return null;
      await sleep(ASK_AGAIN_MS);
    }
  }
}

const mostFree = (slots: readonly DeliveryLane[]): DeliveryLane => slots.reduce((most, one) => (one.free > most.free ? one : most));

/** Few slots make small batches, and a batch costs a commit. */
const least = (slots: DeliveryLane, chunks: number): number => Math.max(1, Math.min(chunks, Math.floor(slots.slots / 2)));

interface Reserved {
  readonly lane: Lane;
  readonly policy: Policy;
  readonly slots: DeliveryLane;
  readonly reserved: number;
}

class SlotReservation implements Reservation {
  readonly chunks: number;
  readonly #parts: HandoverParts;
  readonly #options: HandoverOptions;
  readonly #reserved: Reserved;
  /** Before anything was read. */
  readonly #reservedAt: number;
  #claimedAt = 0;

  constructor(parts: HandoverParts, options: HandoverOptions, reserved: Reserved) {
    this.#parts = parts;
    this.#options = options;
    this.#reserved = reserved;
    this.#reservedAt = parts.monotonic();
    this.chunks = reserved.reserved;
  }

  async claim(tx: Queryable, chunks: readonly NewChunk[], now: Date): Promise<ClaimedChunk[]> {
    const { engine, monotonic } = this.#parts;
    const lanes = ([0, 1, 2] as const).filter((lane) => lane <= this.#reserved.lane);
    const byId = new Map(chunks.map((chunk) => [chunk.id, chunk]));
    const claimed: ClaimedChunk[] = [];
    this.#claimedAt = monotonic();
    for (const [projectId, ids] of idsByProject(chunks)) {
      const maxChunks = this.chunks - claimed.length;
      if (maxChunks === 0) break;
      for (const lease of await engine.claimNew(tx, { projectId, lanes, maxChunks, ...this.#options }, ids)) {
        claimed.push({ lease, content: { deliveries: byId.get(lease.chunkId)?.contents ?? [], now, justPlanned: true } });
      }
    }
    return claimed;
  }

  send(claimed: readonly ClaimedChunk[]): void {
    const { slots, policy, reserved } = this.#reserved;
    const isFresh = this.#parts.monotonic() - this.#reservedAt <= FRESH_MS;
    if (claimed.length > 0 && isFresh) slots.deliver(claimed, policy, this.#claimedAt);
    if (claimed.length > 0 && !isFresh) {
      const leases = claimed.map(({ lease }) => lease);
      slots.deliverUnread(leases, this.#claimedAt);
    }
    slots.release(reserved);
  }
}

function idsByProject(chunks: readonly NewChunk[]): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { id, projectId } of chunks) {
    const known = ids.get(projectId);
    if (known === undefined) ids.set(projectId, [id]);
    else known.push(id);
  }
  return ids;
}
