import { connectDatabase } from '@todoku/server/database/connect-database.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { type Bench, timeLimitMs } from '../bench.js';
import { settle } from '../setup/product-database.js';
import type { Contestant } from './contestant.js';

/** How the peer is driven: so many loops, each fetching so many jobs at once. */
export interface PeerWay {
  readonly loops: number;
  readonly batch: number;
}

export interface Peer {
  /** The peer driven in one way, as a contestant. */
  driven(name: string, way: PeerWay): Contestant;
  stop(): Promise<void>;
}

/** pg-boss and Expo's own SDK, driven as well as they can be (`run-peer.ts`). */
export async function startPeer(bench: Bench): Promise<Peer> {
  const url = await bench.postgres.createDatabase('peer');
  const admin = connectDatabase({ url, maxConnections: 2, applicationName: 'bench', log: silentLogger });
  const child = await bench.processes.start({ module: 'run-peer', env: { DATABASE_URL: url, EXPO_BASE_URL: bench.simulator.url } });
  let completed = 0;
  return {
    driven: (name, way) => ({
      name,
      process: child,
      async prepare(count) {
        await admin.query('truncate pgboss.job');
        await child.ask('fill', count, timeLimitMs);
        await settle(admin, ['pgboss.job']);
      },
      async run() {
        completed = await child.ask<number>('drain', way, timeLimitMs);
      },
      async check(count) {
        const [row] = await admin.query<{ n: number }>(
          "select count(*)::int as n from pgboss.job where name = 'push' and state = 'completed'",
        );
        if (completed !== count || row?.n !== count) throw new Error(`pg-boss completed ${row?.n} jobs of ${count}`);
      },
    }),
    async stop() {
      await child.stop();
      await admin.close();
    },
  };
}
