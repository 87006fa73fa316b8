import type { NotificationPerformanceOptimizer } from '../performance/notification-performance-optimizer.js';
import type { Cli } from './cli.js';
import { withDatabase } from './open-database.js';
import { stderrLogger } from './stderr-logger.js';

/** Lends the optimizer of the running system's database, with what is in force loaded. */
export async function withOptimizer<T>(cli: Cli, work: (optimizer: NotificationPerformanceOptimizer) => Promise<T>): Promise<T> {
  const { LiveTuning } = await import('../performance/live-tuning.js');
  const { NotificationPerformanceOptimizer: Optimizer } = await import('../performance/notification-performance-optimizer.js');
  return await withDatabase(cli, async (database, config) => {
    const log = { ...stderrLogger(cli.terminal), info: () => undefined };
    const defaults = { slots: config.delivery.slots, chunkSize: config.planning.chunkSize };
    const tuning = new LiveTuning({ database, defaults, log });
    await tuning.load();
    return await work(new Optimizer({ database, tuning, defaults, log, actor: cli.actor }));
  });
}
