import { connectDatabase } from '@todoku/server/database/connect-database.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import type { Bench } from '../bench.js';
import { settle } from '../setup/product-database.js';
import { childPeer } from './child-peer.js';
import type { Line, Peer } from './peer.js';

/** A job for each notification, each with a request of its own, with the settings that its page on performance shows. */
const plain: Line = {
  id: 'graphile-worker',
  documented: true,
  title: 'graphile-worker + expo-server-sdk',
  ways: [24, 100].map((concurrency) => ({ concurrency, localQueue: 500, perRequest: 1 })),
  share: 0.1,
};

/** Jobs that run at once share requests (`gather.ts`): nothing that it has or shows, but a day's work for who needs it. */
const shared: Line = {
  id: 'graphile-worker.shared',
  documented: false,
  title: 'graphile-worker + expo-server-sdk, requests shared by our own code',
  ways: [
    { concurrency: 200, localQueue: 500, perRequest: 100 },
    { concurrency: 500, localQueue: 1000, perRequest: 100 },
    { concurrency: 1000, localQueue: 2000, perRequest: 100 },
  ],
};

/** `run-graphile-worker.ts`. */
export async function startGraphileWorker(bench: Bench): Promise<Peer> {
  const url = await bench.postgres.createDatabase('peer_graphile');
  const admin = connectDatabase({ url, maxConnections: 2, applicationName: 'bench', log: silentLogger });
  return childPeer(bench, {
    name: 'graphile-worker',
    lines: [plain, shared],
    comparable: true,
    process: { module: 'run-graphile-worker', env: { DATABASE_URL: url, EXPO_BASE_URL: bench.simulator.url } },
    clear: async () => void (await admin.query('truncate graphile_worker._private_jobs')),
    settle: () => settle(admin, ['graphile_worker._private_jobs']),
    async verify() {
      // It deletes what is completed; a failed job stays.
      const [row] = await admin.query<{ n: number }>('select count(*)::int as n from graphile_worker._private_jobs');
      if (row?.n !== 0) throw new Error(`graphile-worker left ${row?.n} jobs`);
    },
    close: () => admin.close(),
  });
}
