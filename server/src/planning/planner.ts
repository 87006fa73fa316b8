import { plainArray } from '../database/array-literal.js';
import type { Database } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';
import { LowWater } from '../queue/low-water.js';
import { DeliveryNumbers } from './delivery-numbers.js';
import type { LocalTime } from './local-time.js';
import { readOutboxRows } from './outbox-rows.js';
import { planBatch } from './plan-batch.js';
import { PlanWriter } from './plan-writer.js';
import type { Lane } from './planning-types.js';
import type { PolicyCache } from './policy-cache.js';
import { recordPlan, refundCap } from './sql/record-plan.js';
import { takeOutbox } from './sql/take-outbox.js';

export interface PlannerOptions {
  /** Notifications in one transaction. */
  readonly batchSize: number;
  /** Deliveries in one chunk; at most what one provider request may hold. */
  readonly chunkSize: number;
}

interface PlannerParts {
  readonly database: Database;
  readonly policies: PolicyCache;
  readonly localTime: LocalTime;
  readonly monotonic: () => number;
  readonly random: () => number;
  /** Planning time; null: the database's own, so that a worker whose clock is wrong sends nothing in the night. */
  readonly planningTime: () => Date | null;
}

export interface PlannedBatch {
  readonly notifications: number;
  readonly deliveries: number;
}

/** Turns what stands in the outbox into decisions and chunks, one transaction a batch: all of it commits or nothing. A lane is planned once at a time. */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #options: PlannerOptions;
  /** One for each lane: lanes are planned side by side, and what one has reserved another must not take. */
  readonly #numbers: Record<Lane, DeliveryNumbers> = { 0: new DeliveryNumbers(), 1: new DeliveryNumbers(), 2: new DeliveryNumbers() };
  readonly #lowWater: LowWater;

  constructor(parts: PlannerParts, options: PlannerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#lowWater = new LowWater(parts.monotonic);
  }

  /** Plans one batch of a lane. Two planners may work on one lane at once: they take different rows. */
  async plan(lane: Lane): Promise<PlannedBatch> {
    const { database, policies, localTime, monotonic, random, planningTime } = this.#parts;
    const { batchSize, chunkSize } = this.#options;
    const policy = await policies.get();
    const step = policy.capLimit === null ? 0 : policy.capWindowSeconds / policy.capLimit;
    const mark = this.#lowWater.next(String(lane));
    let lookedMs = 0;
    const planned = await database.transaction(async (tx) => {
      const lookedAt = monotonic();
      const rows = (await tx.rows(takeOutbox, [
        lane,
        batchSize,
        Math.min(batchSize, 500),
        mark.from,
        step,
        policy.capWindowSeconds,
        policy.capLimit ?? 2_000_000_000,
        planningTime(),
      ])) as (string | null)[][];
      lookedMs = monotonic() - lookedAt;
      const taken = readOutboxRows(rows);
      const outboxIds = taken.items.map((item) => item.outboxId);
      if (taken.items.length === 0) return { notifications: 0, deliveries: 0, lowest: null };
      // Numbers are drawn outside this transaction's rows: a rollback wastes them, which costs nothing.
      await this.#numbers[lane].reserve(
        tx,
        taken.items.reduce((sum, item) => sum + item.devices.length, 0),
        taken.items.reduce((most, item) => Math.max(most, item.devices.length), 0),
      );
      const writer = new PlanWriter(lane, this.#numbers[lane], (projectId) => Math.min(chunkSize, policy.burstOf(projectId)));
      const refunds = planBatch(taken, policy, localTime, random, writer);
      if (refunds.size > 0) await tx.query(refundCap, [plainArray([...refunds.keys()]), plainArray([...refunds.values()]), step]);
      await tx.query(recordPlan, writer.parameters());
      if (FAILPOINTS) await failpoint('before_plan_commit');
      return { notifications: taken.items.length, deliveries: writer.deliveries, lowest: Math.min(...outboxIds) };
    });
    this.#lowWater.saw(mark, planned.lowest, lookedMs);
    return { notifications: planned.notifications, deliveries: planned.deliveries };
  }
}
