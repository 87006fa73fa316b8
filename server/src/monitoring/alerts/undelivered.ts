import type { Queryable } from '../../database/database.js';

/** Messages of a route that did not get through. */
export interface Undelivered {
  readonly route: string;
  /** Being tried again. */
  readonly waiting: number;
  /** Given up within the last hour. */
  readonly failed: number;
  readonly oldest: Date;
  readonly error: string | null;
}

/** What could not be told: messages whose latest attempt failed, and those given up within the last hour. Tests do not count. */
export async function readUndelivered(database: Queryable): Promise<Undelivered[]> {
  return await database.query<Undelivered & object>(/* sql */ `
select route, count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'failed') as failed,
  min(created_at) as oldest, (array_agg(error order by created_at desc))[1] as error
from push.alert_notices
where kind = 'alerts' and ((state = 'waiting' and error is not null)
  or (state = 'failed' and due_at > clock_timestamp() - interval '1 hour'))
group by route order by route`);
}
