import type { Clock } from '../clock/clock.js';
import type { Database, Subscription } from '../database/database.js';
import { DeliveryLane } from '../delivery/delivery-lane.js';
import { DeliveryHandover } from '../delivery/handover.js';
import { LeaseRecovery } from '../delivery/lease-recovery.js';
import { OutcomeWriter } from '../delivery/outcome-writer.js';
import { ProjectBreaker } from '../delivery/project-breaker.js';
import { ProjectRegistry } from '../delivery/project-registry.js';
import { ChunkSender, probeSeconds } from '../delivery/send-chunk.js';
import type { TokenQuarantine } from '../delivery/token-quarantine.js';
import type { Logger } from '../logging/logger.js';
import type { DeliveryMetrics } from '../monitoring/delivery-metrics.js';
import type { TuningSource } from '../performance/live-tuning.js';
import type { SlotLoad } from '../performance/process-stats.js';
import { LocalTime } from '../planning/local-time.js';
import { Planner } from '../planning/planner.js';
import type { Lane } from '../planning/planning-types.js';
import { PolicyCache } from '../planning/policy-cache.js';
import { releaseHeld } from '../planning/release-held.js';
import type { Provider } from '../providers/provider.js';
import { PostgresQueueEngine } from '../queue/postgres/postgres-queue-engine.js';
import type { QueueEngine } from '../queue/queue-engine.js';
import { ReceiptPoller } from '../receipts/receipt-poller.js';
import type { Keyring } from '../security/keyring.js';
import type { WorkTraces } from '../tracing/open-tracing.js';
import { PlanningBatch } from './planning-batch.js';
import { WorkLoop } from './work-loop.js';

export interface WorkerParts {
  /** Connections with `hotPathSettings`. */
  readonly database: Database;
  /** The same, for the critical lane alone, so that it never waits for one that a broadcast has; absent: it shares the others. */
  readonly criticalDatabase?: Database | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly keyring: Keyring;
  /** By provider name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly quarantine: TokenQuarantine;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Slots, chunk and claim size; followed while it works. */
  readonly tuning: TuningSource;
  /** See Planner. */
  readonly planningTime: () => Date | null;
  /** See Planner. */
  readonly onPlanned: (users: Iterable<string>) => void;
  /** Absent: nothing is traced. */
  readonly traces?: WorkTraces | undefined;
  /** Duties of the domains that a worker does as well: name, how often, what. */
  readonly duties: readonly Duty[];
}

export interface Duty {
  readonly name: string;
  readonly everyMs: number;
  /** True: there is more, come again at once. */
  readonly run: () => Promise<boolean>;
}

export interface WorkerOptions {
  readonly id: string;
  readonly planningBatch: number;
  readonly leaseSeconds: number;
  readonly requestDeadlineMs: number;
  readonly receiptDelaySeconds: number;
  readonly outboxPollMs: number;
  readonly queuePollMs: number;
  readonly receiptPollMs: number;
  /** false: plans, but puts nothing on the wire. */
  readonly sending: boolean;
  /** false: the provider budgets are not kept. For benchmarks only. */
  readonly keepsBudgets: boolean;
}

const LANES: readonly Lane[] = [0, 1, 2];
/** Commits under way at once: a commit waits for the disk, and the processors don't. */
const OUTCOME_WRITERS = 4;
/** Of each lane: while one decides, another's statements run. */
const PLANNERS = 2;

const forCritical = (slots: number): number => Math.max(1, Math.floor(slots / 8));
const forQuick = (slots: number): number => Math.max(1, Math.floor(slots / 4));

interface Share {
  readonly lanes: readonly Lane[];
  readonly of: (slots: number) => number;
}

const CRITICAL_SHARE: Share = { lanes: [0], of: forCritical };

/** Slots for critical alone, for critical and default, and for all: which share of a worker's. */
const SHARES: readonly Share[] = [
  CRITICAL_SHARE,
  { lanes: [0, 1], of: forQuick },
  { lanes: [0, 1, 2], of: (slots) => Math.max(1, slots - forCritical(slots) - forQuick(slots)) },
];

/**
 * One process's share of the work: plans, delivers, fetches receipts, and does the small duties. Any number of workers may run; what they
 * share is in the database.
 *
 * Stops in order: no new claims, what is on the wire finishes, then the rest.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #planning: WorkLoop[];
  readonly #batch: PlanningBatch;
  readonly #delivering: { readonly lane: DeliveryLane; readonly loop: WorkLoop }[];
  readonly #rest: WorkLoop[];
  #subscription: Subscription | null = null;
  #endTuning: () => void = () => undefined;

  constructor(parts: WorkerParts, options: WorkerOptions) {
    this.#parts = parts;
    const { database, criticalDatabase = database, clock, random, log } = parts;
    const monotonic = clock.monotonic;
    this.#batch = new PlanningBatch(monotonic, options.planningBatch);
    const localTime = new LocalTime();
    const policies = new PolicyCache(database, monotonic);
    const registry = new ProjectRegistry(database, monotonic);
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const breaker = new ProjectBreaker(database, registry, monotonic, log, sleep);
    const providerOf = (projectId: number): Provider | undefined => parts.providers.get(registry.get(projectId)?.provider ?? '');
    const engineOn = (connections: Database): QueueEngine => {
      const queue = new PostgresQueueEngine({
        database: connections,
        monotonic,
        worker: options.id,
        receiptDelaySeconds: options.receiptDelaySeconds,
        hasReceipts: (id) => (providerOf(id)?.limits.receiptIds ?? 0) > 0,
        hasBudget: (id) => registry.get(id)?.hasBudget ?? false,
        keepsBudgets: options.keepsBudgets,
      });
      return parts.traces?.queue(queue) ?? queue;
    };
    const engine = engineOn(database);
    const criticalEngine = engineOn(criticalDatabase);
    const outcomes = new OutcomeWriter({ database, engine, quarantine: parts.quarantine, sleep }, OUTCOME_WRITERS);
    const sender = new ChunkSender(
      {
        clock,
        engine,
        outcomes,
        registry,
        breaker,
        keyring: parts.keyring,
        localTime,
        random,
        sleep,
        log,
        metrics: parts.metrics,
        providerOf,
      },
      { deadlineMs: options.requestDeadlineMs, leaseSeconds: options.leaseSeconds },
    );
    const { tuning } = parts;
    this.#delivering = (options.sending ? SHARES : []).map((share) => {
      const own = share === CRITICAL_SHARE ? { database: criticalDatabase, engine: criticalEngine } : { database, engine };
      const lane = new DeliveryLane(
        { ...own, registry, policies, sender, monotonic, sleep, log },
        {
          lanes: share.lanes,
          slots: () => share.of(tuning.current().slots),
          claimSize: () => tuning.current().claimSize,
          leaseSeconds: options.leaseSeconds,
          probeSeconds: probeSeconds(options.requestDeadlineMs),
          worker: options.id,
        },
      );
      return {
        lane,
        loop: new WorkLoop(
          `delivery ${share.lanes.join()}`,
          () => lane.work(),
          { log, monotonic },
          { ms: options.queuePollMs, quickAfterWork: true },
        ),
      };
    });
    const handover = options.sending
      ? new DeliveryHandover(
          { engine, policies, monotonic, sleep },
          { leaseSeconds: options.leaseSeconds, probeSeconds: probeSeconds(options.requestDeadlineMs), worker: options.id },
          this.#delivering.map(({ lane }) => lane),
        )
      : null;
    this.#planning = LANES.flatMap((lane) =>
      Array.from({ length: PLANNERS }, () => {
        const planner = new Planner(
          {
            database: lane === 0 ? criticalDatabase : database,
            policies,
            localTime,
            monotonic,
            random,
            planningTime: parts.planningTime,
            onPlanned: parts.onPlanned,
            handover,
            traces: parts.traces?.plan,
          },
          { lane, batchSize: () => this.#batch.size(lane), chunkSize: () => tuning.current().chunkSize },
        );
        return new WorkLoop(
          `planning ${lane}`,
          () => this.#plan(planner, lane),
          { log, monotonic },
          { ms: options.outboxPollMs, quickAfterWork: true },
        );
      }),
    );
    const recovery = new LeaseRecovery({ database, engine, policies, log, random }, { ...options, worker: options.id });
    const receipts = new ReceiptPoller(
      {
        database,
        registry,
        policies,
        breaker,
        quarantine: parts.quarantine,
        providerOf,
        monotonic,
        random,
        log,
        traces: parts.traces?.receipts,
      },
      { deadlineMs: options.requestDeadlineMs, leaseSeconds: options.leaseSeconds },
    );
    const duties: Duty[] = [
      { name: 'receipts', everyMs: options.receiptPollMs, run: () => receipts.poll() },
      { name: 'held', everyMs: 500, run: async () => (await releaseHeld(database, 5000, parts.planningTime())) > 0 },
      { name: 'expired leases', everyMs: 1000, run: async () => (await recovery.recover()) > 0 },
      { name: 'overdue', everyMs: 1000, run: async () => (await engine.expireOverdue(100)) > 0 },
      ...parts.duties,
    ];
    this.#rest = duties.map((duty) => new WorkLoop(duty.name, duty.run, { log, monotonic }, { ms: duty.everyMs, quickAfterWork: false }));
  }

  async start(): Promise<void> {
    const wakePlanning = (): void => {
      for (const loop of this.#planning) loop.wakeUp.wake();
    };
    this.#endTuning = this.#parts.tuning.onChange(() => {
      for (const { lane } of this.#delivering) lane.retuned();
    });
    this.#subscription = await this.#parts.database.listen('todoku_outbox', wakePlanning, wakePlanning);
    for (const loop of this.#loops()) loop.start();
  }

  /** Resolves when everything that was on the wire is settled. */
  async stop(): Promise<void> {
    this.#endTuning();
    for (const { lane } of this.#delivering) lane.stop();
    await this.#subscription?.close();
    await Promise.all(this.#planning.map((loop) => loop.stop()));
    await Promise.all(this.#delivering.map(({ loop }) => loop.stop()));
    await Promise.all(this.#delivering.map(({ lane }) => lane.drained()));
    await Promise.all(this.#rest.map((loop) => loop.stop()));
  }

  /** What its slots did since the last time it was asked. */
  load(): SlotLoad {
    const lanes = this.#delivering.map(({ lane }) => ({ slots: lane.slots, ...lane.meter.take() }));
    const sum = (of: (lane: (typeof lanes)[number]) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
    const claims = sum(({ claims }) => claims);
    return {
      slots: sum(({ slots }) => slots),
      busy: sum(({ busy }) => busy),
      saturation: Math.max(0, ...lanes.map(({ busy, slots }) => Math.min(1, busy / slots))),
      claimMs: claims === 0 ? null : sum(({ claimMs }) => claimMs) / claims,
    };
  }

  #loops(): WorkLoop[] {
    return [...this.#planning, ...this.#delivering.map(({ loop }) => loop), ...this.#rest];
  }

  async #plan(planner: Planner, lane: Lane): Promise<boolean> {
    const planned = await planner.plan();
    this.#batch.planned(lane, planned.notifications);
    if (planned.notifications > 0) this.#parts.log.debug({ lane, ...planned }, 'a batch was planned');
    if (planned.deliveries > planned.handedOver) {
      for (const { lane: delivery, loop } of this.#delivering) {
        delivery.queued();
        loop.wakeUp.wake();
      }
    }
    return planned.notifications > 0;
  }
}
