/**
 * A statement that waits for a partition to be made goes on with the plan that it had begun, without that partition, but sees all that was committed
 * meanwhile: a row that came into the new partition (or moved there, with `push.ensure_partitions`) seems to be gone. So whoever did not find a row
 * looks again, by a statement that begins later, before he calls it deleted.
 */
import { plainArray } from '../database/array-literal.js';
import type { Queryable } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';

const byKey = /* sql */ `
select 1 from unnest($1::uuid[], $2::bigint[]) as u(id, us)
join public.notifications n on n.id = u.id and n.created_at = timestamptz 'epoch' + u.us * interval '1 microsecond'
limit 1`;

const byDelivery = /* sql */ `
select 1 from push.chunks c
cross join unnest(c.delivery_ids, c.notification_ids, c.created_ats) as u(delivery_id, id, created_at)
join public.notifications n on n.id = u.id and n.created_at = u.created_at
where c.id = any ($1::bigint[]) and u.delivery_id = any ($2::bigint[])
limit 1`;

export interface Missing {
  readonly id: string;
  readonly createdAtUs: string;
}

/** Whether any of these notifications is there after all. */
export async function isAnyThere(database: Queryable, missing: readonly Missing[]): Promise<boolean> {
  if (missing.length === 0) return false;
  const found = await database.rows(byKey, [plainArray(missing.map(({ id }) => id)), plainArray(missing.map((row) => row.createdAtUs))]);
  return found.length > 0;
}

/** The same of notifications whose deliveries stand in these chunks. */
export async function isAnyOfChunksThere(
  database: Queryable,
  chunkIds: readonly string[],
  deliveryIds: readonly string[],
): Promise<boolean> {
  if (deliveryIds.length === 0) return false;
  return (await database.rows(byDelivery, [plainArray(chunkIds), plainArray(deliveryIds)])).length > 0;
}

/** The work is to be done again from its start, as after a serialization failure. */
export function notYetSeen(): DatabaseError {
  return new DatabaseError('40001', 'a row that was not found is there after all: a partition was made meanwhile');
}
