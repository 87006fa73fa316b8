import type { Queryable } from '../database/database.js';
import { type Controls, readControls } from '../operations/controls.js';
import { queueDepth } from '../queue/postgres/queue-depth.js';
import type { QueueDepth } from '../queue/queue-engine.js';

/** alive: it said so within a minute; silent: it did not, and did not say goodbye either. */
type WorkerState = 'alive' | 'silent' | 'stopped';

interface WorkerStatus {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly roles: readonly string[];
  readonly version: string;
  readonly state: WorkerState;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
}

export interface ProjectStatus {
  readonly id: number;
  readonly provider: string;
  readonly name: string;
  /** Recipients a second; null: no limit. */
  readonly rateBudget: number | null;
  readonly paused: boolean;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  /** null: it was paused by SQL. */
  readonly pausedReason: string | null;
  readonly breaker: 'closed' | 'open';
  readonly breakerReason: string | null;
  readonly breakerOpenedAt: Date | null;
  readonly breakerProbeAt: Date | null;
  /** The provider asked for time until then; null when that is over. */
  readonly backoffUntil: Date | null;
  /** Token invalidation is frozen since then: too many were called dead at once. */
  readonly frozenAt: Date | null;
  readonly frozenReason: string | null;
}

/** Everything that waits somewhere. Counts of the outbox and of held are notifications, of receipts deliveries. */
interface Waiting {
  readonly outbox: number;
  readonly outboxOldest: Date | null;
  readonly held: number;
  readonly nextRelease: Date | null;
  readonly receipts: number;
  /** Of them, those that could be fetched now. */
  readonly receiptsDue: number;
  readonly receiptsOldest: Date | null;
}

export interface SystemStatus {
  readonly at: Date;
  readonly controls: Controls;
  /** false: notification_push_trigger is disabled, so new rows become no pushes. */
  readonly triggerEnabled: boolean;
  readonly workers: readonly WorkerStatus[];
  readonly queue: readonly QueueDepth[];
  readonly projects: readonly ProjectStatus[];
  readonly waiting: Waiting;
}

/** Workers that have been gone for more than a day are not shown. */
const workers = /* sql */ `
select id, host, pid, roles, version, started_at as "startedAt", heartbeat_at as "heartbeatAt",
  case when stopped_at is not null then 'stopped' when heartbeat_at > now() - interval '1 minute' then 'alive' else 'silent' end as state
from push.workers where heartbeat_at > now() - interval '1 day'
order by stopped_at is not null, started_at desc`;

const projects = /* sql */ `
select id, provider, name, rate_budget as "rateBudget", paused, paused_at as "pausedAt", paused_by as "pausedBy",
  paused_reason as "pausedReason", breaker_state as breaker, breaker_reason as "breakerReason",
  breaker_opened_at as "breakerOpenedAt", breaker_probe_at as "breakerProbeAt",
  case when backoff_until > clock_timestamp() then backoff_until end as "backoffUntil", frozen_at as "frozenAt", frozen_reason as "frozenReason"
from push.projects order by id`;

const waiting = /* sql */ `
select clock_timestamp() as at,
  (select tgenabled <> 'D' from pg_trigger where tgrelid = 'public.notifications'::regclass and tgname = 'notification_push_trigger') as "triggerEnabled",
  o.outbox, o."outboxOldest", h.held, h."nextRelease", r.receipts, r."receiptsDue", r."receiptsOldest"
from (select coalesce(sum(n), 0)::bigint as outbox, min(at) as "outboxOldest" from push.outbox) o,
  (select count(*) as held, min(release_at) as "nextRelease" from push.held) h,
  (select coalesce(sum(n), 0)::bigint as receipts, coalesce(sum(n) filter (where due_at <= clock_timestamp()), 0)::bigint as "receiptsDue",
    min(sent_at) as "receiptsOldest" from push.receipt_batches) r`;

/** Every provider project, by number. */
export async function readProjects(database: Pick<Queryable, 'query'>): Promise<ProjectStatus[]> {
  return await database.query<ProjectStatus>(projects);
}

/** How the system stands at this moment. */
export async function readStatus(database: Queryable): Promise<SystemStatus> {
  const controls = await readControls(database);
  const [row] = await database.query<Waiting & { at: Date; triggerEnabled: boolean | null }>(waiting);
  if (row === undefined) throw new Error('no status');
  const { at, triggerEnabled, ...rest } = row;
  return {
    at,
    controls,
    triggerEnabled: triggerEnabled === true,
    workers: await database.query<WorkerStatus>(workers),
    queue: await database.query<QueueDepth>(queueDepth),
    projects: await readProjects(database),
    waiting: rest,
  };
}
