import { plainArray, textArray } from '../../database/array-literal.js';
import type { Queryable, Statement } from '../../database/database.js';
import type { NewNotification } from '../new-notification.js';

export const notificationArrays = /* sql */ `unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::timestamptz[],
    $9::timestamptz[], $10::text[], $11::uuid[])`;
export const notificationColumns = 'id, user_id, type, title, message, data, push, send_at, expires_at, collapse_key, token_id';

/** created_at is the database's: a wrong clock here would put rows into wrong hours and let them expire at wrong times. */
const insertNotifications: Statement = {
  name: 'insert_notifications',
  text: /* sql */ `
insert into public.notifications (${notificationColumns})
select * from ${notificationArrays}`,
};

/**
 * The same where callers chose ids ($12 which of them). An id is claimed once; whoever comes second with it is left out. Returns the numbers
 * (from 1) of those that were taken. Ids are claimed in their order, so that two commits with the same ids wait instead of deadlocking.
 *
 * Rejected: on conflict do nothing on notifications itself, because its key includes created_at, which differs; a unique index on id alone,
 * because a partitioned table can't have one.
 */
const insertClaimed: Statement = {
  name: 'insert_claimed_notifications',
  text: /* sql */ `
with item as materialized (
  select * from ${notificationArrays.replace(')', ', $12::boolean[])')} with ordinality as i(${notificationColumns}, given, nr)
), first as materialized (
  select distinct on (id) id, nr from item where given order by id, nr
), claimed as materialized (
  insert into push.notification_ids (id)
  select f.id from first f where not exists (select from public.notifications n where n.id = f.id) order by f.id
  on conflict do nothing
  returning id
), taken as materialized (
  select nr from item where not given
  union all
  select f.nr from first f join claimed c on c.id = f.id
), written as (
  insert into public.notifications (${notificationColumns})
  select ${notificationColumns} from item where nr in (select nr from taken)
)
select nr from taken`,
};

/** One statement: all or nothing. Answers for each item whether it was taken; false: its id was used before. */
export async function insertNewNotifications(database: Queryable, items: readonly NewNotification[]): Promise<boolean[]> {
  if (items.length === 0) return [];
  const values = notificationParameters(items);
  if (!items.some((item) => item.idGiven)) {
    await database.rows(insertNotifications, values);
    return items.map(() => true);
  }
  const rows = await database.rows(insertClaimed, [...values, plainArray(items.map((item) => item.idGiven))]);
  const taken = new Set(rows.map((row) => Number(row[0])));
  return items.map((_, index) => taken.has(index + 1));
}

/** For `notificationArrays`: $1 … $11. */
export function notificationParameters(items: readonly NewNotification[]): string[] {
  return [
    plainArray(items.map((item) => item.id)),
    plainArray(items.map((item) => item.userId)),
    textArray(items.map((item) => item.type)),
    textArray(items.map((item) => item.title)),
    textArray(items.map((item) => item.message)),
    textArray(items.map((item) => item.dataJson)),
    textArray(items.map((item) => item.pushJson)),
    instantArray(items.map((item) => item.sendAt)),
    instantArray(items.map((item) => item.expiresAt)),
    textArray(items.map((item) => item.collapseKey)),
    plainArray(items.map((item) => item.tokenId)),
  ];
}

function instantArray(instants: readonly (Date | null)[]): string {
  return textArray(instants.map((instant) => instant?.toISOString() ?? null));
}
