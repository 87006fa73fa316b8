import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { isAddedError } from '../../../test/support/faults/added-errors.js';
import { hostileType, seedReportData } from '../../../test/support/report-data.js';
import { Spine } from '../../../test/support/spine.js';
import { NotificationMonitoringManager } from '../notification-monitoring-manager.js';
import { readFigures } from '../read-figures.js';
import { rollUpTallies } from '../tallies.js';
import { PerformanceReports } from './performance-reports.js';
import type { PerformanceReport } from './report-types.js';

const HOUR_MS = 3_600_000;
const sum = (rows: readonly { readonly n?: number; readonly accepted?: number }[]): number =>
  rows.reduce((total, { n = 0, accepted = 0 }) => total + n + accepted, 0);
const totalOf = ({ totals }: PerformanceReport, name: string): number | undefined => totals.find((total) => total.name === name)?.n;

describe('an empty system', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  it.each(['daily', 'weekly', 'monthly'] as const)('has a %s report that claims nothing', async (period) => {
    const report = await new PerformanceReports(db.database).generate(period);
    expect(report).toMatchObject({
      verdict: 'no_data',
      zone: 'Asia/Tokyo',
      errors: { total: 0, byType: [] },
      tokens: [],
      stops: [],
      slowestHours: [],
      incidents: { total: 0, listed: [] },
      capacity: { weeks: [], growthPerWeek: null, storage: { bytesPerDay: null, forecast: { kind: 'no_limit' } } },
      ledger: { unaccounted: 0, proofs: 0, proofUnaccounted: null },
    });
    for (const figure of report.figures) expect(figure).toMatchObject({ value: null, before: null, status: 'no_data' });
    expect(report.capacity.projects).toMatchObject([{ project: 'expo/default', forecast: { kind: 'not_enough_data' } }]);
  });

  it.each([
    [{ until: '2999-01-01' }, 'until'],
    [{ until: '2026-02-30' }, 'until'],
    [{ until: 'yesterday' }, 'until'],
    [{ until: '2020-01-01' }, 'until'],
    [{ zone: 'Mars/Olympus' }, 'zone'],
  ])('refuses %j', async (question, path) => {
    await expect(new PerformanceReports(db.database).generate('weekly', question)).rejects.toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('refuses a period that there is not', async () => {
    const manager = new NotificationMonitoringManager(db.database);
    await expect(manager.generatePerformanceReport('yearly' as 'daily')).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'period' });
  });
});

describe('a system that has run for weeks', () => {
  let db: TestDatabase;
  let report: PerformanceReport;
  const until = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);

  beforeAll(async () => {
    db = await testDatabase();
    await seedReportData(db.admin, until);
    report = await new PerformanceReports(db.database, { storageLimitBytes: 5e9 }).generate('weekly', { zone: 'Asia/Tokyo' });
  });
  afterAll(() => db.close());

  it('adds up: totals, days and hours are the same numbers, and those of the table', async () => {
    const [counted] = await db.admin.query<{ n: number; before: number }>(
      `select sum(n) filter (where minute >= $1 and minute < $2)::bigint as n, sum(n) filter (where minute >= $3 and minute < $4)::bigint as before
       from push.minutes where item = 'accepted'`,
      [report.from, report.to, report.before.from, report.before.to],
    );
    expect(report.totals.find(({ name }) => name === 'accepted')).toMatchObject(counted ?? {});
    expect(sum(report.course.steps)).toBe(counted?.n);
    expect(sum(report.engagement.byHour)).toBe(counted?.n);
    expect(report.course.steps.map(({ label }) => label)).toHaveLength(7);
    expect(report.errors.total).toBe(report.errors.byType.reduce((total, { count }) => total + count, 0));
    expect(report.engagement.byType.map(({ type }) => type)).toEqual(['reminder', 'message', 'community', hostileType]);
  });

  it('judges by the targets of the figures', () => {
    expect(report.verdict).toBe('good');
    expect(report.figures.map(({ name, status }) => [name, status])).toEqual([
      ['delivery_success_rate', 'met'],
      ['average_delivery_ms', 'met'],
      ['error_rate', 'met'],
      ['engagement_rate', 'met'],
      ['token_invalidation_rate', 'met'],
    ]);
  });

  it('tells what fired, for how long and who took it on', () => {
    expect(report.incidents).toMatchObject({ total: 3, before: 0, unacknowledgedPages: 0 });
    expect(report.incidents.listed).toMatchObject([
      { rule: 'breaker-open', subject: 'expo/default', durationMs: HOUR_MS, acknowledgedBy: 'cli:hanako', acknowledgedAfterMs: 240_000 },
      { rule: 'delivery-slow', worst: 5400, acknowledgedBy: null, told: true },
      { rule: 'engagement-low', resolvedAt: null, told: false },
    ]);
  });

  it('tells of stops, and counts of a long one what falls into the period', async () => {
    expect(report.stops).toMatchObject([{ kind: 'pause', durationMs: HOUR_MS / 2, by: 'cli:hanako', reason: 'Expo is ill <b>' }]);
    const monthly = await new PerformanceReports(db.database).generate('monthly', { zone: 'UTC' });
    // Six weeks are known: all of two weeks, not of two months.
    expect(report.countedSince).toBeNull();
    expect(monthly.countedSince).toBe(new Date(until.getTime() - 6 * 168 * HOUR_MS).toISOString());
    expect(monthly.stops.map(({ kind }) => kind)).toEqual(['emergency', 'pause']);
    expect(monthly.stops[0]?.durationMs).toBe(33 * HOUR_MS);
  });

  it('finds the slow hour, and forecasts from whole weeks', () => {
    expect(report.slowestHours[0]).toMatchObject({ from: new Date(until.getTime() - 30 * HOUR_MS).toISOString(), averageMs: 5400 });
    expect(report.capacity.weeks.length).toBeGreaterThanOrEqual(5);
    expect(report.capacity.growthPerWeek).toBeGreaterThan(0);
    expect(report.capacity.projects[0]?.forecast).toEqual({ kind: 'beyond_two_years' });
  });

  it('counts tokens by platform', () => {
    expect(report.tokens).toMatchObject([
      { platform: 'ios', active: 60, quarantined: 3, signedOut: 5, lost: 3 },
      { platform: 'android', active: 40, lost: 6, lostShare: 6 / 46 },
      { platform: 'web', active: 4, lost: 0, lostShare: 0 },
    ]);
  });
});

describe('days of a zone whose clocks change', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  it('counts every hour once, and puts it where the clock showed it', async () => {
    // The latest change of the clocks that is kept, if there is one in Berlin; the same everywhere else by the zone's own rules.
    const zone = 'Europe/Berlin';
    await db.admin.query(
      `insert into push.minutes (item, minute, project_id, n)
       select 'accepted', m, 0, 1 from generate_series(date_trunc('hour', now()) - interval '90 days', date_trunc('hour', now()), interval '1 hour') m`,
    );
    const reports = new PerformanceReports(db.database);
    const { course, engagement, totals, from, to } = await reports.generate('monthly', { zone });
    const hours = Math.ceil((Date.parse(to) - Date.parse(from)) / HOUR_MS);
    expect(totals[0]).toMatchObject({ name: 'accepted', n: hours });
    expect(sum(course.steps)).toBe(hours);
    expect(sum(engagement.byHour)).toBe(hours);
    for (const { label, accepted } of course.steps.slice(1, -1)) {
      expect({ label, accepted }).toEqual({ label, accepted: expect.toSatisfy((n: number) => n >= 23 && n <= 25) as number });
    }
  });
});

describe('what workers do', () => {
  let spine: Spine;
  beforeAll(async () => {
    spine = await Spine.start();
  });
  afterAll(() => spine.close());

  it('is told as the figures tell it, with types, before and after it is rolled up', async () => {
    const users = await spine.users(40);
    for (const { tokens } of users.slice(0, 10))
      for (const token of tokens) spine.simulator.control.setToken(token, { behaviour: 'dead_at_ticket' });
    await spine.worker();
    for (const { id } of users) await spine.notify(id, { type: 'reminder' });
    for (const { id } of users.slice(0, 20)) await spine.notify(id, { type: hostileType });
    await spine.notify('00000000-0000-4000-8000-000000000000');
    await spine.settles();
    while ((await rollUpTallies(spine.database, 100)) > 0);
    await spine.admin.query("update notifications set is_read = true, read_at = now() where type = 'reminder' and user_id = any ($1)", [
      users.slice(0, 25).map(({ id }) => id),
    ]);

    const reports = new PerformanceReports(spine.database);
    const check = async (): Promise<void> => {
      const { figures } = await readFigures(spine.database);
      const report = await reports.generate('weekly', { zone: 'UTC' });
      for (const { name, value } of report.figures) expect([name, value]).toEqual([name, figures.get(name)?.[0]?.value]);
      expect(totalOf(report, 'accepted')).toBe(61);
      expect(report.engagement.byType).toMatchObject([
        { type: 'reminder', accepted: 41, engaged: 25 },
        { type: hostileType, accepted: 20, engaged: 0, rate: 0 },
      ]);
      expect(report.notSent.suppressed).toEqual([{ reason: 'no_token', n: 1, before: 0 }]);
      const { byType, total } = report.errors;
      expect(total).toBe(byType.reduce((all, { count }) => all + count, 0));
      expect(byType.filter(({ code }) => !isAddedError(code))).toMatchObject([
        { code: 'DeviceNotRegistered', count: 20, before: 0, share: 20 / total },
      ]);
      expect(report.ledger.unaccounted).toBe(0);
    };
    await check();
    while ((await rollUpTallies(spine.database, 100)) > 0);
    await check();
    const [quarters] = await spine.admin.query<{ whole: boolean }>(
      `select bool_and(extract(epoch from minute) % 900 = 0) as whole from push.minutes where item like 'type:%' or item like 'engaged:%'`,
    );
    expect(quarters).toEqual({ whole: true });
  });
});
