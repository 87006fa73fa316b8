import type { Database, Queryable } from '../../database/database.js';
import type { Logger } from '../../logging/logger.js';
import { writeReportNotice } from '../alerts/notice-outbox.js';
import { type RouteName, readRoutes } from '../alerts/route-directory.js';
import { PerformanceReports } from './performance-reports.js';
import { lastDayOver, minuteAfter, type ReportPeriod } from './report-period.js';

const HOUR_MS = 3_600_000;
/** A system that was down when a report was due sends it so much later, and after that no more. */
const lateMs: Readonly<Record<ReportPeriod, number>> = { daily: 12 * HOUR_MS, weekly: 72 * HOUR_MS, monthly: 168 * HOUR_MS };
/** Whoever has it makes a report; all others go on. It ends with the transaction, so a process that dies holds nobody up. */
const makerLock = 7304131;

export interface ScheduleOptions {
  /** The name of this process. */
  readonly instance: string;
  readonly schedule: readonly ReportPeriod[];
  /** Minutes since midnight on the clocks of the policy's default zone, on the day after the last one. */
  readonly atMinute: number;
  /** null: every route that a running process has. */
  readonly routes: readonly RouteName[] | null;
  /** Which this process itself has: until they are known to all, no report is made. */
  readonly ownRoutes: readonly RouteName[];
  readonly storageLimitBytes: number | null;
}

/**
 * Sends reports when they are due, each once, whatever the number of processes. Row, report and messages are one transaction: a maker that
 * dies leaves nothing, and the next one makes it anew; once the row is there nobody does.
 */
export class ReportSchedule {
  readonly #database: Database;
  readonly #options: ScheduleOptions;
  readonly #log: Logger;

  constructor(database: Database, log: Logger, options: ScheduleOptions) {
    this.#database = database;
    this.#options = options;
    this.#log = log;
  }

  /** Sends what is due. Returns the periods that this process sent. */
  async sendDue(): Promise<ReportPeriod[]> {
    const sent: ReportPeriod[] = [];
    for (const period of this.#options.schedule) if (await this.#sendWhenDue(period)) sent.push(period);
    return sent;
  }

  async #sendWhenDue(period: ReportPeriod): Promise<boolean> {
    const { atMinute, instance, storageLimitBytes } = this.#options;
    const [now] = await this.#database.query<{ at: Date; zone: string }>(
      'select clock_timestamp() as at, default_timezone as zone from push.policy where id = 1',
    );
    if (now === undefined) throw new Error('push.policy has lost its row');
    const lastDay = lastDayOver(period, now.zone, now.at);
    const late = now.at.getTime() - minuteAfter(lastDay, atMinute, now.zone).getTime();
    if (late < 0 || late > lateMs[period]) return false;
    return await this.#database.transaction(async (tx) => {
      const [turn] = await tx.query<{ mine: boolean; made: boolean }>(
        /* sql */ `
select pg_try_advisory_xact_lock($3) as mine, exists (select from push.reports where period = $1 and last_day = $2) as made`,
        [period, lastDay, makerLock],
      );
      if (turn?.mine !== true || turn.made) return false;
      const routes = await this.#routes(tx);
      if (routes.length === 0) return false;
      const report = await new PerformanceReports(tx, { storageLimitBytes }).generate(period, { until: lastDay, zone: now.zone });
      const notices: string[] = [];
      for (const route of routes) notices.push(await writeReportNotice(tx, route, report));
      const made = await tx.query(
        /* sql */ `
insert into push.reports (period, last_day, zone, made_by, notices) values ($1, $2, $3, $4, $5)
on conflict (period, last_day) do nothing returning 1`,
        [period, lastDay, now.zone, instance, notices],
      );
      // Made by another since the question above: its messages stand, these must not.
      if (made.length === 0) throw new Error(`the ${period} report of ${lastDay} was made twice at once`);
      this.#log.info({ period, lastDay, routes, verdict: report.verdict }, 'report made');
      return true;
    });
  }

  /** Nothing, while this process's own routes are not known to all. */
  async #routes(tx: Queryable): Promise<RouteName[]> {
    const { routes: wanted, ownRoutes } = this.#options;
    const running = (await readRoutes(tx)).map(({ route }) => route);
    if (!ownRoutes.every((route) => running.includes(route))) return [];
    return running.filter((route) => wanted === null || wanted.includes(route));
  }
}
