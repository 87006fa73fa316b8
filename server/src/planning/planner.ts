import { plainArray } from '../database/array-literal.js';
import type { Database, Queryable } from '../database/database.js';
import { LowWater } from '../database/low-water.js';
import { failpoint } from '../failpoints/failpoint.js';
import { DeliveryNumbers } from './delivery-numbers.js';
import type { ClaimedChunk, Handover, Reservation } from './handover.js';
import type { LocalTime } from './local-time.js';
import { readOutboxRows, type TakenOutbox } from './outbox-rows.js';
import { type BatchHistory, planBatch } from './plan-batch.js';
import { PlanWriter } from './plan-writer.js';
import type { Lane } from './planning-types.js';
import type { Policy, PolicyCache } from './policy-cache.js';
import { RecentAsks, readRecentUsers } from './recent-users.js';
import { noteRecent, refundCap } from './sql/note-recent.js';
import { recordPlan } from './sql/record-plan.js';
import { takeOutbox, takeOutboxWithContent } from './sql/take-outbox.js';
import { TalliedTypes } from './tallied-types.js';
import { isAnyThere, notYetSeen } from './unseen-rows.js';

export interface PlannerOptions {
  readonly lane: Lane;
  /** Notifications in one transaction, as it is now. */
  readonly batchSize: () => number;
  /** Deliveries in one chunk, as it is now; at most what one provider request may hold. */
  readonly chunkSize: () => number;
}

interface PlannerParts {
  readonly database: Database;
  readonly policies: PolicyCache;
  readonly localTime: LocalTime;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Planning time; null: the database's own, so that a worker whose clock is wrong sends nothing in the night. */
  readonly planningTime: () => Date | null;
  /** Called with whose notifications were planned, also when it is not known whether the commit happened. Must neither throw nor wait. */
  readonly onPlanned: (users: Iterable<string>) => void;
  /** Told of each batch after its commit, and since when (monotonic) it was worked on. */
  readonly traces?: { planned(items: TakenOutbox['items'], lane: Lane, startedAt: number): void } | undefined;
  /** null: everything goes through the queue. */
  readonly handover: Handover | null;
}

const MOST_ROWS = 500;
/** Notifications in one outbox row, at most: what the trigger writes. */
const LONGEST_ROW = 500;
/** Chunks of a batch that are not full, about: an hour or a minute of expiry ends in it. */
const PARTIAL_CHUNKS = 2;
/**
 * While more waits in the outbox than a batch, for how long planning waits for slots before it plans into the queue. Planning is the faster of the
 * two: without, it would run ahead of the slots, and all would take the dearer way through the queue.
 */
const PATIENCE_MS = 1000;

export interface PlannedBatch {
  readonly notifications: number;
  readonly deliveries: number;
  /** Deliveries of it that are being sent already. */
  readonly handedOver: number;
}

/**
 * Turns what stands in a lane's outbox into decisions and chunks, one transaction a batch: all of it commits or nothing. One batch at a time;
 * any number of planners may work on a lane, and they take different rows.
 */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #options: PlannerOptions;
  readonly #numbers = new DeliveryNumbers();
  readonly #types = new TalliedTypes();
  readonly #lowWater: LowWater;
  /** How many outbox rows make a batch, going by the last one: a bulk insert's hold 500 each, an HTTP request's one. */
  #outboxRows = MOST_ROWS;
  /** Notifications in an outbox row, going by the last batch. */
  #rowSize = LONGEST_ROW;
  /** The latest batch was as large as it could be: more may wait. */
  #behind = false;

  constructor(parts: PlannerParts, options: PlannerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#lowWater = new LowWater(parts.monotonic);
  }

  /** Plans one batch, and sends of it at once what may be. */
  async plan(): Promise<PlannedBatch> {
    const { lane } = this.#options;
    const batchSize = this.#options.batchSize();
    const chunkSize = this.#options.chunkSize();
    const reservation =
      (await this.#parts.handover?.reserve(lane, Math.ceil(batchSize / chunkSize), this.#behind ? PATIENCE_MS : 0)) ?? null;
    let claimed: readonly ClaimedChunk[] = [];
    try {
      const planned = await this.#plan(batchSize, chunkSize, reservation);
      claimed = planned.claimed;
      const handedOver = claimed.reduce((sum, { lease }) => sum + lease.recipients, 0);
      return { notifications: planned.notifications, deliveries: planned.deliveries, handedOver };
    } catch (error) {
      this.#numbers.forget();
      throw error;
    } finally {
      reservation?.send(claimed);
    }
  }

  async #plan(
    most: number,
    chunkSize: number,
    reservation: Reservation | null,
  ): Promise<Omit<PlannedBatch, 'handedOver'> & { readonly claimed: readonly ClaimedChunk[] }> {
    const { database, policies, localTime, monotonic, random, planningTime } = this.#parts;
    const { lane } = this.#options;
    const batchSize = reservation === null ? most : Math.min(most, this.#fitting(reservation.chunks, chunkSize));
    const take = reservation === null ? takeOutbox : takeOutboxWithContent;
    const policy = await policies.get();
    const step = policy.capLimit === null ? 0 : policy.capWindowSeconds / policy.capLimit;
    const mark = this.#lowWater.next(String(lane));
    let lookedMs = 0;
    let startedAt = 0;
    let users: Iterable<string> = [];
    const work = async (tx: Queryable) => {
      const lookedAt = monotonic();
      startedAt = lookedAt;
      const rows = (await tx.rows(take, [lane, batchSize, this.#outboxRows, mark.from, planningTime()])) as (string | null)[][];
      lookedMs = monotonic() - lookedAt;
      const taken = readOutboxRows(rows);
      users = usersOf(taken.items);
      const outboxIds = taken.items.map((item) => item.outboxId);
      if (taken.items.length === 0) return { notifications: 0, deliveries: 0, outboxIds, items: taken.items, claimed: [] };
      const gone = taken.items.filter(({ userId }) => userId === null);
      if (await isAnyThere(tx, gone)) throw notYetSeen();
      const history = await this.#history(tx, taken, policy, step);
      // Numbers are drawn outside this transaction's rows: a rollback wastes them, which costs nothing.
      await this.#numbers.reserve(
        tx,
        taken.items.reduce((sum, item) => sum + item.devices.length, 0),
        taken.items.reduce((most, item) => Math.max(most, item.devices.length), 0),
      );
      const writer = new PlanWriter(lane, this.#numbers, (projectId) => Math.min(chunkSize, policy.burstOf(projectId)), this.#types);
      const refunds = planBatch(taken, history, policy, localTime, random, writer);
      if (refunds.size > 0) await tx.query(refundCap, [plainArray([...refunds.keys()]), JSON.stringify(Object.fromEntries(refunds)), step]);
      const written = await tx.rows(recordPlan, writer.parameters());
      const claimed = reservation === null ? [] : await reservation.claim(tx, writer.newChunks(written), taken.now);
      if (FAILPOINTS) await failpoint('before_plan_commit');
      return { notifications: taken.items.length, deliveries: writer.deliveries, outboxIds, items: taken.items, claimed };
    };
    // Also of a commit whose answer was lost: it may have happened.
    const planned = await database.transaction(work).finally(() => this.#parts.onPlanned(users));
    this.#lowWater.saw(mark, planned.outboxIds.length === 0 ? null : Math.min(...planned.outboxIds), lookedMs);
    this.#behind = planned.notifications >= batchSize;
    const rows = new Set(planned.outboxIds).size;
    if (rows > 0) this.#rowSize = Math.ceil(planned.notifications / rows);
    if (rows > 0) this.#outboxRows = Math.min(MOST_ROWS, Math.ceil((batchSize * rows) / planned.notifications));
    this.#parts.traces?.planned(planned.items, lane, startedAt);
    return { notifications: planned.notifications, deliveries: planned.deliveries, claimed: planned.claimed };
  }

  /** How many notifications to ask for, so that their chunks find a slot each. The last outbox row taken may hold more than was missing. */
  #fitting(chunks: number, chunkSize: number): number {
    const full = chunks - Math.min(PARTIAL_CHUNKS, Math.floor(chunks / 3));
    return Math.max(1, full * chunkSize - (this.#rowSize - 1));
  }

  async #history(tx: Queryable, taken: TakenOutbox, policy: Policy, step: number): Promise<BatchHistory> {
    const asks = new RecentAsks(taken.items, policy);
    if (asks.empty) return { asks, recent: new Map() };
    const rows = await tx.rows(noteRecent, [
      ...asks.parameters(policy.capLimit ?? Number.POSITIVE_INFINITY),
      step,
      policy.capWindowSeconds,
      this.#parts.planningTime(),
    ]);
    return { asks, recent: readRecentUsers(rows) };
  }
}

/** Lazily: mostly nobody wants to know. */
function* usersOf(items: TakenOutbox['items']): Iterable<string> {
  for (const { userId } of items) if (userId !== null) yield userId;
}
