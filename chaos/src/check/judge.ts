import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freshSchemaPrint } from './database/schema-print.js';
import { judgeEvidence } from './judge-evidence.js';
import { readEvidence } from './read-evidence.js';
import { renderPage } from './render-page.js';
import type { Verdict } from './verdict.js';

/**
 * Judges a run by its records and its database, and leaves `verdict.json` and `verdict.html` beside the records. `databaseUrl`: of a superuser; no
 * process of the product is running any more.
 */
export async function judge(runDirectory: string, databaseUrl: string): Promise<Verdict> {
  const evidence = await readEvidence(runDirectory);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const verdict = await judgeEvidence(evidence, client, await freshSchemaPrint(databaseUrl, evidence.migrations));
    await writeFile(join(runDirectory, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`);
    await writeFile(join(runDirectory, 'verdict.html'), renderPage(verdict));
    return verdict;
  } finally {
    await client.end();
  }
}
