/** `todoku alerts` on a real database, while a process with routes runs beside it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.js';
import { systemClock } from '../../src/clock/clock.js';
import { loadConfig } from '../../src/config/load-config.js';
import { silentLogger } from '../../src/logging/logger.js';
import { AlertWatch } from '../../src/workers/alert-watch.js';
import { AlertFigures } from '../support/alert-figures.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.js';

let db: TestDatabase;
let receiver: HttpReceiver;
let watch: AlertWatch;
const actor = 'cli:tester';

beforeAll(async () => {
  [db, receiver] = await Promise.all([testDatabase(), startHttpReceiver()]);
});
afterAll(async () => {
  await watch.stop();
  await receiver.close();
  await db.close();
});

async function run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    env: { DATABASE_URL: db.url },
    login: 'tester',
    out: (text: string): void => {
      said.out += text;
    },
    err: (text: string): void => {
      said.err += text;
    },
    readInput: async () => '',
  };
  return { exitCode: await runCli(['alerts', ...args], terminal), ...said };
}

async function done(...args: string[]): Promise<{ out: string }> {
  const result = await run(...args);
  expect({ exitCode: result.exitCode, err: result.err }).toEqual({ exitCode: 0, err: '' });
  return result;
}

describe('todoku alerts', () => {
  it('says that nobody is told while nothing runs', async () => {
    const { out } = await done();
    expect(out).toContain('THE RULES ARE NOT BEING EVALUATED');
    expect(out).toContain('No running process');
    expect((await done('--lang', 'ja')).out).toContain('発生中のアラートはありません。');
  });

  it('shows what fires, and where it goes', async () => {
    const figures = new AlertFigures().set('breakers_open', [{ subject: 'expo/default', value: 1 }]);
    const config = loadConfig({ TODOKU_INSTANCE: 'one', TODOKU_ALERT_SLACK_URL: `${receiver.url}/services/secret` });
    watch = new AlertWatch(config, {
      database: db.database,
      readFigures: figures.read,
      clock: systemClock,
      random: Math.random,
      log: silentLogger,
    });
    watch.start();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 10_000 });
    const { out } = await done();
    expect(out).toMatch(/1 +PAGE +FIRING +breaker-open +expo\/default +on +on/);
    expect(out).toContain('npx todoku status    docs/manual/en/alerts.md#breaker-open');
    expect(out).toContain(`slack (${new URL(receiver.url).host}; from warn on)`);
    expect(out).not.toContain('secret');
    expect((JSON.parse((await done('--json')).out) as { alerts: unknown[] }).alerts).toMatchObject([{ id: 1, rule: 'breaker-open' }]);
    expect((await done('--lang', 'ja')).out).toContain('プロバイダーへの送信を遮断しています');
  });

  it('acknowledges and silences', async () => {
    expect((await done('ack', '1', '--reason', 'on it')).out).toContain(`Alert 1 is acknowledged by ${actor}.`);
    const silence = JSON.parse((await done('silence', 'breaker-open', '--for', '2h', '--reason', 'we know', '--json')).out) as {
      id: number;
    };
    expect((await done()).out).toContain(`acknowledged by ${actor}: on it; silenced until`);
    expect((await done('silences')).out).toContain('we know');
    expect((await done('unsilence', String(silence.id), '--reason', 'over')).out).toContain('has ended');
    expect((await done('history', '--since', '7d')).out).toMatch(/breaker-open +expo\/default/);
  });

  it('lists, changes, adds and removes rules', async () => {
    expect((await done('rules')).out).toMatch(/delivery-success-low +PAGE +delivery_success_rate +< 95 % +96 % +300 s +keep +yes/);
    const set = ['rule', 'set', 'queue-backlog', 'threshold=200', 'clearThreshold=100', 'enabled=off', '--reason', 'we grow'];
    expect((await done(...set)).out).toMatch(/queue-backlog +WARNING +queue_waiting +> 200 +100 +300 s +keep +no/);
    const add = ['rule', 'add', 'collapse', 'figure=delivery_success_rate', 'comparison=below', 'threshold=0.5', '--reason', 'own'];
    expect((await done(...add)).out).toContain('collapse');
    expect((await done('rule', 'remove', 'collapse', '--reason', 'no')).out).toContain('removed');
  });

  it('tests a route: what came back, good or bad', async () => {
    expect((await done('test-route', 'slack', '--reason', 'new channel')).out).toContain('Sent by slack. What came back: HTTP 204');
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({
      text: expect.stringContaining('Test of the alert route') as string,
    });
    receiver.answer = (response) => response.writeHead(404).end('no_service');
    const failed = await run('test-route', 'slack', '--reason', 'x');
    expect(failed).toMatchObject({ exitCode: 1, out: expect.stringContaining('NOT SENT by slack: HTTP 404: no_service') as string });
    expect(await run('test-route', 'email', '--reason', 'x')).toMatchObject({ exitCode: 1 });
  });

  it.each([
    [['nonsense']],
    [['ack', 'x', '--reason', 'x']],
    [['ack', '1']],
    [['silence', 'breaker-open', '--reason', 'x']],
    [['silence', 'breaker-open', '--for', '31d', '--reason', 'x']],
    [['silence', 'nope', '--for', '1h', '--reason', 'x']],
    [['rule', 'set', 'queue-backlog', '--reason', 'x']],
    [['rule', 'set', 'queue-backlog', 'threshold', '--reason', 'x']],
    [['rule', 'set', 'queue-backlog', 'threshold=many', '--reason', 'x']],
    [['rule', 'set', 'queue-backlog', 'threshold=10', 'clearThreshold=11', '--reason', 'x']],
    [['rule', 'set', 'queue-backlog', 'forSeconds=-1', '--reason', 'x']],
    [['rule', 'add', 'Bad_Name', 'figure=queue_waiting', 'comparison=above', 'threshold=1', '--reason', 'x']],
    [['test-route', 'pigeon', '--reason', 'x']],
  ])('refuses %j with exit code 2, and changes nothing', async (args) => {
    const count = async (): Promise<unknown> => await db.admin.query('select count(*) from push.audit');
    const before = await count();
    for (const language of ['en', 'ja']) {
      const { exitCode, out } = await run(...args, '--lang', language);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    }
    expect(await count()).toEqual(before);
  });
});
