import type { Queryable } from '../../database/database.js';
import { readRoutes } from './route-directory.js';

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
where kind <> 'test' and ((state = 'waiting' and error is not null)
  or (state = 'failed' and due_at > clock_timestamp() - interval '1 hour'))
group by route order by route`);
}

/** The same by route, with 0 for every route that a running process has: that a route works again is a value, too. */
export async function countUndelivered(database: Queryable): Promise<{ readonly subject: string; readonly value: number }[]> {
  const failing = new Map((await readUndelivered(database)).map(({ route, waiting, failed }) => [route, waiting + failed]));
  const routes = new Set([...(await readRoutes(database)).map(({ route }) => route as string), ...failing.keys()]);
  return [...routes].sort().map((route) => ({ subject: route, value: failing.get(route) ?? 0 }));
}
