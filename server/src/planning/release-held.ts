import type { Database, Statement } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';

/**
 * Puts held notifications whose time has come back into the outbox, where they are planned again: what has changed meanwhile (expired,
 * switched off, new quiet hours) is seen then. $1 most notifications, $2 planning time (null: the database's).
 */
export const releaseHeldStatement: Statement = {
  name: 'release_held',
  text: /* sql */ `
with due as (
  delete from push.held h
  where h.ctid = any (array(
    select ctid from push.held where release_at <= coalesce($2, statement_timestamp()) order by release_at limit $1 for update skip locked
  ))
  returning h.notification_id, h.created_at, h.lane, h.broadcast_id
), written as (
  insert into push.outbox (lane, broadcast_id, was_held, n, notification_ids, created_ats)
  select lane, broadcast_id, true, count(*), array_agg(notification_id), array_agg(created_at)
  from (select *, row_number() over (partition by lane, broadcast_id) as nr from due) numbered
  group by lane, broadcast_id, (nr - 1) / 500
)
select count(*)::int as released from due`,
};

/** Returns how many were released. One commit: a held notification is in the hold or in the outbox, never in both or neither. */
export async function releaseHeld(database: Database, most: number, planningTime: Date | null): Promise<number> {
  return await database.transaction(async (tx) => {
    const [row] = await tx.query<{ released: number }>(releaseHeldStatement, [most, planningTime]);
    const released = row?.released ?? 0;
    if (FAILPOINTS && released > 0) await failpoint('held_release');
    return released;
  });
}
