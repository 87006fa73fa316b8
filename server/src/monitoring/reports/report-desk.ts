import type { Database } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { recordAct } from '../../security/audit.js';
import type { By } from '../alerts/alert-types.js';
import { awaitNotice, type NoticeFate } from '../alerts/await-notice.js';
import { writeReportNotice } from '../alerts/notice-outbox.js';
import { type RouteName, readRoutes } from '../alerts/route-directory.js';
import { PerformanceReports, type ReportQuestion } from './performance-reports.js';
import type { ReportPeriod } from './report-period.js';
import type { PerformanceReport } from './report-types.js';

/** What became of a report on one route. */
export interface SentReport extends NoticeFate {
  readonly route: RouteName;
  readonly id: string;
}

/** A report that went out by itself. */
export interface ScheduledReport {
  readonly period: ReportPeriod;
  readonly lastDay: string;
  readonly zone: string;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly routes: readonly { readonly route: string; readonly state: 'waiting' | 'sent' | 'failed'; readonly error: string | null }[];
}

interface SendWish extends ReportQuestion {
  /** Every route that a running process has, when absent. */
  readonly routes?: readonly RouteName[];
}

/** What operators do with reports: read one, send one now, look which went out by themselves. Any process may be asked. */
export class ReportDesk {
  readonly #database: Database;
  readonly #reports: PerformanceReports;

  constructor(database: Database, limits: { readonly storageLimitBytes?: number | null } = {}) {
    this.#database = database;
    this.#reports = new PerformanceReports(database, limits);
  }

  /** Throws INVALID_INPUT. */
  generate(period: ReportPeriod, question: ReportQuestion = {}): Promise<PerformanceReport> {
    return this.#reports.generate(period, question);
  }

  /** Sends a report by processes that have the routes, and waits for what comes back. Throws CONFLICT when no running process has one. */
  async send(period: ReportPeriod, { routes: wanted, ...question }: SendWish, by: By): Promise<SentReport[]> {
    const report = await this.generate(period, question);
    const running = (await readRoutes(this.#database)).map(({ route }) => route);
    const routes = [...new Set(wanted ?? running)];
    const missing = routes.find((route) => !running.includes(route));
    if (missing !== undefined) throw new TodokuError('CONFLICT', { message: `No running process has the alert route ${missing}.` });
    if (routes.length === 0) throw new TodokuError('CONFLICT', { message: 'No process is running that could send it.' });
    const notices = await this.#database.transaction(async (tx) => {
      await recordAct(tx, { ...by, action: 'reports.send', target: `report:${period}`, details: { lastDay: report.lastDay, routes } });
      const written: { route: RouteName; id: string }[] = [];
      for (const route of routes) written.push({ route, id: await writeReportNotice(tx, route, report) });
      return written;
    });
    return await Promise.all(notices.map(async (notice) => ({ ...notice, ...(await awaitNotice(this.#database, notice.id)) })));
  }

  /** The latest first. What became of its messages is known for a month. */
  async scheduled(limit = 50): Promise<ScheduledReport[]> {
    return await this.#database.query<ScheduledReport & object>(
      /* sql */ `
select r.period, r.last_day::text as "lastDay", r.zone, r.made_at as "madeAt", r.made_by as "madeBy", coalesce(n.routes, '[]') as routes
from push.reports r
left join lateral (
  select json_agg(json_build_object('route', route, 'state', state, 'error', error) order by route) as routes
  from push.alert_notices where id = any (r.notices)
) n on true
order by r.made_at desc limit $1`,
      [limit],
    );
  }
}
