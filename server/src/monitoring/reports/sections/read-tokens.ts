import type { Queryable } from '../../../database/database.js';
import type { Span } from '../../flows-between.js';
import type { PlatformTokens } from '../report-types.js';

/** One pass over the tokens, which are as many as there are devices: 0.2 s a million. */
export async function readTokens(database: Queryable, { from, to }: Span): Promise<PlatformTokens[]> {
  const rows = await database.query<Omit<PlatformTokens, 'lostShare'> & object>(
    /* sql */ `
select platform, count(*) filter (where state = 'active') as active, count(*) filter (where state = 'quarantined') as quarantined,
  count(*) filter (where state = 'invalid') as invalid, count(*) filter (where state = 'signed_out') as "signedOut",
  count(*) filter (where created_at >= $1 and created_at < $2) as registered,
  count(*) filter (where state in ('quarantined', 'invalid') and state_at > $1 and state_at <= $2) as lost
from public.push_tokens group by platform order by count(*) desc, platform`,
    [from, to],
  );
  return rows.map((row) => ({ ...row, lostShare: row.lost + row.active === 0 ? null : row.lost / (row.lost + row.active) }));
}
