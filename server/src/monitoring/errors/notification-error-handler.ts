import type { Queryable } from '../../database/database.js';
import { type Advice, adviceOn } from './error-advice.js';

interface ErrorGroup {
  /** The provider's or our code. */
  readonly code: string;
  readonly provider: string;
  readonly project: string;
  /** Deliveries that met it; one that is tried again counts each time. */
  readonly count: number;
  /** To the minute. */
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly advice: Advice;
}

interface TrendStep {
  readonly from: Date;
  readonly errors: number;
  readonly sent: number;
}

export interface ErrorStats {
  readonly at: Date;
  readonly since: Date;
  readonly total: number;
  /** Of all answers, 0 … 1; null: there was none. */
  readonly rate: number | null;
  /** Errors in the time of the same length before. */
  readonly before: number;
  readonly direction: 'rising' | 'falling' | 'steady';
  readonly errorsByType: Readonly<Record<string, number>>;
  readonly byProvider: Readonly<Record<string, number>>;
  /** The most frequent first. */
  readonly errors: readonly ErrorGroup[];
  /** Oldest first; steps in which nothing happened are absent. */
  readonly trend: readonly TrendStep[];
  readonly trendStepSeconds: number;
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A change that is smaller than this share of what was before is none. */
const NOTICEABLE = 0.2;

/** What went wrong with deliveries, for all workers, from the database. */
export class NotificationErrorHandler {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Of the last day when `since` is absent. Minutes are kept for a hundred days, so nothing older is known. */
  async getErrorStats({ since, until }: { readonly since?: Date; readonly until?: Date } = {}): Promise<ErrorStats> {
    const [clock] = await this.#database.query<{ at: Date }>('select coalesce($1, clock_timestamp()) as at', [until ?? null]);
    const at = clock?.at ?? new Date();
    const from = floorToMinute(since ?? new Date(at.getTime() - DAY_MS));
    const spanMs = Math.max(60_000, at.getTime() - from.getTime());
    const stepSeconds = stepFor(spanMs);
    const groups = await this.#database.query<Omit<ErrorGroup, 'advice'>>(byCode, [from, at]);
    const trend = await this.#database.query<TrendStep & object>(steps, [from, at, stepSeconds]);
    const before = await this.#countErrors(new Date(from.getTime() - spanMs), from);
    const errors = groups.map((group) => ({ ...group, advice: adviceOn(group.code) }));
    const total = errors.reduce((sum, { count }) => sum + count, 0);
    const answers = total + trend.reduce((sum, { sent }) => sum + sent, 0);
    return {
      at,
      since: from,
      total,
      rate: answers === 0 ? null : total / answers,
      before,
      direction: directionOf(total, before),
      errorsByType: sumBy(errors, ({ code }) => code),
      byProvider: sumBy(errors, ({ provider, project }) => `${provider}/${project}`),
      errors,
      trend,
      trendStepSeconds: stepSeconds,
      firstSeen: pick(
        errors.map(({ firstSeen }) => firstSeen),
        Math.min,
      ),
      lastSeen: pick(
        errors.map(({ lastSeen }) => lastSeen),
        Math.max,
      ),
    };
  }

  async #countErrors(from: Date, until: Date): Promise<number> {
    const [row] = await this.#database.query<{ n: number }>(
      /* sql */ `select coalesce(sum(n), 0)::bigint as n from (${entries('error')}) e`,
      [from, until],
    );
    return row?.n ?? 0;
  }
}

/** Entries of both kinds between $1 and $2; a minute belongs to the time in which it begins. */
const entries = (which: 'error' | 'sent'): string => {
  const item = which === 'sent' ? "item = 'sent'" : "item >= 'error:' and item < 'error;'";
  return /* sql */ `
select item, project_id, minute as at, n from push.minutes where ${item} and minute >= $1 and minute < $2
union all
select item, project_id, date_trunc('minute', at, 'UTC'), n from push.tally_entries
where ${item} and date_trunc('minute', at, 'UTC') >= $1 and date_trunc('minute', at, 'UTC') < $2`;
};

const byCode = /* sql */ `
select substr(e.item, 7) as code, coalesce(p.provider, '?') as provider, coalesce(p.name, '?') as project, sum(e.n)::bigint as count,
  min(e.at) as "firstSeen", max(e.at) as "lastSeen"
from (${entries('error')}) e left join push.projects p on p.id = e.project_id
group by 1, 2, 3 order by 4 desc, 1, 2, 3`;

const steps = /* sql */ `
select date_bin(make_interval(secs => $3), at, 'epoch') as "from", coalesce(sum(n) filter (where item <> 'sent'), 0)::bigint as errors,
  coalesce(sum(n) filter (where item = 'sent'), 0)::bigint as sent
from (${entries('error')} union all ${entries('sent')}) e
group by 1 order by 1`;

function stepFor(spanMs: number): number {
  if (spanMs <= 3 * HOUR_MS) return 300;
  return spanMs <= 4 * DAY_MS ? 3600 : 86_400;
}

function directionOf(now: number, before: number): ErrorStats['direction'] {
  if (Math.abs(now - before) <= NOTICEABLE * Math.max(before, 1)) return 'steady';
  return now > before ? 'rising' : 'falling';
}

function sumBy(errors: readonly ErrorGroup[], key: (group: ErrorGroup) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const group of errors) sums[key(group)] = (sums[key(group)] ?? 0) + group.count;
  return sums;
}

const floorToMinute = (time: Date): Date => new Date(Math.floor(time.getTime() / 60_000) * 60_000);
const pick = (times: readonly Date[], choose: (...ms: number[]) => number): Date | null =>
  times.length === 0 ? null : new Date(choose(...times.map((time) => time.getTime())));
