import type { Database } from '../database/database.js';
import { readWaiting, type WaitingInProject } from '../monitoring/queue-figures.js';
import { tendStrayChunks } from '../notifications/broadcasts/broadcast-chunks.js';
import type { NotificationPerformanceOptimizer } from '../performance/notification-performance-optimizer.js';
import type { Lane } from '../planning/planning-types.js';
import { expireChunks } from '../queue/postgres/expire-chunks.js';
import { queueDepth } from '../queue/postgres/queue-depth.js';
import type { QueueDepth } from '../queue/queue-engine.js';
import { type RequeueCount, requeueFailed } from '../queue/requeue.js';
import { recordAct } from '../security/audit.js';
import { ControlPanel, type Controls } from './controls.js';

/** Who does it, and why; both go into the audit. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}

export interface QueueStats {
  readonly at: Date;
  /** Milliseconds since the oldest delivery was due that nothing explains; 0: there is none. */
  readonly oldestItemAge: number;
  /** Due deliveries, explained or not. */
  readonly queueSize: number;
  /** Milliseconds of a request, over the last five minutes; 0: there was none. */
  readonly averageProcessingTime: number;
  /** 0 … 1: the busiest process's share of a processor. */
  readonly systemLoad: number;
  readonly byLane: Readonly<
    Record<Lane, { readonly ready: number; readonly delayed: number; readonly sending: number; readonly parked: number }>
  >;
  readonly depth: readonly QueueDepth[];
  /** What is due, by project, and why it waits. */
  readonly waiting: readonly WaitingInProject[];
  readonly outbox: number;
  readonly held: number;
  /** Leases that ran out and that no worker has taken up yet: deliveries. */
  readonly abandoned: number;
  readonly paused: boolean;
  readonly emergency: boolean;
  readonly pushesEnabled: boolean;
}

export interface StaleItems {
  /** Deliveries that were past their expiry: ended as expired. */
  readonly expired: number;
  /** Chunks whose broadcast was cancelled or goes on: ended, or let go. */
  readonly strays: number;
  /** Deliveries of leases that ran out: the workers take these up, since only they may call them unknown. */
  readonly abandoned: number;
}

interface QueueManagerParts {
  readonly database: Database;
  readonly optimizer: NotificationPerformanceOptimizer;
  readonly chunkSize: () => number;
  /** Who acts, where a call does not say. */
  readonly actor?: string;
}

const HOUR_MS = 3_600_000;
const EXPIRE_AT_ONCE = 1_000;

/** The queue, for operators: everything is in the database and in force for every worker. Nothing is ever deleted without an outcome. */
export class NotificationQueueManager {
  readonly #parts: QueueManagerParts;
  readonly #controls: ControlPanel;

  constructor(parts: QueueManagerParts) {
    this.#parts = parts;
    this.#controls = new ControlPanel(parts.database);
  }

  /** From when it resolves no worker claims anything; what was claimed before may be on the wire for one request's deadline. */
  pauseProcessing(by?: By): Promise<Controls> {
    return this.#controls.pause(by ?? this.#by('pauseProcessing'));
  }

  resumeProcessing(by?: By): Promise<Controls> {
    return this.#controls.resume(by ?? this.#by('resumeProcessing'));
  }

  /** Queues again what was given up or refused within these hours and may still arrive. Called again, it finds nothing that it has queued. */
  async retryFailedNotifications({ hours = 24, by }: { readonly hours?: number; readonly by?: By } = {}): Promise<RequeueCount> {
    const until = new Date();
    const span = { since: new Date(until.getTime() - hours * HOUR_MS), until };
    return await requeueFailed(this.#parts.database, span, by ?? this.#by('retryFailedNotifications'), {
      chunkSize: this.#parts.chunkSize(),
    });
  }

  async getDetailedQueueStats(): Promise<QueueStats> {
    const { database, optimizer } = this.#parts;
    const depth = await database.query<QueueDepth & object>(queueDepth);
    const waiting = await readWaiting(database);
    const { paused, emergency, pushesEnabled } = await this.#controls.read();
    const { averageResponseTime, systemLoad } = await optimizer.getPerformanceMetrics();
    const [rest] = await database.query<Rest>(restStatement);
    if (rest === undefined) throw new Error('no queue');
    const count = (lane: Lane, state: QueueDepth['state']): number =>
      depth.find((one) => one.lane === lane && one.state === state)?.deliveries ?? 0;
    const laneOf = (lane: Lane) => ({
      ready: count(lane, 'ready'),
      delayed: count(lane, 'delayed'),
      sending: count(lane, 'sending'),
      parked: count(lane, 'parked'),
    });
    return {
      ...rest,
      oldestItemAge: Math.max(0, ...waiting.flatMap(({ explanation, oldestMs }) => (explanation === null ? [oldestMs] : []))),
      queueSize: waiting.reduce((total, project) => total + project.waiting, 0),
      averageProcessingTime: averageResponseTime ?? 0,
      systemLoad: systemLoad ?? 0,
      byLane: { 0: laneOf(0), 1: laneOf(1), 2: laneOf(2) },
      depth,
      waiting,
      paused,
      emergency,
      pushesEnabled,
    };
  }

  /** Ends what can't be sent any more, with an outcome and its entry in the ledger. What workers do by themselves, without waiting for their turn. */
  async clearStaleItems(by?: By): Promise<StaleItems> {
    const { database } = this.#parts;
    let expired = 0;
    for (let last = -1; last !== 0; ) {
      const [row] = await database.query<{ expired: number }>(expireChunks, [EXPIRE_AT_ONCE]);
      last = row?.expired ?? 0;
      expired += last;
    }
    const strays = await tendStrayChunks(database);
    const [rest] = await database.query<Rest>(restStatement);
    const cleared = { expired, strays, abandoned: rest?.abandoned ?? 0 };
    await recordAct(database, { ...(by ?? this.#by('clearStaleItems')), action: 'queue.clear_stale', target: 'queue', details: cleared });
    return cleared;
  }

  /** Makes the chunk size what these figures call for. Returns the sizes before and after. */
  async adjustBatchSize(
    stats: Pick<QueueStats, 'queueSize' | 'averageProcessingTime' | 'systemLoad'>,
    by?: By,
  ): Promise<{ readonly before: number; readonly after: number }> {
    const { optimizer } = this.#parts;
    const before = (await optimizer.overview(0)).inForce.chunkSize;
    const after = optimizer.optimizeBatchSize(stats.queueSize, stats.averageProcessingTime, stats.systemLoad);
    if (after !== before) await optimizer.applyBatchSize(after, by ?? this.#by('adjustBatchSize'));
    return { before, after };
  }

  #by(call: string): By {
    return { actor: this.#parts.actor ?? 'todoku', reason: `${call}() was called` };
  }
}

interface Rest {
  readonly at: Date;
  readonly outbox: number;
  readonly held: number;
  readonly abandoned: number;
}

const restStatement = /* sql */ `
select clock_timestamp() as at, (select coalesce(sum(n), 0)::bigint from push.outbox) as outbox, (select count(*) from push.held) as held,
  (select coalesce(sum(n), 0)::bigint from push.chunks where state = 2 and lease_until < clock_timestamp()) as abandoned`;
