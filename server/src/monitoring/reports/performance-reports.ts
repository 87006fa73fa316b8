import type { Queryable } from '../../database/database.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { isKnownTimezone } from '../../planning/local-time.js';
import { figureOf, meetsTarget } from '../figures.js';
import { readFlowFiguresBetween } from '../flow-figures.js';
import { dayOf, isDay, type ReportDays, type ReportPeriod, reportDays, reportPeriods } from './report-period.js';
import type { PerformanceReport, ReportFigure } from './report-types.js';
import { readCapacity } from './sections/read-capacity.js';
import { readCourse } from './sections/read-course.js';
import { readErrors } from './sections/read-errors.js';
import { readIncidents } from './sections/read-incidents.js';
import { readProof } from './sections/read-proof.js';
import { readStops } from './sections/read-stops.js';
import { readTokens } from './sections/read-tokens.js';
import { readTotals } from './sections/read-totals.js';

export interface ReportQuestion {
  /** The period's last day, as in 2026-11-28; today when absent. */
  readonly until?: string;
  /** IANA name; the policy's default zone when absent. */
  readonly zone?: string;
}

const DAY_MS = 86_400_000;
/** Minutes are kept for so long. */
const keptDays = 100;
const tooLongAgo = 'must be later: a hundred days are kept, and the period before has to be among them';
const reported = ['delivery_success_rate', 'average_delivery_ms', 'error_rate', 'engagement_rate', 'token_invalidation_rate'] as const;

/**
 * Tells how a day, a week or a month went, from the database. What is counted comes from the tallies by the minute, so the number of
 * notifications does not matter: a month reads some hundred thousand rows by their key.
 */
export class PerformanceReports {
  readonly #database: Queryable;
  readonly #limitBytes: number | null;

  /** `storageLimitBytes`: how much the database may hold; null: nobody has said. */
  constructor(database: Queryable, { storageLimitBytes = null }: { readonly storageLimitBytes?: number | null } = {}) {
    this.#database = database;
    this.#limitBytes = storageLimitBytes;
  }

  /** Throws INVALID_INPUT for a period that there is not, a day that has not come, is too long ago or is none, and for a zone that is not known. */
  async generate(period: ReportPeriod, question: ReportQuestion = {}): Promise<PerformanceReport> {
    if (!reportPeriods.includes(period))
      throw new TodokuError('INVALID_INPUT', { path: 'period', message: 'must be daily, weekly or monthly' });
    const days = await this.#days(period, question);
    const { span, before } = days;
    const figures = await this.#figures(days);
    const { totals, byType, notSent } = await readTotals(this.#database, days);
    const { course, byHour, slowestHours } = await readCourse(this.#database, days);
    const incidents = await readIncidents(this.#database, days);
    const ledger = await readProof(this.#database, span);
    return {
      period,
      zone: days.zone,
      firstDay: days.firstDay,
      lastDay: days.lastDay,
      from: span.from.toISOString(),
      to: span.to.toISOString(),
      before: { from: before.from.toISOString(), to: before.to.toISOString() },
      complete: days.complete,
      madeAt: days.at.toISOString(),
      countedSince: await this.#countedSince(before.from),
      verdict: verdictOf(figures, ledger.unaccounted, incidents.unacknowledgedPages),
      figures,
      totals,
      course,
      errors: await readErrors(this.#database, days),
      engagement: { byType, byHour },
      notSent,
      tokens: await readTokens(this.#database, span),
      incidents,
      stops: await readStops(this.#database, span),
      slowestHours,
      capacity: await readCapacity(this.#database, days, this.#limitBytes),
      ledger,
    };
  }

  async #days(period: ReportPeriod, { until, zone: asked }: ReportQuestion): Promise<ReportDays & { readonly at: Date }> {
    const [now] = await this.#database.query<{ at: Date; zone: string }>(
      'select clock_timestamp() as at, default_timezone as zone from push.policy where id = 1',
    );
    if (now === undefined) throw new Error('push.policy has lost its row');
    const { at, zone = now.zone } = { at: now.at, ...(asked === undefined ? {} : { zone: asked }) };
    if (!isKnownTimezone(zone))
      throw new TodokuError('INVALID_INPUT', { path: 'zone', message: 'must be an IANA time zone, as in Asia/Tokyo' });
    if (until !== undefined) checkDay(until, dayOf(at, zone));
    const days = reportDays(period, zone, at, until);
    if (days.before.from.getTime() < at.getTime() - keptDays * DAY_MS) throw wrongDay(tooLongAgo);
    return { ...days, at };
  }

  async #countedSince(from: Date): Promise<string | null> {
    const [first] = await this.#database.query<{ minute: Date | null }>(
      "select min(minute) as minute from push.minutes where item = 'accepted'",
    );
    const minute = first?.minute ?? null;
    return minute === null || minute <= from ? null : minute.toISOString();
  }

  async #figures({ span, before }: ReportDays): Promise<ReportFigure[]> {
    const now = await readFlowFiguresBetween(this.#database, span);
    const earlier = await readFlowFiguresBetween(this.#database, before);
    return reported.map((name) => {
      const { unit, summary, target } = figureOf(name);
      const value = now.get(name)?.value ?? null;
      const status = value === null ? 'no_data' : meetsTarget(figureOf(name), value) ? 'met' : 'missed';
      const samples = now.get(name)?.samples ?? 0;
      return { name, unit, summary, target, value, before: earlier.get(name)?.value ?? null, samples, status };
    });
  }
}

function checkDay(day: string, today: string): void {
  if (!isDay(day)) throw wrongDay('must be a day as in 2026-11-28');
  if (day > today) throw wrongDay('must not be after today');
}

const wrongDay = (message: string): TodokuError => new TodokuError('INVALID_INPUT', { path: 'until', message });

function verdictOf(figures: readonly ReportFigure[], unaccounted: number, unacknowledged: number): PerformanceReport['verdict'] {
  if (unaccounted !== 0 || unacknowledged > 0 || figures.some(({ status }) => status === 'missed')) return 'attention';
  return figures.every(({ status }) => status === 'no_data') ? 'no_data' : 'good';
}
