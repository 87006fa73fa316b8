import type { Config } from '../../config/config.js';
import type { Database } from '../../database/database.js';
import type { HealthParts } from '../../monitoring/health/health-check.js';
import type { Cli } from '../cli.js';
import { stderrLogger } from '../stderr-logger.js';

/** What code at the prompt can name. */
export interface ReplHouse {
  readonly names: Readonly<Record<string, unknown>>;
  /** Before the end: stores what was assigned. */
  readonly settle: () => Promise<void>;
}

interface ReplWish {
  /** For `userId`. */
  readonly userId: string | null;
  readonly providers: HealthParts['providers'];
}

/** Binds the managers of the running system's database under the names that the manual uses. */
export async function openRepl(cli: Cli, database: Database, config: Config, { userId, providers }: ReplWish): Promise<ReplHouse> {
  const log = { ...stderrLogger(cli.terminal), info: () => undefined };
  const { actor } = cli;
  const defaults = { slots: config.delivery.slots, chunkSize: config.planning.chunkSize };
  const { LiveTuning } = await import('../../performance/live-tuning.js');
  const { NotificationPerformanceOptimizer } = await import('../../performance/notification-performance-optimizer.js');
  const { NotificationMonitoringManager } = await import('../../monitoring/notification-monitoring-manager.js');
  const { NotificationErrorHandler } = await import('../../monitoring/errors/notification-error-handler.js');
  const { NotificationQueueManager } = await import('../../operations/notification-queue-manager.js');
  const { NotificationSettingsManager } = await import('../../settings/notification-settings-manager.js');
  const { autoRecovery } = await import('../../operations/auto-recovery.js');
  const health = await import('../../monitoring/health/health-check.js');
  const { openKeyring } = await import('../../security/open-keyring.js');
  const { PushTokenManager } = await import('../../tokens/push-token-manager.js');
  const { openService } = await import('../open-service.js');
  const { withReadableReports } = await import('./readable-reports.js');
  const { supabaseReader } = await import('./supabase-reader.js');
  const { terminalConsole } = await import('./terminal-console.js');

  const tuning = new LiveTuning({ database, defaults, log });
  await tuning.load();
  const optimizer = new NotificationPerformanceOptimizer({ database, tuning, defaults, log, actor });
  const keyring = await openKeyring({ keys: config.security.keys, dataDirectory: config.dataDirectory, database, log });
  const pushTokenManager = new PushTokenManager({ database, keyring, providers, log, actor });
  const queue = new NotificationQueueManager({ database, optimizer, chunkSize: () => tuning.current().chunkSize, actor });
  const parts = { database, providers };
  const performance = await optimizer.getPerformanceMetrics();
  const names = {
    notificationMonitoringManager: withReadableReports(new NotificationMonitoringManager(database, config.reports), cli.language),
    notificationErrorHandler: new NotificationErrorHandler(database),
    notificationPerformanceOptimizer: optimizer,
    notificationQueueManager: queue,
    notificationService: await openService(cli, database, config),
    notificationSettingsManager: new NotificationSettingsManager(database),
    pushTokenManager,
    healthCheck: () => health.healthCheck(parts),
    checkDatabaseConnection: () => health.checkDatabaseConnection(parts),
    checkExpoPushService: () => health.checkExpoPushService(parts),
    checkQueueService: () => health.checkQueueService(parts),
    checkCacheService: () => health.checkCacheService(parts),
    autoRecovery: () => autoRecovery({ database, queue, tokens: pushTokenManager, log }, { actor, reason: 'autoRecovery() was called' }),
    supabase: supabaseReader(database),
    sql: (text: string, values: readonly unknown[] = []) => database.query(text, values),
    // What code prints goes where the command's own answer goes.
    console: terminalConsole(cli.terminal),
    userId,
    metrics: performance,
    queueSize: performance.queueDepth,
    averageProcessingTime: performance.averageResponseTime ?? 0,
    systemLoad: performance.systemLoad ?? 0,
    __DEV__: config.sandbox,
  };
  return { names, settle: () => optimizer.flush() };
}
