import { hostname } from 'node:os';
import type { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { connectDatabase } from './database/connect-database.js';
import type { Database } from './database/database.js';
import type { Logger } from './logging/logger.js';
import { AlertManager } from './monitoring/alerts/alert-manager.js';
import type { DeliveryMetrics } from './monitoring/delivery-metrics.js';
import { readFigures } from './monitoring/read-figures.js';
import { ReportDesk } from './monitoring/reports/report-desk.js';
import { BroadcastManager } from './notifications/broadcasts/broadcast-manager.js';
import { Inbox } from './notifications/inbox.js';
import { NotificationIntake } from './notifications/notification-intake.js';
import { NotificationService } from './notifications/notification-service.js';
import { ControlPanel } from './operations/controls.js';
import { ControlsCache } from './operations/controls-cache.js';
import { CacheHints } from './performance/caches/cache-hints.js';
import { SharedCaches } from './performance/caches/shared-caches.js';
import { LiveTuning } from './performance/live-tuning.js';
import { NotificationPerformanceOptimizer } from './performance/notification-performance-optimizer.js';
import type { SlotLoad } from './performance/process-stats.js';
import { tuningBounds } from './performance/tuning-values.js';
import { warnOfZonesThatDiffer } from './planning/compare-zones.js';
import { PolicyManager } from './planning/policy-manager.js';
import { createExpoProvider } from './providers/expo/expo-provider.js';
import type { Provider } from './providers/provider.js';
import { checkKeys } from './security/key-canary.js';
import type { LocalKeyring } from './security/local-keyring.js';
import { openKeyring } from './security/open-keyring.js';
import { PushTokenManager } from './tokens/push-token-manager.js';
import type { Tracing } from './tracing/open-tracing.js';
import { AlertWatch } from './workers/alert-watch.js';
import { workerDuties } from './workers/duties.js';
import { keepHeapSmall } from './workers/heap-growth.js';
import { startHeartbeat } from './workers/heartbeat.js';
import { hotPathSettings } from './workers/hot-path-settings.js';
import { Worker } from './workers/worker.js';

const ROLE = 'todoku_worker';
const EXPO = 'https://exp.host';
/** Of the provider's: what the slots can use at most, which are the limit, and some for receipts. Connections are opened as they are needed. */
const PROVIDER_CONNECTIONS = tuningBounds.slots.most + 8;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Its two planners, and a claim or what was claimed. */
const CRITICAL_CONNECTIONS = 3;
const LEAST_TO_SHARE = 8;
export const VERSION = '0.1.0';

/** Where the system runs: what it is given besides its configuration. */
export interface Surroundings {
  /** The database owner's URL; the system itself works as role todoku_worker. */
  readonly databaseUrl: string;
  /** Where pushes go when Expo is not configured. */
  readonly sandboxUrl: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}

/** What all parts share: connections, keys, providers. */
export interface Foundation {
  /** For the API and the managers. */
  readonly database: Database;
  readonly keyring: LocalKeyring;
  readonly providers: readonly Provider[];
  readonly pushTokenManager: PushTokenManager;
  /** Followed live. */
  readonly tuning: LiveTuning;
  readonly notificationPerformanceOptimizer: NotificationPerformanceOptimizer;
  /** Off until the door opens. */
  readonly caches: SharedCaches;
  close(): Promise<void>;
}

/** Expo, or what stands in its place. */
export function openExpo(config: Config, { sandboxUrl, clock, log }: Pick<Surroundings, 'sandboxUrl' | 'clock' | 'log'>): Provider {
  return createExpoProvider({
    baseUrl: config.expo.baseUrl ?? sandboxUrl ?? EXPO,
    accessToken: config.expo.accessToken?.reveal() ?? null,
    connections: PROVIDER_CONNECTIONS,
    clock,
    log,
  });
}

/** Opens connections and keys. Throws KEY_UNAVAILABLE when stored tokens can't be read: nothing starts then. */
export async function openFoundation(config: Config, { databaseUrl, sandboxUrl, clock, log }: Surroundings): Promise<Foundation> {
  const database = connectDatabase({
    url: databaseUrl,
    role: ROLE,
    maxConnections: config.database.apiConnections,
    applicationName: `todoku ${config.instance}`,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    log,
  });
  const expo = openExpo(config, { sandboxUrl, clock, log });
  const defaults = { slots: config.delivery.slots, chunkSize: config.planning.chunkSize };
  const tuning = new LiveTuning({ database, defaults, log });
  const caches = new SharedCaches({ database, tuning });
  const close = async (): Promise<void> => {
    await expo.close();
    await caches.stop();
    await tuning.stop();
    await database.close();
  };
  const providers = [expo];
  try {
    const keyring = await findKeyring(config, database, log);
    await tuning.start();
    const pushTokenManager = new PushTokenManager({ database, keyring, providers, log, cache: caches.tokens });
    const own = { id: config.instance, caches: () => caches.stats() };
    const notificationPerformanceOptimizer = new NotificationPerformanceOptimizer({ database, tuning, defaults, log, own });
    return { database, keyring, providers, pushTokenManager, tuning, notificationPerformanceOptimizer, caches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findKeyring({ security: { keys }, dataDirectory }: Config, database: Database, log: Logger): Promise<LocalKeyring> {
  const keyring = await openKeyring({ keys, dataDirectory, database, log });
  await checkKeys(database, keyring);
  return keyring;
}

/** The managers: what HTTP, the command line and the prompt work with. */
export interface Managers {
  readonly notificationService: NotificationService;
  readonly broadcastManager: BroadcastManager;
  readonly inbox: Inbox;
  readonly controlPanel: ControlPanel;
  readonly policyManager: PolicyManager;
  readonly alertManager: AlertManager;
  readonly reportDesk: ReportDesk;
  readonly controls: ControlsCache;
}

export function openManagers(
  config: Config,
  { clock }: Surroundings,
  { database, caches }: Foundation,
  tracing: Tracing | null = null,
): Managers {
  const controls = new ControlsCache(database, clock.monotonic);
  return {
    controls,
    notificationService: new NotificationService({
      database,
      intake: new NotificationIntake(database),
      controls,
      pushEnabled: config.pushEnabled,
      clock,
      traces: tracing?.intake,
      onTaken: (users) => {
        for (const user of users) caches.notifications.forget(user);
      },
    }),
    broadcastManager: new BroadcastManager(database),
    inbox: new Inbox(database, caches.notifications),
    controlPanel: new ControlPanel(database),
    policyManager: new PolicyManager(database),
    alertManager: new AlertManager(database),
    reportDesk: new ReportDesk(database, config.reports),
  };
}

/** Every process's part in alerting, whatever its roles. */
export function startAlertWatch(config: Config, { clock, random, log }: Surroundings, { database }: Foundation): AlertWatch {
  const watch = new AlertWatch(config, { database, readFigures, clock, random, log });
  watch.start();
  return watch;
}

/** How many of a worker's connections are the critical lane's alone. With few, none is: what is kept for one lane fails the others. */
function shareConnections(most: number): { readonly all: number; readonly critical: number } {
  const critical = most < LEAST_TO_SHARE ? 0 : CRITICAL_CONNECTIONS;
  return { all: most - critical, critical };
}

/** A worker with connections of its own. */
export async function startWorker(
  config: Config,
  surroundings: Surroundings,
  foundation: Foundation,
  metrics: DeliveryMetrics,
  tracing: Tracing | null = null,
): Promise<{ stop(): Promise<void> }> {
  const { clock, random, log } = surroundings;
  keepHeapSmall();
  const connect = (maxConnections: number): Database =>
    connectDatabase({
      url: surroundings.databaseUrl,
      role: ROLE,
      maxConnections,
      applicationName: `todoku worker ${config.instance}`,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      settings: hotPathSettings,
      log,
    });
  const connections = shareConnections(config.database.workerConnections);
  const database = connect(connections.all);
  const criticalDatabase = connections.critical === 0 ? undefined : connect(connections.critical);
  const close = async (): Promise<void> => {
    await criticalDatabase?.close();
    await database.close();
  };
  const { tuning } = foundation;
  const hints = new CacheHints('notifications', { database: foundation.database, isRead: () => tuning.cachesAreRead, log });
  const worker = new Worker(
    {
      database,
      criticalDatabase,
      clock,
      random,
      keyring: foundation.keyring,
      providers: new Map(foundation.providers.map((provider) => [provider.name, provider])),
      quarantine: foundation.pushTokenManager.quarantine,
      log,
      metrics,
      tuning,
      planningTime: () => null,
      onPlanned: (users) => hints.tell(users),
      traces: tracing?.work,
      duties: [
        ...workerDuties({ database: foundation.database, quarantine: foundation.pushTokenManager.quarantine, log }),
        {
          name: 'tuning',
          everyMs: 2_000,
          run: async () => {
            await foundation.notificationPerformanceOptimizer.adjustWhenDue();
            return false;
          },
        },
      ],
    },
    workerOptions(config),
  );
  try {
    await warnOfZonesThatDiffer(foundation.database, clock.now(), log);
    await worker.start();
  } catch (error) {
    await close();
    throw error;
  }
  const heartbeat = beginHeartbeat(config, surroundings, foundation, () => worker.load());
  return {
    stop: async () => {
      try {
        await worker.stop();
        await hints.close();
        await heartbeat.stop();
      } finally {
        await close();
      }
    },
  };
}

/** One for each process: a worker's tells of its slots; a process that only answers HTTP has none. */
export function beginHeartbeat(
  config: Config,
  { clock, log }: Surroundings,
  { database, caches }: Foundation,
  load: () => SlotLoad | null,
): { stop(): Promise<void> } {
  const identity = { id: config.instance, host: hostname(), pid: process.pid, roles: config.roles, version: VERSION };
  return startHeartbeat({ database, clock, log, identity, load, caches: () => caches.stats() });
}

function workerOptions(config: Config): ConstructorParameters<typeof Worker>[1] {
  return {
    id: config.instance,
    planningBatch: config.planning.batch,
    leaseSeconds: config.delivery.leaseSeconds,
    requestDeadlineMs: config.delivery.requestDeadlineMs,
    receiptDelaySeconds: config.receipts.delaySeconds,
    outboxPollMs: config.planning.pollMs,
    queuePollMs: config.delivery.pollMs,
    receiptPollMs: config.receipts.pollMs,
    sending: config.pushEnabled,
    keepsBudgets: config.rateLimit,
  };
}
