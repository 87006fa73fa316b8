import { connectDatabase } from '@todoku/server/database/connect-database.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { type Bench, timeLimitMs } from '../bench.js';
import { settle } from '../setup/product-database.js';
import type { Contestant } from './contestant.js';

export interface Peer extends Contestant {
  /** How many loops fetch and send at once. */
  loops: number;
}

/** pg-boss and Expo's own SDK, driven as well as they can be (`run-peer.ts`). */
export async function startPeer(bench: Bench): Promise<Peer> {
  const url = await bench.postgres.createDatabase('peer');
  const admin = connectDatabase({ url, maxConnections: 2, applicationName: 'bench', log: silentLogger });
  const child = await bench.processes.start({ module: 'run-peer', env: { DATABASE_URL: url, EXPO_BASE_URL: bench.simulator.url } });
  let completed = 0;
  const peer: Peer = {
    name: 'pg-boss + expo-server-sdk',
    loops: 4,
    process: child,
    async prepare(count) {
      await admin.query('truncate pgboss.job');
      await child.ask('fill', count, timeLimitMs);
      await settle(admin, ['pgboss.job']);
    },
    async run() {
      completed = await child.ask<number>('drain', peer.loops, timeLimitMs);
    },
    async check(count) {
      const [row] = await admin.query<{ n: number }>(
        "select count(*)::int as n from pgboss.job where name = 'push' and state = 'completed'",
      );
      if (completed !== count || row?.n !== count) throw new Error(`pg-boss completed ${row?.n} jobs of ${count}`);
    },
    async stop() {
      await child.stop();
      await admin.close();
    },
  };
  return peer;
}
