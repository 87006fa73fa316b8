import type { Database } from '@todoku/server/database/database.js';
import { readLedger } from '@todoku/server/monitoring/ledger.js';
import { type Bench, timeLimitMs } from '../bench.js';
import { createProductDatabase, emptyProduct, insertNotifications, settle } from '../setup/product-database.js';
import { startWorkerProcess } from '../setup/worker-process.js';
import { until } from '../wait.js';
import type { Contestant } from './contestant.js';
import { countState } from './count-state.js';
import { costliest, forgetCosts } from './statement-costs.js';

const pollMs = 20;

interface Product extends Contestant {
  /** Connections of the database's owner. */
  readonly admin: Database;
  /** The owner's URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Todoku with everything on; only the provider's rate limit is off. `users`: how many can be notified in a round. */
export async function startProduct(bench: Bench, users: number): Promise<Product> {
  const database = await createProductDatabase(bench.postgres, 'product', users);
  const { admin } = database;
  const worker = await startWorkerProcess(bench, database.url, { profile: bench.options.profile });
  return {
    name: 'Todoku',
    admin,
    url: database.url,
    process: worker,
    async prepare(count) {
      await emptyProduct(database);
      await insertNotifications(database, count);
      await settle(admin, ['notifications', 'push.outbox', 'push.user_recent']);
      await forgetCosts(admin);
    },
    async run(count) {
      await worker.ask('start');
      // The database is not asked before there is hope: questions cost it time.
      await until(async () => (await bench.simulator.stats()).accepted >= count, pollMs, timeLimitMs);
      await until(async () => (await countState(admin, 'accepted_by_expo')) >= count, pollMs, timeLimitMs);
    },
    async check(count) {
      await worker.ask('stop');
      const [row] = await admin.query<{ n: number; different: number }>(
        'select count(*)::int as n, count(distinct delivery_id)::int as different from push.deliveries where state = 10',
      );
      if (row?.n !== count || row.different !== count) throw new Error(`Todoku recorded ${row?.n} outcomes of ${count}`);
      const [ledger] = (await readLedger(admin)).rows;
      if (ledger?.accepted !== count || ledger.unaccounted !== 0) {
        throw new Error(`Todoku's ledger has ${ledger?.accepted} accepted and ${ledger?.unaccounted} unaccounted, of ${count}`);
      }
    },
    details: async (count) => ({ statements: await costliest(admin, count) }),
    async stop() {
      await worker.stop();
      await database.close();
    },
  };
}
