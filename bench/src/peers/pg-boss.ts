import { connectDatabase } from '@todoku/server/database/connect-database.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import type { Bench } from '../bench.js';
import { settle } from '../setup/product-database.js';
import { childPeer } from './child-peer.js';
import type { Line, Peer } from './peer.js';

/** One call of the SDK a fetch, as the documentation of both shows it. */
const plain: Line = {
  id: 'pg-boss',
  documented: true,
  title: 'pg-boss + expo-server-sdk',
  ways: [2, 4, 8, 16].map((loops) => ({ loops, batch: 100 })),
};

/** It sorts the whole backlog at each fetch, so larger fetches may serve it better; the SDK divides them again. */
const largeFetches: Line = {
  id: 'pg-boss.large',
  documented: true,
  title: 'pg-boss + expo-server-sdk, large fetches',
  ways: [
    { loops: 2, batch: 1000 },
    { loops: 4, batch: 1000 },
    { loops: 2, batch: 5000 },
  ],
};

/** `run-pg-boss.ts`. */
export async function startPgBoss(bench: Bench): Promise<Peer> {
  const url = await bench.postgres.createDatabase('peer_pg_boss');
  const admin = connectDatabase({ url, maxConnections: 2, applicationName: 'bench', log: silentLogger });
  return childPeer(bench, {
    name: 'pg-boss',
    lines: [plain, largeFetches],
    comparable: true,
    process: { module: 'run-pg-boss', env: { DATABASE_URL: url, EXPO_BASE_URL: bench.simulator.url } },
    clear: async () => void (await admin.query('truncate pgboss.job')),
    settle: () => settle(admin, ['pgboss.job']),
    async verify(count) {
      const [row] = await admin.query<{ n: number }>(
        "select count(*)::int as n from pgboss.job where name = 'push' and state = 'completed'",
      );
      if (row?.n !== count) throw new Error(`pg-boss recorded ${row?.n} completed jobs of ${count}`);
    },
    close: () => admin.close(),
  });
}
