import type { HealthParts } from '../monitoring/health/health-check.js';
import type { Cli } from './cli.js';
import { withDatabase } from './open-database.js';
import { stderrLogger } from './stderr-logger.js';

/** Lends what a look at every part needs: the database, and the provider where the running system sends to. */
export async function withHealthParts<T>(cli: Cli, work: (parts: HealthParts) => Promise<T>): Promise<T> {
  const { openExpo } = await import('../system.js');
  const { systemClock } = await import('../clock/clock.js');
  return await withDatabase(cli, async (database, config) => {
    // The sandbox answers only the process that it lives in.
    const expo = config.sandbox ? null : openExpo(config, { sandboxUrl: null, clock: systemClock, log: stderrLogger(cli.terminal) });
    try {
      return await work({ database, providers: expo === null ? [] : [expo] });
    } finally {
      await expo?.close();
    }
  });
}
