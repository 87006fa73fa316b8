import { systemClock } from '@todoku/server/clock/clock.js';
import { loadConfig } from '@todoku/server/config/load-config.js';
import { createLogger } from '@todoku/server/logging/create-logger.js';
import { noDeliveryMetrics } from '@todoku/server/monitoring/delivery-metrics.js';
import { openFoundation, startWorker } from '@todoku/server/system.js';
import { obey } from './processes/obey.js';

/** The product's worker in a process of its own, put together as `todoku serve` does it, from the environment. */
const config = loadConfig(process.env);
const surroundings = {
  databaseUrl: config.database.url?.reveal() ?? '',
  sandboxUrl: null,
  clock: systemClock,
  random: Math.random,
  log: createLogger({ level: config.logLevel, instance: config.instance, pretty: false }).logger,
};
const foundation = await openFoundation(config, surroundings);
let worker: { stop(): Promise<void> } | null = null;

const stop = async (): Promise<void> => {
  await worker?.stop();
  worker = null;
};

obey(
  {
    start: async () => {
      worker = await startWorker(config, surroundings, foundation, noDeliveryMetrics);
    },
    stop,
    /** Bytes. */
    peakMemory: () => process.resourceUsage().maxRSS * 1024,
  },
  async () => {
    await stop();
    await foundation.close();
  },
);
