import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Statement } from '../src/database/database.js';
import { loadContentStatement } from '../src/delivery/load-content.js';
import { releaseHeldStatement } from '../src/planning/release-held.js';
import { noteRecent, refundCap } from '../src/planning/sql/note-recent.js';
import { recordPlan } from '../src/planning/sql/record-plan.js';
import { takeOutbox, takeOutboxWithContent } from '../src/planning/sql/take-outbox.js';
import { claimNewUnlimited, claimNewWithinBudget, claimUnlimited, claimWithinBudget } from '../src/queue/postgres/claim-chunks.js';
import { completeChunks } from '../src/queue/postgres/complete-chunks.js';
import { expireChunks } from '../src/queue/postgres/expire-chunks.js';
import { claimExpiredLeases, extendLeases, retryChunks } from '../src/queue/postgres/retry-chunks.js';
import { findFates } from '../src/receipts/device-fate.js';
import { claimReceipts, completeReceipts, releaseReceipts } from '../src/receipts/receipt-statements.js';
import { loseTokensStatement } from '../src/tokens/sql/lose-tokens.js';
import { hotPathSettings } from '../src/workers/hot-path-settings.js';
import { type TestDatabase, testDatabase } from './support/database.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'TID Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const statements: readonly Statement[] = [
  takeOutbox,
  takeOutboxWithContent,
  noteRecent,
  refundCap,
  recordPlan,
  releaseHeldStatement,
  loadContentStatement,
  claimWithinBudget,
  claimUnlimited,
  claimNewWithinBudget,
  claimNewUnlimited,
  completeChunks,
  retryChunks,
  extendLeases,
  claimExpiredLeases,
  expireChunks,
  claimReceipts,
  completeReceipts,
  releaseReceipts,
  findFates,
  loseTokensStatement,
];

/** Scans of a table that read it whole. */
function wholeScans(node: PlanNode): string[] {
  const scans = node['Node Type'].endsWith('Scan') && (node['Relation Name'] !== undefined || node['Index Name'] !== undefined);
  const byKey = node['Index Cond'] !== undefined || node['TID Cond'] !== undefined || node['Node Type'] === 'Bitmap Heap Scan';
  const here = scans && !byKey ? [`${node['Node Type']} of ${node['Relation Name']} by ${node['Index Name']}`] : [];
  return [...here, ...(node.Plans ?? []).flatMap(wholeScans)];
}

/**
 * Tables that somebody analysed while they were empty make a whole scan look free, and a plan cached then serves on when they have filled:
 * taking 2,000 notifications out of the outbox took 7 seconds so. Which plan is made must not depend on what the tables hold.
 */
describe('with plans cached while every table was analysed empty', () => {
  let store: TestDatabase;
  let worker: Client;

  beforeAll(async () => {
    store = await testDatabase();
    await store.admin.query('vacuum analyze');
    worker = new Client({ connectionString: store.url });
    await worker.connect();
    await worker.query('set role todoku_worker');
    for (const [name, value] of Object.entries(hotPathSettings)) await worker.query('select set_config($1, $2, false)', [name, value]);
  });
  afterAll(async () => {
    await worker.end();
    await store.close();
  });

  test.each(statements.map((statement) => [statement.name, statement.text] as const))(
    '%s looks everything up by key',
    async (name, text) => {
      await worker.query(`prepare ${name} as ${text}`);
      const count = Math.max(...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
      const nulls = Array.from({ length: count }, () => 'null').join(', ');
      const { rows } = await worker.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) execute ${name}(${nulls})`);
      expect(wholeScans(rows[0]?.['QUERY PLAN'][0].Plan as PlanNode)).toEqual([]);
    },
  );
});
