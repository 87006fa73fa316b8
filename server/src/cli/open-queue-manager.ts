import type { Config } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { NotificationQueueManager } from '../operations/notification-queue-manager.js';
import type { Cli } from './cli.js';
import { stderrLogger } from './stderr-logger.js';

/** Lends the queue's manager, with what is in force loaded. */
export async function withQueueManager<T>(
  cli: Cli,
  database: Database,
  config: Config,
  work: (queue: NotificationQueueManager) => Promise<T>,
): Promise<T> {
  const { LiveTuning } = await import('../performance/live-tuning.js');
  const { NotificationPerformanceOptimizer } = await import('../performance/notification-performance-optimizer.js');
  const { NotificationQueueManager: Manager } = await import('../operations/notification-queue-manager.js');
  const log = { ...stderrLogger(cli.terminal), info: () => undefined };
  const defaults = { slots: config.delivery.slots, chunkSize: config.planning.chunkSize };
  const tuning = new LiveTuning({ database, defaults, log });
  await tuning.load();
  const optimizer = new NotificationPerformanceOptimizer({ database, tuning, defaults, log, actor: cli.actor });
  return await work(new Manager({ database, optimizer, chunkSize: () => tuning.current().chunkSize, actor: cli.actor }));
}
