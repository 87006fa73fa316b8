/** A worker process that the crash tests kill. Bundled with failpoints in; told what to do by its environment. */
import { systemClock } from '../../src/clock/clock.js';
import { connectDatabase } from '../../src/database/connect-database.js';
import { silentLogger } from '../../src/logging/logger.js';
import { noDeliveryMetrics } from '../../src/monitoring/delivery-metrics.js';
import { BroadcastFanOut } from '../../src/notifications/broadcasts/fan-out.js';
import { fixedTuning } from '../../src/performance/live-tuning.js';
import { createExpoProvider } from '../../src/providers/expo/expo-provider.js';
import { parseKeys } from '../../src/security/key-text.js';
import { LocalKeyring } from '../../src/security/local-keyring.js';
import { hotPathSettings } from '../../src/workers/hot-path-settings.js';
import { Worker } from '../../src/workers/worker.js';
import type { SpineWorkerOptions } from '../support/spine.js';

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

const parsed = parseKeys(env('CRASH_KEYS'));
if (!parsed.ok) throw new Error(parsed.problem);
const options = JSON.parse(env('CRASH_OPTIONS')) as SpineWorkerOptions;
const database = connectDatabase({
  url: env('CRASH_DATABASE_URL'),
  role: 'todoku_worker',
  maxConnections: 10,
  applicationName: 'crash worker',
  settings: hotPathSettings,
  log: silentLogger,
});
const fanOut = new BroadcastFanOut({ database, log: silentLogger }, { batchSize: 100 });
const worker = new Worker(
  {
    database,
    clock: systemClock,
    random: Math.random,
    keyring: new LocalKeyring(parsed.keys),
    providers: new Map([
      [
        'expo',
        createExpoProvider({ baseUrl: env('CRASH_EXPO_URL'), accessToken: null, connections: 8, clock: systemClock, log: silentLogger }),
      ],
    ]),
    quarantine: { lose: async () => undefined },
    log: silentLogger,
    metrics: noDeliveryMetrics,
    tuning: fixedTuning(options),
    onPlanned: () => undefined,
    planningTime: () => null,
    // Small batches, so that a broadcast of a test has several.
    duties: [{ name: 'broadcasts', everyMs: 50, run: () => fanOut.run() }],
  },
  options,
);
process.once('SIGTERM', () => {
  void worker.stop().then(async () => {
    await database.close();
    process.exit(0);
  });
});
await worker.start();
process.stdout.write('ready\n');
