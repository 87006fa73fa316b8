import type { Queryable } from '../../database/database.js';
import type { Severity } from './severity.js';

export const routeNames = ['log', 'webhook', 'slack', 'email'] as const;
export type RouteName = (typeof routeNames)[number];

/** A way out, as a process that has it tells the others. */
export interface RouteEntry {
  readonly route: RouteName;
  readonly minSeverity: Severity;
  /** For people: a host, never a whole address. */
  readonly target: string;
}

/** A process that has not said so for this long has the route no more. */
const forgottenAfter = `interval '2 minutes'`;

/** Says which routes this process has; those that it had before and has no more are taken back. */
export async function announceRoutes(database: Queryable, instance: string, routes: readonly RouteEntry[]): Promise<void> {
  await database.query(
    /* sql */ `
insert into push.alert_routes (instance, route, min_severity, target)
select $1, * from unnest($2::text[], $3::text[], $4::text[])
on conflict (instance, route) do update
  set min_severity = excluded.min_severity, target = excluded.target, seen_at = clock_timestamp()`,
    [instance, routes.map(({ route }) => route), routes.map(({ minSeverity }) => minSeverity), routes.map(({ target }) => target)],
  );
  await database.query(
    /* sql */ `
delete from push.alert_routes where (instance = $1 and route <> all ($2)) or seen_at < clock_timestamp() - interval '1 day'`,
    [instance, routes.map(({ route }) => route)],
  );
}

export async function withdrawRoutes(database: Queryable, instance: string): Promise<void> {
  await database.query(/* sql */ 'delete from push.alert_routes where instance = $1', [instance]);
}

/** The routes of all running processes together, each once, with the least severity that any of them asks for. */
export async function readRoutes(database: Queryable): Promise<RouteEntry[]> {
  return await database.query<RouteEntry & object>(/* sql */ `
select distinct on (route) route, min_severity as "minSeverity", target from push.alert_routes
where seen_at > clock_timestamp() - ${forgottenAfter}
order by route, array_position(array['info', 'warn', 'page'], min_severity), instance`);
}
