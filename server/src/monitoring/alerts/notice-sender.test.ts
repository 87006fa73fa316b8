import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { type HttpReceiver, startHttpReceiver } from '../../../test/support/http-receiver.js';
import { type SmtpReceiver, startSmtpReceiver } from '../../../test/support/smtp-receiver.js';
import { systemClock } from '../../clock/clock.js';
import { silentLogger } from '../../logging/logger.js';
import { MessageWriter } from './message/message-writer.js';
import { claimNotice, writeNotices, writeTestNotice } from './notice-outbox.js';
import { NoticeSender } from './notice-sender.js';
import type { NoticeAlert } from './notice-types.js';
import { readActive } from './read-alerts.js';
import type { RouteName } from './route-directory.js';
import { boundedRequest } from './routes/bounded-request.js';
import { emailRoute } from './routes/email-route.js';
import { logRoute } from './routes/log-route.js';
import type { AlertRoute } from './routes/route.js';
import { webhookKey } from './routes/sign-webhook.js';
import { slackRoute } from './routes/slack-route.js';
import { webhookRoute } from './routes/webhook-route.js';
import { readUndelivered } from './undelivered.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const writer = new MessageWriter('en', null);
const alert: NoticeAlert = {
  ...{ id: 3, change: 'firing', rule: 'breaker-open', subject: '<!channel>', severity: 'page', figure: 'breakers_open', unit: 'flag' },
  ...{
    comparison: 'above',
    threshold: 0,
    clearThreshold: 0,
    value: 1,
    since: '2026-06-01T00:00:00.000Z',
    resolvedAt: null,
    resolvedWhy: null,
  },
  ...{ summaryEn: 'Sending is cut off', summaryJa: '送信を遮断しています', runbook: 'alerts.md#breaker-open', command: 'todoku status' },
};

let db: TestDatabase;
let receiver: HttpReceiver;
let mails: SmtpReceiver;
let webhook: AlertRoute;

beforeAll(async () => {
  [db, receiver, mails] = await Promise.all([testDatabase(), startHttpReceiver(), startSmtpReceiver()]);
  const key = webhookKey(secret);
  if (key === null) throw new Error('no key');
  webhook = webhookRoute({ url: `${receiver.url}/hook`, key, minSeverity: 'info', writer, clock: systemClock });
});
beforeEach(async () => {
  await db.admin.query('truncate push.alert_notices');
  receiver.received.length = 0;
  receiver.answer = (response) => response.writeHead(204).end();
});
afterAll(async () => {
  await Promise.all([receiver.close(), mails.close()]);
  await db.close();
});

const senderOf = (route: AlertRoute): NoticeSender =>
  new NoticeSender({ database: db.database, route, random: () => 1, log: silentLogger });

async function put(route: RouteName, alerts: readonly NoticeAlert[] = [alert]): Promise<void> {
  await writeNotices(db.database, alerts, [{ route, minSeverity: 'info', target: '' }], { now: new Date(), groupMs: 0 });
}

interface StoredNotice {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly answer: string | null;
  readonly wait: number;
}
const stored = (): Promise<StoredNotice[]> =>
  db.admin.query<StoredNotice & object>(
    'select id, state, attempts, error, answer, extract(epoch from due_at - clock_timestamp())::float8 as wait from push.alert_notices order by created_at',
  );
const allDue = (): Promise<unknown> => db.admin.query('update push.alert_notices set due_at = clock_timestamp(), lease_until = null');

describe('the webhook', () => {
  it('posts what a verifier of the Standard Webhooks accepts', async () => {
    await put('webhook');
    expect(await senderOf(webhook).work()).toBe(true);
    expect(await senderOf(webhook).work()).toBe(false);
    const [request] = receiver.received;
    const said = new Webhook(secret).verify(request?.body ?? '', request?.headers as Record<string, string>);
    expect(said).toMatchObject({
      type: 'alerts.changed',
      data: { title: expect.stringContaining('[PAGE]') as string, alerts: [{ id: 3 }] },
    });
    expect(request).toMatchObject({ method: 'POST', path: '/hook', headers: { 'content-type': 'application/json' } });
    const [notice] = await stored();
    expect(notice).toMatchObject({ state: 'sent', attempts: 1, error: null, answer: 'HTTP 204', id: request?.headers['webhook-id'] });
  });

  it('that is down is tried again, less and less often, under the same id; all goes out when it is up again', async () => {
    receiver.answer = (response) => response.writeHead(503).end('back soon');
    await put('webhook');
    const sender = senderOf(webhook);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      expect(await sender.work()).toBe(true);
      expect(await sender.work()).toBe(false);
      waits.push(Math.round((await stored())[0]?.wait ?? 0));
      await allDue();
    }
    expect(waits).toEqual([5, 30, 120, 300, 900, 1_800, 1_800]);
    expect(await readUndelivered(db.database)).toMatchObject([{ route: 'webhook', waiting: 1, failed: 0, error: 'HTTP 503: back soon' }]);
    await put('webhook', [{ ...alert, id: 4 }]);
    expect(await sender.work()).toBe(true);
    expect(await sender.work()).toBe(true);
    expect(await sender.work()).toBe(false);
    receiver.answer = (response) => response.writeHead(200).end('ok');
    await db.admin.query('update push.alert_notices set due_at = clock_timestamp() where content::text like \'%"id":4%\'');
    expect(await sender.work()).toBe(true);
    expect(await sender.work()).toBe(true);
    expect((await stored()).map(({ state, answer }) => [state, answer])).toEqual([
      ['sent', 'HTTP 200: ok'],
      ['sent', 'HTTP 200: ok'],
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(await readUndelivered(db.database)).toEqual([]);
  });

  it('gets a message again when its sender died before writing down that it went, under the same id', async () => {
    await put('webhook');
    const dead = await claimNotice(db.database, 'webhook', 60_000);
    if (dead === null) throw new Error('nothing claimed');
    await webhook.send(dead);
    expect(await senderOf(webhook).work()).toBe(false);
    await db.admin.query("update push.alert_notices set lease_until = clock_timestamp() - interval '1 second'");
    expect(await senderOf(webhook).work()).toBe(true);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([dead.id, dead.id]);
    expect(await stored()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('gives up after a day, and a test at once', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    await put('webhook');
    await db.admin.query("update push.alert_notices set created_at = created_at - interval '25 hours'");
    await writeTestNotice(db.database, 'webhook');
    const sender = senderOf(webhook);
    while (await sender.work());
    expect(await stored()).toMatchObject([
      { state: 'failed', error: 'HTTP 500' },
      { state: 'failed', error: 'HTTP 500' },
    ]);
    expect(await readUndelivered(db.database)).toMatchObject([{ failed: 1 }]);
  });

  it('is given the time that it asks for', async () => {
    receiver.answer = (response) => response.writeHead(429, { 'retry-after': '600' }).end();
    await put('webhook');
    await senderOf(webhook).work();
    expect(Math.round((await stored())[0]?.wait ?? 0)).toBe(600);
  });
});

describe('a request', () => {
  const post = (deadlineMs = 5_000) => boundedRequest(receiver.url, { method: 'POST', body: '{}', deadlineMs, clock: systemClock });

  it('follows no redirect', async () => {
    receiver.answer = (response) => response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end();
    expect(await post()).toEqual({ ok: false, error: 'HTTP 307' });
    expect(receiver.received).toHaveLength(1);
  });

  it('ends at its deadline, also when the answer drips', async () => {
    receiver.answer = (response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect(await post(300)).toEqual({ ok: false, error: 'no answer within 0.3 s' });
  });

  it('reads the beginning of a long answer, and shows a line of it', async () => {
    receiver.answer = (response) => {
      response.on('error', () => undefined);
      response.end(`line\n${'y'.repeat(5_000_000)}`);
    };
    const result = await post();
    expect(result).toMatchObject({ ok: true, answer: expect.stringMatching(/^HTTP 200: line\ufffdy+$/) as string });
    if (result.ok) expect(result.answer.length).toBeLessThan(300);
  });

  it('that nobody takes says why, and no address', async () => {
    const gone = await startHttpReceiver();
    await gone.close();
    const result = await boundedRequest(`${gone.url}/secret`, { method: 'GET', clock: systemClock });
    expect(result).toEqual({ ok: false, error: 'could not be sent: ECONNREFUSED' });
  });
});

describe('the other routes', () => {
  it('Slack gets text, in which nobody can be mentioned', async () => {
    const route = slackRoute({ url: `${receiver.url}/services/T0/B0/xyz`, minSeverity: 'info', writer, clock: systemClock });
    await put('slack');
    await senderOf(route).work();
    const { text } = JSON.parse(receiver.received[0]?.body ?? '{}') as { text: string };
    expect(text).toContain('*Todoku [PAGE] 1 alert: Sending is cut off*');
    expect(text).toContain('about: &lt;!channel&gt;');
    expect(route.target).not.toContain('xyz');
  });

  it('e-mail goes to everybody, once under one Message-ID', async () => {
    const japanese = new MessageWriter('ja', null);
    const to = ['a@example.com', 'b@example.com'];
    const route = emailRoute({ url: mails.url, from: 'todoku@example.com', to, minSeverity: 'info', writer: japanese });
    await put('email');
    await senderOf(route).work();
    expect(await stored()).toMatchObject([{ state: 'sent', answer: '250 Queued as 42' }]);
    const [mail] = mails.received;
    expect(mail).toMatchObject({ from: 'todoku@example.com', to });
    expect(mail?.text).toContain(`Message-ID: <${(await stored())[0]?.id}@example.com>`);
    expect(mail?.text).toContain('Subject: =?UTF-8?');
    expect(Buffer.from(/\n\n([\s\S]+)$/.exec(mail?.text ?? '')?.[1] ?? '', 'base64').toString('utf8')).toContain('送信を遮断しています');
  });

  it('e-mail that is refused, or that hangs, says so', async () => {
    mails.recipient = () => '550 No such user';
    const parts = { from: 'todoku@example.com', to: ['gone@example.com'], minSeverity: 'info' as const, writer };
    await put('email');
    await senderOf(emailRoute({ url: mails.url, ...parts })).work();
    expect((await stored())[0]).toMatchObject({ state: 'waiting', error: expect.stringContaining('550 No such user') as string });
    mails.speaks = false;
    await allDue();
    await senderOf(emailRoute({ url: mails.url, ...parts, deadlineMs: 200 })).work();
    expect((await stored())[0]).toMatchObject({ attempts: 2, error: 'no answer within 0.2 s' });
    mails.speaks = true;
  });

  it('the log gets a line that can be counted', async () => {
    const lines: unknown[] = [];
    const log = { ...silentLogger, error: (fields: object, message: string) => lines.push([fields, message]) };
    await put('log');
    await senderOf(logRoute(log, writer)).work();
    expect(lines).toMatchObject([[{ alerts: [{ rule: 'breaker-open' }] }, 'NotificationAlert: Todoku [PAGE] 1 alert: Sending is cut off']]);
    expect(await readActive(db.database)).toEqual([]);
  });
});
