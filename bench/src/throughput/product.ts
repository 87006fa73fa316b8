import { startChild } from '../processes/child.js';
import type { Postgres } from '../setup/postgres.js';
import { countState, createProductDatabase, emptyProduct, insertNotifications, settle } from '../setup/product-database.js';
import { until } from '../wait.js';
import type { Contestant } from './contestant.js';
import { costliest, forgetCosts } from './statement-costs.js';

export interface ProductOptions {
  readonly simulatorUrl: string;
  readonly users: number;
  readonly timeLimitMs: number;
  /** Folder for a CPU profile of the worker; null: none. */
  readonly profileFolder: string | null;
}

const pollMs = 50;

/** Todoku with everything on; only the provider's rate limit is off. */
export async function startProduct(postgres: Postgres, options: ProductOptions): Promise<Contestant> {
  const database = await createProductDatabase(postgres, 'product', options.users);
  const { admin, url } = database;
  const profile = options.profileFolder;
  const worker = await startChild({
    module: 'run-worker',
    env: workerEnvironment(postgres, url, options.simulatorUrl),
    nodeArguments: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  });
  return {
    name: 'Todoku',
    process: worker,
    async prepare(count) {
      await emptyProduct(database);
      await insertNotifications(database, count);
      await settle(admin, ['notifications', 'push.outbox', 'push.user_recent']);
      await forgetCosts(admin);
    },
    async run(count) {
      await worker.ask('start');
      await until(async () => (await countState(admin, 'accepted_by_expo')) >= count, pollMs, options.timeLimitMs);
    },
    async check(count) {
      await worker.ask('stop');
      const [row] = await admin.query<{ n: number; different: number }>(
        'select count(*)::int as n, count(distinct delivery_id)::int as different from push.deliveries where state = 10',
      );
      if (row?.n !== count || row.different !== count) throw new Error(`Todoku recorded ${row?.n} outcomes of ${count}`);
    },
    details: async (count) => ({ statements: await costliest(admin, count) }),
    async stop() {
      await worker.stop();
      await database.close();
    },
  };
}

/** What the worker's process needs to be a worker beside this simulator. */
function workerEnvironment(postgres: Postgres, url: string, simulatorUrl: string): Record<string, string> {
  return {
    DATABASE_URL: url,
    TODOKU_DATA_DIR: postgres.folder,
    EXPO_BASE_URL: simulatorUrl,
    TODOKU_RATE_LIMIT: 'false',
    LOG_LEVEL: 'error',
    TODOKU_INSTANCE: 'bench',
  };
}
