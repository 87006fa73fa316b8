import type { Config } from '../config/config.js';
import type { HealthParts } from '../monitoring/health/health-check.js';
import type { Provider } from '../providers/provider.js';
import type { Cli } from './cli.js';
import { withDatabase } from './open-database.js';
import { stderrLogger } from './stderr-logger.js';

/** Lends the providers to which the running system sends. The sandbox answers only the process that it lives in: then there are none. */
export async function withProviders<T>(cli: Cli, config: Config, work: (providers: readonly Provider[]) => Promise<T>): Promise<T> {
  const { openExpo } = await import('../system.js');
  const { systemClock } = await import('../clock/clock.js');
  if (config.sandbox) return await work([]);
  const expo = openExpo(config, { sandboxUrl: null, clock: systemClock, log: stderrLogger(cli.terminal) });
  try {
    return await work([expo]);
  } finally {
    await expo.close();
  }
}

/** Lends what a look at every part needs. */
export async function withHealthParts<T>(cli: Cli, work: (parts: HealthParts) => Promise<T>): Promise<T> {
  return await withDatabase(cli, (database, config) => withProviders(cli, config, (providers) => work({ database, providers })));
}
