import type { Database } from '@todoku/server/database/database.js';
import { readLedger } from '@todoku/server/monitoring/ledger.js';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Child } from '../processes/child.js';
import { createProductDatabase, emptyProduct, insertNotifications, type ProductDatabase, settle } from '../setup/product-database.js';
import { startWorkerProcess, type WorkerOptions } from '../setup/worker-process.js';
import { until } from '../wait.js';
import type { Contestant } from './contestant.js';
import { countState } from './count-state.js';
import { costliest, forgetCosts } from './statement-costs.js';

const pollMs = 20;

export interface Product extends Contestant {
  /** Connections of the database's owner. */
  readonly admin: Database;
  /** The owner's URL. */
  readonly url: string;
  /** The workers of this round. */
  processes(): readonly Child[];
  /** Ends its workers. */
  rest(): Promise<void>;
  /** Ends its workers and closes the database. */
  stop(): Promise<void>;
}

interface ProductOptions extends WorkerOptions {
  readonly name?: string;
  /** Worker processes; default 1. */
  readonly workers?: number;
}

/** Todoku with everything on; only the provider's rate limit is off. `users`: how many get one notification each before the first gets two. */
export async function startProduct(bench: Bench, users: number): Promise<Product> {
  const database = await createProductDatabase(bench.postgres, 'product', users);
  return productOn(bench, database, { profile: bench.options.profile });
}

/** The same on a database that is there already and may be shared; `stop` closes it. */
export function productOn(bench: Bench, database: ProductDatabase, options: ProductOptions = {}): Product {
  const { admin } = database;
  const { name = 'Todoku', workers = 1, ...workerOptions } = options;
  let processes: Child[] = [];
  const stopProcesses = async (): Promise<void> => {
    for (const process of processes) await process.stop();
    processes = [];
  };
  return {
    name,
    admin,
    url: database.url,
    processes: () => processes,
    async renew() {
      await stopProcesses();
      for (let i = 0; i < workers; i += 1) processes.push(await startWorkerProcess(bench, database.url, workerOptions));
    },
    async prepare(count) {
      await emptyProduct(database);
      await insertNotifications(database, count);
      await settle(admin, ['notifications', 'push.outbox', 'push.user_recent']);
      await forgetCosts(admin);
    },
    async run(count) {
      await sendAll(bench, admin, processes, count);
    },
    async check(count) {
      await Promise.all(processes.map((process) => process.ask('stop')));
      const [row] = await admin.query<{ n: number; different: number }>(
        'select count(*)::int as n, count(distinct delivery_id)::int as different from push.deliveries where state = 10',
      );
      if (row?.n !== count || row.different !== count) throw new Error(`${name} recorded ${row?.n} outcomes of ${count}`);
      const [ledger] = (await readLedger(admin)).rows;
      if (ledger?.accepted !== count || ledger.unaccounted !== 0) {
        throw new Error(`${name}'s ledger has ${ledger?.accepted} accepted and ${ledger?.unaccounted} unaccounted, of ${count}`);
      }
    },
    cpu: () => processes.reduce((total, process) => total + process.cpu(), 0),
    details: async (count) => ({ statements: await costliest(admin, count) }),
    rest: stopProcesses,
    async stop() {
      await stopProcesses();
      await database.close();
    },
  };
}

/** Sets the workers to work and waits until so many are sent and recorded; `before`: what the ledger had of them already. */
export async function sendAll(bench: Bench, admin: Database, workers: readonly Child[], count: number, before = 0): Promise<void> {
  await Promise.all(workers.map((worker) => worker.ask('start')));
  // The database is not asked before there is hope: questions cost it time.
  await until(async () => (await bench.simulator.stats()).accepted >= count, pollMs, timeLimitMs);
  await until(async () => (await countState(admin, 'accepted_by_expo')) >= before + count, pollMs, timeLimitMs);
}
