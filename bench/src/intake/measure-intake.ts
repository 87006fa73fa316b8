import type { Bench } from '../bench.js';
import type { SuiteResult } from '../figures.js';
import { createProductDatabase } from '../setup/product-database.js';
import { measureBulk } from './bulk.js';
import { measureSingles } from './singles.js';

/** How fast notifications can be handed over: by SQL in bulk, by HTTP one by one. No worker takes them away meanwhile. */
export async function measureIntake(bench: Bench): Promise<SuiteResult> {
  const database = await createProductDatabase(bench.postgres, 'intake', 0);
  try {
    const bulk = await measureBulk(bench, database);
    const singles = await measureSingles(bench, database);
    return { figures: [...bulk, ...singles.figures], details: { http: singles.details } };
  } finally {
    await database.close();
  }
}
