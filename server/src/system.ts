import { hostname } from 'node:os';
import type { Clock } from './clock/clock.js';
import type { Config } from './config/config.js';
import { connectDatabase } from './database/connect-database.js';
import type { Database } from './database/database.js';
import type { Logger } from './logging/logger.js';
import { AlertManager } from './monitoring/alerts/alert-manager.js';
import type { DeliveryMetrics } from './monitoring/delivery-metrics.js';
import { readFigures } from './monitoring/figures.js';
import { BroadcastManager } from './notifications/broadcasts/broadcast-manager.js';
import { Inbox } from './notifications/inbox.js';
import { NotificationIntake } from './notifications/notification-intake.js';
import { NotificationService } from './notifications/notification-service.js';
import { ControlPanel } from './operations/controls.js';
import { ControlsCache } from './operations/controls-cache.js';
import { warnOfZonesThatDiffer } from './planning/compare-zones.js';
import { PolicyManager } from './planning/policy-manager.js';
import { createExpoProvider } from './providers/expo/expo-provider.js';
import type { Provider } from './providers/provider.js';
import { checkKeys } from './security/key-canary.js';
import type { LocalKeyring } from './security/local-keyring.js';
import { openKeyring } from './security/open-keyring.js';
import { PushTokenManager } from './tokens/push-token-manager.js';
import { AlertWatch } from './workers/alert-watch.js';
import { workerDuties } from './workers/duties.js';
import { beat, sayGoodbye } from './workers/heartbeat.js';
import { hotPathSettings } from './workers/hot-path-settings.js';
import { Worker } from './workers/worker.js';

const ROLE = 'todoku_worker';
const EXPO = 'https://exp.host';
const HEARTBEAT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
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
  close(): Promise<void>;
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
  const expo = createExpoProvider({
    baseUrl: config.expo.baseUrl ?? sandboxUrl ?? EXPO,
    accessToken: config.expo.accessToken?.reveal() ?? null,
    connections: config.delivery.slots,
    clock,
    log,
  });
  const close = async (): Promise<void> => {
    await expo.close();
    await database.close();
  };
  const providers = [expo];
  const keyring = await findKeyring(config, database, log).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { database, keyring, providers, pushTokenManager: new PushTokenManager({ database, keyring, providers, log }), close };
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
  readonly controls: ControlsCache;
}

export function openManagers(config: Config, { clock }: Surroundings, { database }: Foundation): Managers {
  const controls = new ControlsCache(database, clock.monotonic);
  return {
    controls,
    notificationService: new NotificationService({
      intake: new NotificationIntake(database),
      controls,
      pushEnabled: config.pushEnabled,
      clock,
    }),
    broadcastManager: new BroadcastManager(database),
    inbox: new Inbox(database),
    controlPanel: new ControlPanel(database),
    policyManager: new PolicyManager(database),
    alertManager: new AlertManager(database),
  };
}

/** Every process's part in alerting, whatever its roles. */
export function startAlertWatch(config: Config, { clock, random, log }: Surroundings, { database }: Foundation): AlertWatch {
  const watch = new AlertWatch(config, { database, readFigures, clock, random, log });
  watch.start();
  return watch;
}

/** A worker with connections of its own. */
export async function startWorker(
  config: Config,
  surroundings: Surroundings,
  foundation: Foundation,
  metrics: DeliveryMetrics,
): Promise<{ stop(): Promise<void> }> {
  const { clock, random, log } = surroundings;
  const database = connectDatabase({
    url: surroundings.databaseUrl,
    role: ROLE,
    maxConnections: config.database.workerConnections,
    applicationName: `todoku worker ${config.instance}`,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    settings: hotPathSettings,
    log,
  });
  const identity = { id: config.instance, host: hostname(), pid: process.pid, roles: config.roles, version: VERSION };
  const worker = new Worker(
    {
      database,
      clock,
      random,
      keyring: foundation.keyring,
      providers: new Map(foundation.providers.map((provider) => [provider.name, provider])),
      quarantine: foundation.pushTokenManager.quarantine,
      log,
      metrics,
      planningTime: () => null,
      duties: [
        ...workerDuties({ database: foundation.database, quarantine: foundation.pushTokenManager.quarantine, log }),
        {
          name: 'heartbeat',
          everyMs: HEARTBEAT_MS,
          run: async () => {
            await beat(foundation.database, identity);
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
    await database.close();
    throw error;
  }
  return {
    stop: async () => {
      try {
        await worker.stop();
        await sayGoodbye(foundation.database, identity.id);
      } finally {
        await database.close();
      }
    },
  };
}

function workerOptions(config: Config): ConstructorParameters<typeof Worker>[1] {
  return {
    id: config.instance,
    planningBatch: config.planning.batch,
    chunkSize: config.planning.chunkSize,
    slots: config.delivery.slots,
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
