import { plainArray, textArray } from '../../database/array-literal.js';
import type { Queryable, Statement } from '../../database/database.js';
import { hashArray, type IdempotencyKey, keyLock, type StoredAnswer } from '../idempotency.js';
import type { NewNotification } from '../new-notification.js';
import { notificationArrays, notificationColumns, notificationParameters } from './insert-notifications.js';

/**
 * Takes the notifications of those requests whose key nobody used before, and keeps the key with the answer, all in one statement. $12 the number
 * (from 1) of each notification's request; $13 … $17 the requests. Returns the numbers of the requests that were taken.
 *
 * A key that another transaction works on is left out at once by its lock, and never waited for; one that was committed before is left out by
 * the conflict, which sees it even when this statement's snapshot is older.
 */
const statement: Statement = {
  name: 'insert_notifications_once',
  text: /* sql */ `
with request as materialized (
  select * from unnest($13::text[], $14::text[], $15::bytea[], $16::smallint[], $17::json[]) with ordinality
    as r(owner, key, body_hash, status, response, nr)
), fresh as (
  insert into push.idempotency (owner, key, body_hash, status, response)
  select owner, key, body_hash, status, response from request where ${keyLock}
  on conflict do nothing
  returning owner, key
), taken as materialized (
  select r.nr from request r join fresh f on f.owner = r.owner and f.key = r.key
), written as (
  insert into public.notifications (${notificationColumns})
  select ${notificationColumns} from ${notificationArrays.replace(')', ', $12::int[])')} as i(${notificationColumns}, request)
  where request in (select nr from taken)
)
select nr from taken`,
};

interface OnceRequest {
  readonly items: readonly NewNotification[];
  readonly key: IdempotencyKey;
  readonly answer: StoredAnswer;
}

/** The indexes of the requests that were taken; the ids of their notifications must all be new. */
export async function insertOnce(database: Queryable, requests: readonly OnceRequest[]): Promise<ReadonlySet<number>> {
  const rows = await database.rows(statement, [
    ...notificationParameters(requests.flatMap(({ items }) => items)),
    plainArray(requests.flatMap(({ items }, i) => items.map(() => i + 1))),
    textArray(requests.map(({ key }) => key.owner)),
    textArray(requests.map(({ key }) => key.key)),
    hashArray(requests.map(({ key }) => key)),
    plainArray(requests.map(({ answer }) => answer.status)),
    textArray(requests.map(({ answer }) => answer.json)),
  ]);
  return new Set(rows.map((row) => Number(row[0]) - 1));
}
