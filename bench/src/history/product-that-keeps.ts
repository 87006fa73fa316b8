import type { Database } from '@todoku/server/database/database.js';
import { readLedger } from '@todoku/server/monitoring/ledger.js';
import type { Bench } from '../bench.js';
import { insertNotifications, type ProductDatabase, settle } from '../setup/product-database.js';
import { countState } from '../throughput/count-state.js';
import { type Product, productOn, sendAll } from '../throughput/product.js';
import { forgetCosts } from '../throughput/statement-costs.js';

export interface Kept extends Product {
  /** Of the last `prepare`: rows a second, the commits included. */
  rowsPerSecond(): number;
}

/**
 * The product on a database in which everything stays from round to round. Only what would hold the same texts back as repeated is forgotten.
 * Its workers rest while rows are put in, so that intake and sending are told apart.
 */
export function productThatKeeps(bench: Bench, database: ProductDatabase): Kept {
  const { admin } = database;
  const product = productOn(bench, database);
  let before = 0;
  let rowsPerSecond = 0;
  return {
    ...product,
    rowsPerSecond: () => rowsPerSecond,
    async prepare(count) {
      await admin.query('truncate push.user_recent');
      before = await countState(admin, 'accepted_by_expo');
      const start = performance.now();
      await insertNotifications(database, count);
      rowsPerSecond = (count * 1000) / (performance.now() - start);
      await settle(admin, ['push.outbox', 'push.chunks', 'push.user_recent', ...(await partitionsOfNow(admin))]);
      await forgetCosts(admin);
    },
    run: (count) => sendAll(bench, admin, product.processes(), count, before),
    async check(count) {
      await Promise.all(product.processes().map((process) => process.ask('stop')));
      const [ledger] = (await readLedger(admin)).rows;
      if (ledger?.accepted !== before + count || ledger.unaccounted !== 0) {
        throw new Error(`the ledger has ${ledger?.accepted} accepted and ${ledger?.unaccounted} unaccounted, of ${before + count}`);
      }
    },
  };
}

/** Where the rows of this round are: of all partitions, only these change. */
async function partitionsOfNow(admin: Database): Promise<string[]> {
  const rows = await admin.query<{ name: string }>(
    'select p.name from push.partition_plan, push.partitions(parent) p where now() >= p.low and now() < p.high',
  );
  return rows.map(({ name }) => name);
}
