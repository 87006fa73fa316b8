import type { Queryable } from '../../database/database.js';
import type { ProcessStats } from '../process-stats.js';

export interface LiveProcess {
  readonly id: string;
  readonly roles: readonly string[];
  /** What it said with its last heartbeat; empty when it is of an older release. */
  readonly stats: Partial<ProcessStats>;
}

/** Every process that was heard of within a minute. */
export async function readLiveProcesses(database: Queryable): Promise<LiveProcess[]> {
  return await database.query<LiveProcess & Record<string, unknown>>(
    `select id, roles, stats from push.workers where stopped_at is null and heartbeat_at > now() - interval '1 minute' order by id`,
  );
}

export interface RequestFigures {
  readonly requests: number;
  readonly rateLimited: number;
  readonly recipients: number;
  readonly averageMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Requests to providers in the last $1 seconds. Response times are those of requests that were answered. */
export async function readRequests(database: Queryable, seconds: number): Promise<RequestFigures> {
  const [row] = await database.query<RequestFigures & Record<string, unknown>>(
    /* sql */ `
with recent as materialized (
  select a.* from push.projects p
  cross join lateral (
    select duration_ms, recipients, outcome, http_status from push.attempts
    where project_id = p.id and at > now() - make_interval(secs => $1) and at <= now() and outcome not in ('not_sent', 'lease_expired')
  ) a
)
select count(*) as requests, count(*) filter (where http_status = 429) as "rateLimited",
  coalesce(sum(recipients) filter (where outcome = 'answered'), 0)::float8 as recipients,
  (avg(duration_ms) filter (where outcome = 'answered'))::float8 as "averageMs",
  (percentile_cont(0.5) within group (order by duration_ms) filter (where outcome = 'answered'))::float8 as "p50Ms",
  (percentile_cont(0.95) within group (order by duration_ms) filter (where outcome = 'answered'))::float8 as "p95Ms",
  (percentile_cont(0.99) within group (order by duration_ms) filter (where outcome = 'answered'))::float8 as "p99Ms"
from recent`,
    [seconds],
  );
  if (row === undefined) throw new Error('no figures');
  return row;
}

export interface QueueFigures {
  /** Notifications that are not planned yet. */
  readonly outbox: number;
  /** Deliveries that are due. */
  readonly due: number;
  /** Deliveries that wait for a later time. */
  readonly later: number;
  readonly sending: number;
}

export async function readQueue(database: Queryable): Promise<QueueFigures> {
  const [row] = await database.query<QueueFigures & Record<string, unknown>>(/* sql */ `
select (select coalesce(sum(n), 0) from push.outbox)::float8 as outbox,
  coalesce(sum(n) filter (where state = 1 and due_at <= now()), 0)::float8 as due,
  coalesce(sum(n) filter (where state <> 2 and (state = 3 or due_at > now())), 0)::float8 as later,
  coalesce(sum(n) filter (where state = 2), 0)::float8 as sending
from push.chunks`);
  if (row === undefined) throw new Error('no figures');
  return row;
}
