import type { Queryable } from '../../../database/database.js';
import type { Span } from '../../flows-between.js';
import { readLedger } from '../../ledger.js';
import type { ReportLedger } from '../report-types.js';

/** Whether everything is accounted for: the sums now, and what the counts of the rows found within the period. */
export async function readProof(database: Queryable, { from, to }: Span): Promise<ReportLedger> {
  const ledger = await readLedger(database);
  const [proof] = await database.query<{ proofs: number; unaccounted: number | null; untaken: number | null }>(
    /* sql */ `
select count(*) as proofs, max(unaccounted) as unaccounted, max(untaken) as untaken
from push.reconciliations where at >= $1 and at < $2 and complete`,
    [from, to],
  );
  return {
    unaccounted: ledger.rows[0]?.unaccounted ?? 0,
    proofs: proof?.proofs ?? 0,
    proofUnaccounted: proof?.unaccounted ?? null,
    untaken: proof?.untaken ?? null,
  };
}
