import type { Database } from '@todoku/server/database/database.js';

/** Deliveries in a state, by the ledger: cheap enough to be asked while others are measured. */
export async function countState(admin: Database, state: string): Promise<number> {
  const [row] = await admin.query<{ n: string }>(
    /* sql */ `
    select coalesce(sum(n), 0) as n from (
      select n from push.ledger_entries where item = 'state:' || $1
      union all
      select n from push.ledger_totals where item = 'state:' || $1) entries`,
    [state],
  );
  return Number(row?.n ?? 0);
}
