import type { Database } from '../database/database.js';

/**
 * Forgets ids that callers chose for notifications which are gone with their partition, at most `most` of them. Returns how many: as many as
 * `most` means that there are more.
 */
export async function pruneClaimedIds(database: Database, most = 5000): Promise<number> {
  const rows = await database.rows(
    /* sql */ `
delete from push.notification_ids where ctid = any (array(
  select ctid from push.notification_ids
  where at < (select min(low) from push.partitions('public.notifications'))
  order by at limit $1 for update skip locked))
returning 1`,
    [most],
  );
  return rows.length;
}
