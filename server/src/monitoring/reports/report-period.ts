import { Temporal } from 'temporal-polyfill';
import type { Span } from '../flows-between.js';

export const reportPeriods = ['daily', 'weekly', 'monthly'] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

/** Which days a report is about, in a time zone, and the same days before them. */
export interface ReportDays {
  readonly period: ReportPeriod;
  readonly zone: string;
  /** As in 2026-11-28. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly span: Span;
  /** As long as the span by the calendar, right before it: a report that is made at noon compares with what had come by noon. */
  readonly before: Span;
  /** false: the last day is not over. */
  readonly complete: boolean;
}

const lengths: Readonly<Record<ReportPeriod, Temporal.DurationLike>> = { daily: { days: 1 }, weekly: { days: 7 }, monthly: { months: 1 } };

/** The day, the seven days, or the month that ends with `lastDay`; today when absent. A month may begin on any day. */
export function reportDays(period: ReportPeriod, zone: string, now: Date, lastDay?: string): ReportDays {
  const last = lastDay === undefined ? dayAt(now, zone) : Temporal.PlainDate.from(lastDay);
  const next = last.add({ days: 1 });
  const first = next.subtract(lengths[period]);
  const end = startOf(next, zone);
  const complete = end.getTime() <= now.getTime();
  const to = complete ? end : now;
  return {
    period,
    zone,
    firstDay: first.toString(),
    lastDay: last.toString(),
    span: { from: startOf(first, zone), to },
    before: {
      from: startOf(first.subtract(lengths[period]), zone),
      to: complete ? startOf(first, zone) : earlier(to, zone, lengths[period]),
    },
    complete,
  };
}

/** The last day of the latest period that is over: yesterday, the last Sunday, the last day of the month before. */
export function lastDayOver(period: ReportPeriod, zone: string, now: Date): string {
  const today = dayAt(now, zone);
  if (period === 'daily') return today.subtract({ days: 1 }).toString();
  if (period === 'weekly') return today.subtract({ days: today.dayOfWeek }).toString();
  return today.subtract({ days: today.day }).toString();
}

/** When the day after `day` is `minute` minutes old on the clocks of the zone. */
export function minuteAfter(day: string, minute: number, zone: string): Date {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
  return new Date(Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds);
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

export const dayOf = (at: Date, zone: string): string => dayAt(at, zone).toString();

const dayAt = (at: Date, zone: string): Temporal.PlainDate => zoned(at, zone).toPlainDate();
const zoned = (at: Date, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
const startOf = (day: Temporal.PlainDate, zone: string): Date => new Date(day.toZonedDateTime(zone).epochMilliseconds);
const earlier = (at: Date, zone: string, by: Temporal.DurationLike): Date => new Date(zoned(at, zone).subtract(by).epochMilliseconds);
