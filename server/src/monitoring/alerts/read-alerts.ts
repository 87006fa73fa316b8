import type { Queryable } from '../../database/database.js';
import type { ActiveAlert, AlertEpisode, Silence } from './alert-types.js';
import { type RouteEntry, readRoutes } from './route-directory.js';
import { readSilences, silenceOf } from './silences.js';
import { readUndelivered, type Undelivered } from './undelivered.js';

/** Firing before pending, the weightiest first. */
export async function readActive(database: Queryable): Promise<ActiveAlert[]> {
  const alerts = await database.query<Omit<ActiveAlert, 'silencedUntil'> & object>(/* sql */ `
select case a.state when 'firing' then a.episode_id end as id, a.rule, a.subject, a.state, coalesce(e.severity, r.severity) as severity, a.since,
  a.value, a.no_data_since as "noDataSince", r.figure, r.comparison, r.threshold, r.clear_threshold as "clearThreshold",
  r.summary_en as "summaryEn", r.summary_ja as "summaryJa", r.runbook, r.command,
  e.acknowledged_at as "acknowledgedAt", e.acknowledged_by as "acknowledgedBy", e.acknowledged_note as "acknowledgedNote"
from push.alerts a join push.alert_rules r on r.name = a.rule left join push.alert_episodes e on e.id = a.episode_id and a.state = 'firing'
where a.state in ('pending', 'firing')
order by a.state, array_position(array['page', 'warn', 'info'], coalesce(e.severity, r.severity)), a.since, a.rule, a.subject`);
  const silences = await readSilences(database);
  return alerts.map((alert) => ({ ...alert, silencedUntil: silenceOf(silences, alert)?.until ?? null }));
}

/** Whether alerting itself works. */
interface AlertingState {
  /** By all running processes; the log is always one of them while any runs. */
  readonly routes: readonly RouteEntry[];
  readonly undelivered: readonly Undelivered[];
  /** null: never. */
  readonly evaluatedAt: Date | null;
  readonly evaluatedBy: string | null;
  /** The rules were not evaluated for a minute: what is shown is old. */
  readonly stale: boolean;
  /** When the outside watcher was last told, and what went wrong then. */
  readonly heartbeatAt: Date | null;
  readonly heartbeatError: string | null;
}

export interface AlertOverview extends AlertingState {
  readonly at: Date;
  readonly alerts: readonly ActiveAlert[];
  readonly silences: readonly Silence[];
}

export async function readOverview(database: Queryable): Promise<AlertOverview> {
  const [turn] = await database.query<
    Pick<AlertOverview, 'at' | 'evaluatedAt' | 'evaluatedBy' | 'stale' | 'heartbeatAt' | 'heartbeatError'>
  >(
    /* sql */ `
select clock_timestamp() as at, evaluated_at as "evaluatedAt", evaluated_by as "evaluatedBy",
  evaluated_at is null or evaluated_at < clock_timestamp() - interval '1 minute' as stale,
  heartbeat_at as "heartbeatAt", heartbeat_error as "heartbeatError"
from push.alert_turn where id = 1`,
  );
  if (turn === undefined) throw new Error('push.alert_turn has lost its row');
  return {
    ...turn,
    alerts: await readActive(database),
    silences: await readSilences(database),
    routes: await readRoutes(database),
    undelivered: await readUndelivered(database),
  };
}

export interface HistoryQuestion {
  /** Only this one. */
  readonly id?: number;
  /** Only what fired from then on, or was not over by then. */
  readonly since?: Date;
  readonly rule?: string;
  /** 1 … 1,000; 100 when absent. */
  readonly limit?: number;
}

/** What fired, the latest first. */
export async function readHistory(database: Queryable, { id, since, rule, limit = 100 }: HistoryQuestion = {}): Promise<AlertEpisode[]> {
  return await database.query<AlertEpisode & object>(
    /* sql */ `
select id, rule, subject, severity, figure, comparison, threshold, breached_at as "breachedAt", fired_at as "firedAt",
  resolved_at as "resolvedAt", resolved_why as "resolvedWhy", value_fired as "valueFired", value_worst as "valueWorst", told_at as "toldAt",
  acknowledged_at as "acknowledgedAt", acknowledged_by as "acknowledgedBy", acknowledged_note as "acknowledgedNote"
from push.alert_episodes
where ($1::timestamptz is null or fired_at >= $1 or resolved_at is null or resolved_at >= $1) and ($2::text is null or rule = $2)
  and ($4::bigint is null or id = $4)
order by fired_at desc, id desc limit $3`,
    [since ?? null, rule ?? null, limit, id ?? null],
  );
}
