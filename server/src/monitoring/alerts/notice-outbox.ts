import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../database/database.js';
import type { PerformanceReport } from '../reports/report-types.js';
import { joinAlerts, weighs } from './choose-alerts.js';
import type { Notice, NoticeAlert, NoticeContent, NoticeKind } from './notice-types.js';
import type { RouteEntry, RouteName } from './route-directory.js';

/** Receivers know messages by it; the prefix is the habit of the Standard Webhooks. */
const newId = (): string => `msg_${randomUUID().replaceAll('-', '')}`;

/** For how long a message is tried before it counts as failed for good. */
const tryForMs = 24 * 3_600_000;

/**
 * Hands alerts to every route that wants them, in the transaction that says that they were told. Whatever happens within `groupMs` after a
 * route's last message goes as one: it is added to the message that has not gone out yet.
 */
export async function writeNotices(
  tx: Queryable,
  alerts: readonly NoticeAlert[],
  routes: readonly RouteEntry[],
  { now, groupMs }: { readonly now: Date; readonly groupMs: number },
): Promise<void> {
  for (const { route, minSeverity } of routes) {
    const wanted = alerts.filter(({ severity }) => weighs(severity, minSeverity));
    if (wanted.length > 0) await writeNotice(tx, route, wanted, now, groupMs);
  }
}

async function writeNotice(tx: Queryable, route: RouteName, alerts: readonly NoticeAlert[], now: Date, groupMs: number): Promise<void> {
  const [open] = await tx.query<{ id: string; content: NoticeContent }>(
    /* sql */ `
select id, content from push.alert_notices where route = $1 and kind = 'alerts' and state = 'waiting' and attempts = 0
order by created_at desc limit 1 for update skip locked`,
    [route],
  );
  if (open !== undefined) {
    const content: NoticeContent = { alerts: joinAlerts(open.content.alerts, alerts) };
    await tx.query(/* sql */ 'update push.alert_notices set content = $2 where id = $1', [open.id, JSON.stringify(content)]);
    return;
  }
  await tx.query(
    /* sql */ `
insert into push.alert_notices (id, route, kind, content, created_at, due_at)
select $1, $2, 'alerts', $3, $4, greatest($4, max(created_at) + make_interval(secs => $5))
from push.alert_notices where route = $2 and kind = 'alerts' and created_at <= $4`,
    [newId(), route, JSON.stringify({ alerts: joinAlerts([], alerts) } satisfies NoticeContent), now, groupMs / 1_000],
  );
}

/** A message that says only that messages arrive. Returns its id. */
export async function writeTestNotice(database: Queryable, route: RouteName): Promise<string> {
  const id = newId();
  await database.query(
    /* sql */ `
insert into push.alert_notices (id, route, kind, content, created_at, due_at)
values ($1, $2, 'test', $3, clock_timestamp(), clock_timestamp())`,
    [id, route, JSON.stringify({ alerts: [] } satisfies NoticeContent)],
  );
  return id;
}

/** A report to one route. Returns the message's id. */
export async function writeReportNotice(tx: Queryable, route: RouteName, report: PerformanceReport): Promise<string> {
  const id = newId();
  await tx.query(
    /* sql */ `
insert into push.alert_notices (id, route, kind, content, created_at, due_at)
values ($1, $2, 'report', $3, clock_timestamp(), clock_timestamp())`,
    [id, route, JSON.stringify({ alerts: [], report } satisfies NoticeContent)],
  );
  return id;
}

/** A message that a sender has taken on; `attempt` counts from 1 and fences out a sender that was too slow. */
export interface ClaimedNotice extends Notice {
  readonly attempt: number;
}

/** The next message that is due on a route; one whose sender died is due again when its lease has run out. */
export async function claimNotice(database: Queryable, route: RouteName, leaseMs: number): Promise<ClaimedNotice | null> {
  const [claimed] = await database.query<ClaimedNotice & { kind: NoticeKind }>(
    /* sql */ `
update push.alert_notices set attempts = attempts + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
where id = (
  select id from push.alert_notices
  where route = $1 and state = 'waiting' and due_at <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())
  order by due_at limit 1 for update skip locked)
returning id, kind, content, created_at as "createdAt", attempts as attempt`,
    [route, leaseMs / 1_000],
  );
  return claimed ?? null;
}

/** What else waits on the route and had failed is due now: it works again. */
export async function noteSent(database: Queryable, route: RouteName, { id, attempt }: ClaimedNotice, answer: string): Promise<void> {
  await database.query(
    /* sql */ `
with sent as (
  update push.alert_notices set state = 'sent', sent_at = clock_timestamp(), answer = $3, error = null, lease_until = null
  where id = $1 and attempts = $2 and state = 'waiting' returning 1
)
update push.alert_notices set due_at = clock_timestamp()
where exists (select from sent) and route = $4 and state = 'waiting' and error is not null and id <> $1 and due_at > clock_timestamp()`,
    [id, attempt, answer, route],
  );
}

/** Tests are tried once; what is a day old is given up. */
export async function noteFailed(database: Queryable, { id, attempt, kind }: ClaimedNotice, error: string, retryMs: number): Promise<void> {
  await database.query(
    /* sql */ `
update push.alert_notices set error = $3, lease_until = null, due_at = clock_timestamp() + make_interval(secs => $4),
  state = case when $5 or created_at < clock_timestamp() - make_interval(secs => $6) then 'failed' else 'waiting' end
where id = $1 and attempts = $2 and state = 'waiting'`,
    [id, attempt, error, retryMs / 1_000, kind === 'test', tryForMs / 1_000],
  );
}

/** Gives up what no running process can send, and forgets what is a month old. */
export async function tidyNotices(tx: Queryable, routes: readonly RouteEntry[]): Promise<void> {
  await tx.query(
    /* sql */ `
update push.alert_notices set state = 'failed', error = 'no running process has this route', due_at = clock_timestamp()
where state = 'waiting' and route <> all ($1) and created_at < clock_timestamp() - interval '10 minutes'`,
    [routes.map(({ route }) => route)],
  );
  await tx.query(/* sql */ `
delete from push.alert_notices where id in (
  select id from push.alert_notices where created_at < now() - interval '30 days' and state <> 'waiting' order by created_at limit 1000)`);
}
