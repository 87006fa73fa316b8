import type { Queryable } from '../../../database/database.js';
import { listPartitions, type Partition } from '../../../operations/partitions.js';
import { readFlowSteps, type StepFlow } from '../../flows-between.js';
import { forecast, lineThrough } from '../forecast.js';
import { groupBy } from '../group-by.js';
import { dayOf, type ReportDays } from '../report-period.js';
import type { ProjectUse, ReportCapacity } from '../report-types.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const HOUR_SECONDS = 3600;
const HOURS_A_WEEK = 168;
/** As many as push.minutes keeps. */
const MOST_WEEKS = 14;

/** How much there is of everything that has a limit, how it grows, and when the limit would be reached if it went on so. */
export async function readCapacity(database: Queryable, days: ReportDays, limitBytes: number | null): Promise<ReportCapacity> {
  const weeks = await knownWeeks(database, days.span.to);
  const span = { from: new Date(days.span.to.getTime() - weeks * WEEK_MS), to: days.span.to };
  const hours = weeks === 0 ? [] : await readFlowSteps(database, ['accepted', 'sent'], span, HOUR_SECONDS);
  const accepted = byWeek(
    hours.filter(({ item }) => item === 'accepted'),
    weeks,
  ).map((flows) => flows.reduce((sum, { n }) => sum + n, 0));
  return {
    weeks: accepted.map((n, i) => ({ lastDay: dayOf(new Date(span.from.getTime() + (i + 1) * WEEK_MS - 1), days.zone), accepted: n })),
    growthPerWeek: lineThrough(accepted)?.slope ?? null,
    projects: await readProjects(
      database,
      days,
      hours.filter(({ item }) => item === 'sent'),
      weeks,
    ),
    storage: await readStorage(database, days, limitBytes),
  };
}

/** How many times seven days up to `to` are known whole: the first one needs something counted before it or on its first day. */
async function knownWeeks(database: Queryable, to: Date): Promise<number> {
  const [first] = await database.query<{ minute: Date | null }>(
    "select min(minute) as minute from push.minutes where item = 'accepted' and minute >= $1 and minute < $2",
    [new Date(to.getTime() - MOST_WEEKS * WEEK_MS), to],
  );
  const known = first?.minute?.getTime();
  return known === undefined ? 0 : Math.floor((to.getTime() - known + DAY_MS) / WEEK_MS);
}

function byWeek(flows: readonly StepFlow[], weeks: number): StepFlow[][] {
  const groups = groupBy(flows, ({ step }) => Math.floor(step / HOURS_A_WEEK));
  return Array.from({ length: weeks }, (_, week) => groups.get(week) ?? []);
}

interface Project {
  readonly id: number;
  readonly project: string;
  readonly budget: number | null;
}

async function readProjects(database: Queryable, days: ReportDays, sent: readonly StepFlow[], weeks: number): Promise<ProjectUse[]> {
  const projects = await database.query<Project & object>(
    `select id, provider || '/' || name as project, rate_budget as budget from push.projects order by id`,
  );
  const busy = await busiest(database, days);
  return projects.map(({ id, project, budget }) => {
    const peak = busy.get(id);
    const peaks = byWeek(
      sent.filter(({ projectId }) => projectId === id),
      weeks,
    ).map((flows) => Math.max(0, ...flows.map(({ n }) => n)));
    const line = lineThrough(peaks);
    const use = (n: number | undefined, seconds: number): number | null =>
      budget === null || n === undefined ? null : n / (budget * seconds);
    return {
      project,
      budget,
      busiestHour: use(peak?.hour, HOUR_SECONDS),
      busiestMinute: use(peak?.minute, 60),
      forecast: forecast({
        now: Math.max(peak?.hour ?? 0, line?.end ?? 0),
        perDay: line === null ? null : line.slope / 7,
        limit: budget === null ? null : budget * HOUR_SECONDS,
        day: days.lastDay,
      }),
    };
  });
}

/** Deliveries taken in the busiest hour and minute of the period, by project. */
async function busiest(database: Queryable, { span }: ReportDays): Promise<ReadonlyMap<number, { hour: number; minute: number }>> {
  const rows = await database.query<{ id: number; hour: number; minute: number }>(
    /* sql */ `
select project_id as id, max(hour)::bigint as hour, max(minute)::bigint as minute
from (
  select project_id, max(n) as minute, sum(n) as hour from push.minutes
  where item = 'sent' and minute >= $1 and minute < $2 group by project_id, date_bin('1 hour', minute, $1)
) h group by 1`,
    [span.from, span.to],
  );
  return new Map(rows.map(({ id, hour, minute }) => [id, { hour, minute }]));
}

/** Partitions hold the history by time, so their sizes tell how fast it grows. */
async function readStorage(database: Queryable, { lastDay }: ReportDays, limitBytes: number | null): Promise<ReportCapacity['storage']> {
  const [size] = await database.query<{ at: Date; bytes: number }>(
    'select clock_timestamp() as at, pg_database_size(current_database()) as bytes',
  );
  const partitions = await listPartitions(database);
  const at = size?.at ?? new Date(0);
  const databaseBytes = size?.bytes ?? 0;
  const bytesPerDay = growthOf(partitions, at);
  const notifications = partitions.filter(({ parent }) => parent === 'public.notifications');
  return {
    databaseBytes,
    notificationsBytes: notifications.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesPerDay,
    limitBytes,
    forecast: forecast({ now: databaseBytes, perDay: bytesPerDay, limit: limitBytes, day: lastDay }),
  };
}

/** Of each table the latest partitions that are over and make up seven days; null: one has not so many. */
function growthOf(partitions: readonly Partition[], at: Date): number | null {
  let perDay = 0;
  for (const ofTable of groupBy(partitions, ({ parent }) => parent).values()) {
    const over = ofTable.filter(({ to }) => to <= at).toReversed();
    const taken: Partition[] = [];
    for (const one of over) if (daysOf(taken) < 7) taken.push(one);
    if (daysOf(taken) < 7) return null;
    perDay += taken.reduce((sum, { bytes }) => sum + bytes, 0) / daysOf(taken);
  }
  return partitions.length === 0 ? null : perDay;
}

const daysOf = (partitions: readonly Partition[]): number =>
  partitions.reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()) / DAY_MS, 0);
