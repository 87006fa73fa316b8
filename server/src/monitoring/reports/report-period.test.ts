import { describe, expect, it } from 'vitest';
import { isDay, lastDayOver, minuteAfter, reportDays } from './report-period.js';

const at = (iso: string): Date => new Date(iso);
const hours = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 3_600_000;

describe('reportDays', () => {
  it('counts seven days on the clocks of the zone, beside the seven before', () => {
    const days = reportDays('weekly', 'Asia/Tokyo', at('2026-11-28T12:00:00Z'), '2026-11-26');
    expect(days).toMatchObject({
      firstDay: '2026-11-20',
      lastDay: '2026-11-26',
      complete: true,
      span: { from: at('2026-11-19T15:00:00Z'), to: at('2026-11-26T15:00:00Z') },
      before: { from: at('2026-11-12T15:00:00Z'), to: at('2026-11-19T15:00:00Z') },
    });
  });

  it('compares an unfinished day with the same part of the one before', () => {
    const days = reportDays('daily', 'Asia/Tokyo', at('2026-11-28T12:00:00Z'));
    expect(days).toMatchObject({
      lastDay: '2026-11-28',
      complete: false,
      span: { from: at('2026-11-27T15:00:00Z'), to: at('2026-11-28T12:00:00Z') },
      before: { from: at('2026-11-26T15:00:00Z'), to: at('2026-11-27T12:00:00Z') },
    });
  });

  it('counts months by the calendar', () => {
    const february = reportDays('monthly', 'UTC', at('2027-06-01T00:00:00Z'), '2027-02-28');
    expect(february).toMatchObject({
      firstDay: '2027-02-01',
      before: { from: at('2027-01-01T00:00:00Z'), to: at('2027-02-01T00:00:00Z') },
    });
    expect(reportDays('monthly', 'UTC', at('2027-06-01T00:00:00Z'), '2027-03-14').firstDay).toBe('2027-02-15');
  });

  it('has days of 23 and 25 hours where clocks change', () => {
    const autumn = reportDays('daily', 'Europe/Berlin', at('2026-11-28T00:00:00Z'), '2026-10-25');
    expect(hours(autumn.span.from, autumn.span.to)).toBe(25);
    expect(hours(autumn.before.from, autumn.before.to)).toBe(24);
    const spring = reportDays('daily', 'America/New_York', at('2026-11-28T00:00:00Z'), '2026-03-08');
    expect(hours(spring.span.from, spring.span.to)).toBe(23);
    // Where a day begins at one o'clock, because midnight is left out.
    const cuba = reportDays('daily', 'America/Havana', at('2026-11-28T00:00:00Z'), '2026-03-08');
    expect(cuba.span.from).toEqual(at('2026-03-08T05:00:00Z'));
  });
});

it('knows the last period that is over', () => {
  // Sunday evening in London is Monday in Tokyo.
  const sunday = at('2026-11-29T18:00:00Z');
  expect(lastDayOver('weekly', 'Europe/London', sunday)).toBe('2026-11-22');
  expect(lastDayOver('weekly', 'Asia/Tokyo', sunday)).toBe('2026-11-29');
  expect(lastDayOver('daily', 'Asia/Tokyo', sunday)).toBe('2026-11-29');
  expect(lastDayOver('monthly', 'Asia/Tokyo', at('2026-11-30T18:00:00Z'))).toBe('2026-11-30');
});

it('finds a time of day after a day', () => {
  expect(minuteAfter('2026-11-28', 9 * 60 + 30, 'Asia/Tokyo')).toEqual(at('2026-11-29T00:30:00Z'));
});

it.each([
  ['2026-11-28', true],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['26-01-01', false],
  ['2026-11-28T00:00', false],
])('isDay(%s) is %s', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});
