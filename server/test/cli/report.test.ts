/** `todoku report`, and the manual's weekly report at the prompt. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { seedReportData } from '../support/report-data.js';

let db: TestDatabase;
let todoku: TestCli;
let folder: string;

beforeAll(async () => {
  db = await testDatabase();
  todoku = await buildCli(db.url);
  folder = await mkdtemp(join(tmpdir(), 'todoku-report-'));
  await seedReportData(db.admin, new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
});
afterAll(async () => {
  await todoku.close();
  await db.close();
  await rm(folder, { recursive: true });
});

describe('todoku report', () => {
  it('tells how the week went, in both languages', async () => {
    const english = await todoku.run(['report', 'weekly']);
    expect(english).toMatchObject({ exitCode: 0, err: '' });
    expect(english.out).toContain('Todoku weekly report');
    expect(english.out).toMatch(/DeviceNotRegistered +[\d,]+ +before: [\d,]+/);
    expect((await todoku.run(['report', 'daily', '--lang', 'ja'])).out).toContain('Todoku 日次レポート');
  });

  it('is JSON with --json, and HTML with --html', async () => {
    const report = (await todoku.run(['report', 'monthly', '--zone', 'Europe/Berlin', '--json'])).json();
    expect(report).toMatchObject({ period: 'monthly', zone: 'Europe/Berlin' });
    expect((await todoku.run(['report', 'daily', '--html'])).out).toMatch(/^<!doctype html>/);
  });

  it('is written to a file, as its name says', async () => {
    const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    const page = join(folder, 'week.html');
    const { out, exitCode } = await todoku.run(['report', 'weekly', '--ending', day, '--zone', 'UTC', '--out', page]);
    expect({ out, exitCode }).toEqual({ out: `Written to ${page}.\n`, exitCode: 0 });
    expect(await readFile(page, 'utf8')).toContain(`--until ${day}</p>`);
    const data = join(folder, 'week.json');
    await todoku.run(['report', 'weekly', '--until', day, '--zone', 'UTC', '--out', data]);
    expect(JSON.parse(await readFile(data, 'utf8'))).toMatchObject({ lastDay: day, complete: true });
  });

  it.each([
    [['report', 'weekly', '--until', 'yesterday'], 'It has to be a day such as 2026-11-28.'],
    [['report', 'weekly', '--until', '2999-01-01'], 'must not be after today'],
    [['report', 'weekly', '--zone', 'JST'], 'must be an IANA time zone'],
    [['report', 'weekly', '--out', '/nowhere/at/all.html'], 'ENOENT'],
    [['report', 'send', 'yearly', '--reason', 'x'], 'daily, weekly, monthly'],
    [['report', 'send', 'weekly'], '--reason'],
    [['report', 'send', 'weekly', '--route', 'fax', '--reason', 'x'], 'Allowed choices'],
  ])('refuses %j with exit code 2', async (args, said) => {
    const { exitCode, out, err } = await todoku.run(args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(said);
  });

  it('says when nobody runs who could send it, and that none was sent by itself', async () => {
    expect((await todoku.run(['report', 'send', 'weekly', '--route', 'email', '--reason', 'x'])).exitCode).toBe(1);
    expect(await todoku.run(['report', 'list'])).toMatchObject({ exitCode: 0, out: 'None.\n' });
  });
});

it('runs what the manual says at the prompt', async () => {
  const code = `const report = await notificationMonitoringManager.generatePerformanceReport('weekly');
console.log('週次レポート:', report);`;
  const { out, exitCode } = await todoku.run(['repl', '--eval', code, '--lang', 'ja']);
  expect(exitCode).toBe(0);
  expect(out).toContain('週次レポート: Todoku 週次レポート');
  expect(out).toContain('配信成功率');
  const { out: value } = await todoku.run([
    'repl',
    '--eval',
    `(await notificationMonitoringManager.generatePerformanceReport('daily')).figures[0].name`,
  ]);
  expect(value).toContain('delivery_success_rate');
});
