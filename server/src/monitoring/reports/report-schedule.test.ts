import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { type HttpReceiver, startHttpReceiver } from '../../../test/support/http-receiver.js';
import { seedReportData } from '../../../test/support/report-data.js';
import { type SmtpReceiver, startSmtpReceiver } from '../../../test/support/smtp-receiver.js';
import { systemClock } from '../../clock/clock.js';
import { type Logger, silentLogger } from '../../logging/logger.js';
import { MessageWriter } from '../alerts/message/message-writer.js';
import { NoticeSender } from '../alerts/notice-sender.js';
import { announceRoutes, type RouteName, withdrawRoutes } from '../alerts/route-directory.js';
import { emailRoute } from '../alerts/routes/email-route.js';
import { logRoute } from '../alerts/routes/log-route.js';
import type { AlertRoute } from '../alerts/routes/route.js';
import { slackRoute } from '../alerts/routes/slack-route.js';
import { readUndelivered } from '../alerts/undelivered.js';
import { ReportDesk } from './report-desk.js';
import { lastDayOver } from './report-period.js';
import { ReportSchedule, type ScheduleOptions } from './report-schedule.js';

let db: TestDatabase;
let mails: SmtpReceiver;
let chat: HttpReceiver;
const writer = new MessageWriter('ja', null);
/** Where it is about noon now, so that no day begins while this runs. */
const zone = ((): string => {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
})();
const yesterday = (): string => lastDayOver('daily', zone, new Date());

beforeAll(async () => {
  [db, mails, chat] = await Promise.all([testDatabase(), startSmtpReceiver(), startHttpReceiver()]);
  await db.admin.query('update push.policy set default_timezone = $1', [zone]);
  await seedReportData(db.admin, new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
});
beforeEach(async () => {
  await db.admin.query('truncate push.reports, push.alert_notices, push.alert_routes');
  await announceRoutes(db.database, 'one', [entry('log'), entry('email')]);
});
afterAll(async () => {
  await Promise.all([mails.close(), chat.close()]);
  await db.close();
});

const entry = (route: RouteName) => ({ route, minSeverity: 'warn' as const, target: '' });
/** A daily report that has been due since eleven. */
const schedule = (change: Partial<ScheduleOptions> = {}): ReportSchedule =>
  new ReportSchedule(db.database, silentLogger, {
    instance: 'one',
    schedule: ['daily'],
    atMinute: 11 * 60,
    routes: null,
    ownRoutes: ['log', 'email'],
    storageLimitBytes: null,
    ...change,
  });
const sends = async (route: AlertRoute, log: Logger = silentLogger): Promise<boolean> =>
  await new NoticeSender({ database: db.database, route, random: () => 1, log }).work();
const email = (): AlertRoute =>
  emailRoute({ url: mails.url, from: 'todoku@example.com', to: ['hanako@example.com'], minSeverity: 'page', writer });
const notices = async (): Promise<string[]> =>
  (await db.admin.query<{ route: string }>('select route from push.alert_notices order by route')).map(({ route }) => route);

it('is made once, whatever the number of processes, and never again', async () => {
  const made = await Promise.all(['a', 'b', 'c', 'd'].map((instance) => schedule({ instance }).sendDue()));
  expect(made.flat()).toEqual(['daily']);
  expect((await Promise.all(['a', 'b'].map((instance) => schedule({ instance }).sendDue()))).flat()).toEqual([]);
  expect(await notices()).toEqual(['email', 'log']);
  const [row] = await new ReportDesk(db.database).scheduled();
  expect(row).toMatchObject({ period: 'daily', routes: [{ route: 'email', state: 'waiting' }, { route: 'log' }] });
});

it('waits until its time, and until its own routes are known', async () => {
  expect(await schedule({ atMinute: 14 * 60 }).sendDue()).toEqual([]);
  await withdrawRoutes(db.database, 'one');
  expect(await schedule().sendDue()).toEqual([]);
  expect(await db.admin.query('select from push.reports')).toEqual([]);
});

it('goes only where it is told to', async () => {
  expect(await schedule({ routes: ['log'] }).sendDue()).toEqual(['daily']);
  expect(await notices()).toEqual(['log']);
});

it('comes by mail as text, as tables and as a page, once under one Message-ID', async () => {
  await schedule({ routes: ['email'] }).sendDue();
  expect(await sends(email())).toBe(true);
  expect(await sends(email())).toBe(false);
  const mail = mails.received.at(-1)?.text ?? '';
  expect(mail).toMatch(/^Message-ID: <msg_/im);
  expect(mail).toMatch(/filename=todoku-daily-\d{4}-\d\d-\d\d\.html/);
  const parts = mail.split(/^--.*$/m).flatMap((part) => {
    const [headers = '', body = ''] = part.trim().split(/\n\n(.*)/s);
    return /base64/i.test(headers) ? [Buffer.from(body, 'base64').toString('utf8')] : [];
  });
  expect(parts[0]).toContain('Todoku 日次レポート');
  const pages = parts.filter((part) => part.startsWith('<!doctype html>'));
  expect(pages.map((page) => page.includes('<svg')).sort()).toEqual([false, true]);
});

it('is an undelivered message like any other when its route fails', async () => {
  await schedule({ routes: ['email'] }).sendDue();
  mails.recipient = () => '550 no such person';
  await sends(email());
  mails.recipient = () => '250 OK';
  expect(await readUndelivered(db.database)).toMatchObject([{ route: 'email', waiting: 1, failed: 0 }]);
  expect((await new ReportDesk(db.database).scheduled())[0]?.routes).toMatchObject([
    { route: 'email', state: 'waiting', error: expect.any(String) },
  ]);
});

it('is told in brief to a chat and to the log', async () => {
  const slack = slackRoute({ url: chat.url, minSeverity: 'page', writer, clock: systemClock });
  await announceRoutes(db.database, 'one', [entry('log'), entry('slack')]);
  const sent = new ReportDesk(db.database).send(
    'weekly',
    { until: yesterday(), routes: ['slack', 'log'] },
    { actor: 'cli:hanako', reason: 'asked for' },
  );
  const lines: unknown[][] = [];
  const log: Logger = { ...silentLogger, info: (...line: unknown[]) => void lines.push(line) };
  while (!(await sends(slack)));
  while (!(await sends(logRoute(log, writer))));
  expect(await sent).toMatchObject([
    { route: 'slack', ok: true },
    { route: 'log', ok: true },
  ]);
  const { text } = JSON.parse(chat.received.at(-1)?.body ?? '{}') as { text: string };
  expect(text).toContain('*Todoku 週次レポート');
  expect(text).toContain('配信成功率');
  expect(text.length).toBeLessThan(2000);
  expect(lines).toMatchObject([
    [
      { period: 'weekly', figures: { delivery_success_rate: expect.any(Number) as number } },
      expect.stringMatching(/^NotificationReport: /),
    ],
  ]);
  const [act] = await db.admin.query("select actor, reason, target from push.audit where action = 'reports.send'");
  expect(act).toEqual({ actor: 'cli:hanako', reason: 'asked for', target: 'report:weekly' });
});

it('refuses a route that no running process has', async () => {
  const by = { actor: 'cli:hanako', reason: 'asked for' };
  await expect(new ReportDesk(db.database).send('daily', { routes: ['webhook'] }, by)).rejects.toMatchObject({ code: 'CONFLICT' });
});
