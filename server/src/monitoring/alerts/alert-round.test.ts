import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AlertFigures } from '../../../test/support/alert-figures.js';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import type { Database, Queryable } from '../../database/database.js';
import { silentLogger } from '../../logging/logger.js';
import { AlertManager } from './alert-manager.js';
import { AlertRound, type RoundOptions } from './alert-round.js';
import type { NoticeContent } from './notice-types.js';
import { announceRoutes, type RouteEntry } from './route-directory.js';
import { countUndelivered } from './undelivered.js';

let db: TestDatabase;
let alerts: AlertManager;
let figures: AlertFigures;
const by = { actor: 'cli:tester', reason: 'test' };
const slack: RouteEntry = { route: 'slack', minSeverity: 'warn', target: 'hooks.example' };
const log: RouteEntry = { route: 'log', minSeverity: 'info', target: 'the log' };

beforeAll(async () => {
  db = await testDatabase();
  alerts = new AlertManager(db.database);
});
beforeEach(async () => {
  figures = new AlertFigures();
  await db.admin.query(
    'truncate push.alerts, push.alert_episodes, push.alert_silences, push.alert_notices, push.alert_routes restart identity cascade',
  );
  await db.admin.query('update push.alert_turn set evaluated_at = null');
});
afterAll(() => db.close());

function roundOf(options: Partial<RoundOptions> = {}, database: Database = db.database, routes = [log, slack]): AlertRound {
  return new AlertRound(
    { database, readFigures: figures.read, routes, log: silentLogger },
    { instance: 'one', everyMs: 0, groupMs: 30_000, remindMs: 1_800_000, ...options },
  );
}

/** Evaluates some time later, in a process of its own: nothing is remembered but what is stored. */
async function later(seconds: number, options: Partial<RoundOptions> = {}): Promise<void> {
  figures.pass(seconds);
  expect(await roundOf(options).turn()).toBe(true);
}

async function told(route: string): Promise<string[][]> {
  const notices = await db.admin.query<{ content: NoticeContent }>(
    'select content from push.alert_notices where route = $1 order by created_at, due_at',
    [route],
  );
  return notices.map(({ content }) => content.alerts.map(({ change, rule, subject }) => [change, rule, subject].join(' ').trim()));
}

/** As if everything that waits had gone out. */
const sendAll = (): Promise<unknown> => db.admin.query("update push.alert_notices set state = 'sent', attempts = 1");

describe('a round', () => {
  it('leads an alert from its first bad reading to its end, over restarts, and tells its beginning and its end once', async () => {
    figures.set('delivery_success_rate', 0.9);
    const start = figures.at;
    await later(0);
    expect(await alerts.active()).toMatchObject([{ id: null, rule: 'delivery-success-low', state: 'pending', since: start, value: 0.9 }]);
    await later(290);
    expect(await told('log')).toEqual([]);
    await later(10);
    const [active] = await alerts.active();
    expect(active).toMatchObject({ state: 'firing', severity: 'page', threshold: 0.95, clearThreshold: 0.96, silencedUntil: null });
    figures.set('delivery_success_rate', 0.8);
    await later(10);
    figures.set('delivery_success_rate', 0.955);
    await later(10);
    expect(await told('log')).toEqual([['firing delivery-success-low']]);
    await sendAll();
    figures.set('delivery_success_rate', 0.97);
    await later(60);
    await later(10);
    expect(await alerts.active()).toEqual([]);
    expect(await told('slack')).toEqual([['firing delivery-success-low'], ['resolved delivery-success-low']]);
    expect(await alerts.history()).toMatchObject([
      {
        ...{ id: active?.id, rule: 'delivery-success-low', breachedAt: start, valueFired: 0.9, valueWorst: 0.8, resolvedWhy: 'cleared' },
        ...{ resolvedAt: new Date(start.getTime() + 380_000), toldAt: new Date(start.getTime() + 300_000) },
      },
    ]);
  });

  it('tells no data as no data', async () => {
    figures.set('workers_alive', []);
    await later(0);
    expect(await alerts.active()).toMatchObject([{ rule: 'no-worker-alive', state: 'pending', value: null, noDataSince: figures.at }]);
    await later(60);
    expect(await alerts.active()).toMatchObject([{ state: 'firing', noDataSince: new Date(figures.at.getTime() - 60_000) }]);
    figures.set('workers_alive', 2);
    await later(10);
    expect(await alerts.active()).toEqual([]);
  });

  it('ends what is about something that is no more, and forgets it', async () => {
    figures.set('breakers_open', [
      { subject: 'expo/default', value: 1 },
      { subject: 'expo/other', value: 0 },
    ]);
    await later(0);
    expect(await alerts.active()).toMatchObject([{ rule: 'breaker-open', subject: 'expo/default', state: 'firing' }]);
    figures.set('breakers_open', []);
    await later(10);
    expect(await alerts.history()).toMatchObject([{ resolvedWhy: 'gone' }]);
    await later(10);
    expect(await db.admin.query("select from push.alerts where rule = 'breaker-open'")).toEqual([]);
  });

  it('leaves alone what this version does not read', async () => {
    figures.set('emergency', 1);
    await later(0);
    figures.set('emergency', undefined);
    await later(1_000);
    expect(await alerts.active()).toMatchObject([{ rule: 'emergency-long', state: 'pending' }]);
  });

  it('follows a rule that is changed or switched off', async () => {
    figures.set('queue_waiting', 40);
    await later(0);
    expect(await alerts.active()).toEqual([]);
    await alerts.changeRule('queue-backlog', { threshold: 30, clearThreshold: 20, forSeconds: 0 }, by);
    await later(10);
    expect(await alerts.active()).toMatchObject([{ rule: 'queue-backlog', state: 'firing', threshold: 30 }]);
    await alerts.changeRule('queue-backlog', { enabled: false }, by);
    await later(10);
    expect(await alerts.history()).toMatchObject([{ resolvedWhy: 'disabled' }]);
    await alerts.changeRule('queue-backlog', { threshold: 50, clearThreshold: 25, forSeconds: 300, enabled: true }, by);
  });
});

describe('messages', () => {
  it('of a storm are one a route, and what follows within half a minute joins the one that waits', async () => {
    const open = (n: number) => Array.from({ length: n }, (_, i) => ({ subject: `expo/project-${i}`, value: 1 }));
    figures.set('breakers_open', open(30)).set('token_invalidation_frozen', open(30));
    await later(0);
    expect((await told('slack')).map(({ length }) => length)).toEqual([60]);
    await sendAll();
    for (const n of [35, 40, 45]) {
      figures.set('breakers_open', open(n));
      await later(3);
    }
    expect((await told('slack')).map(({ length }) => length)).toEqual([60, 15]);
    const [waiting] = await db.admin.query<{ wait: number }>(
      "select extract(epoch from due_at - created_at)::int as wait from push.alert_notices where state = 'waiting' and route = 'slack'",
    );
    expect(waiting).toEqual({ wait: 27 });
    figures.set('breakers_open', []);
    await later(3);
    const last = (await told('slack'))[1] ?? [];
    expect(new Set(last.map((text) => text.split(' ')[0]))).toEqual(new Set(['resolved']));
  });

  it('go to the routes that want that severity', async () => {
    figures.set('engagement_rate', 0.1);
    await later(0);
    await later(3_600);
    expect(await told('log')).toEqual([['firing engagement-low']]);
    expect(await told('slack')).toEqual([]);
  });

  it('go to the routes of every running process, not only of the one that evaluates', async () => {
    await announceRoutes(db.database, 'two', [{ route: 'email', minSeverity: 'page', target: 'mail.example' }]);
    figures.set('breakers_open', 1);
    await later(0);
    expect(await told('email')).toEqual([['firing breaker-open']]);
    await announceRoutes(db.database, 'two', []);
    expect((await alerts.overview()).routes).toEqual([log, slack]);
    await db.admin.query("update push.alert_notices set created_at = created_at - interval '11 minutes'");
    await later(10);
    expect(await db.admin.query("select state, error from push.alert_notices where route = 'email'")).toEqual([
      { state: 'failed', error: 'no running process has this route' },
    ]);
    expect((await alerts.overview()).undelivered).toMatchObject([{ route: 'email', failed: 1, waiting: 0 }]);
  });

  it('that do not get through are an alert, told by the routes that work, until they do', async () => {
    const undelivered = async (): Promise<void> => {
      figures.set('alert_notices_failed', await countUndelivered(db.database));
    };
    figures.set('breakers_open', 1);
    await later(0);
    await db.admin.query("update push.alert_notices set state = 'sent' where route = 'log'");
    await db.admin.query("update push.alert_notices set attempts = 3, error = 'HTTP 500' where route = 'slack'");
    await undelivered();
    await later(10);
    await later(60);
    expect(await alerts.active()).toContainEqual(expect.objectContaining({ rule: 'alerts-undeliverable', subject: 'slack', value: 1 }));
    expect(await told('log')).toEqual([['firing breaker-open'], ['firing alerts-undeliverable slack']]);
    expect((await alerts.overview()).undelivered).toMatchObject([{ route: 'slack', waiting: 1, error: 'HTTP 500' }]);
    await db.admin.query("update push.alert_notices set state = 'sent', error = null");
    await undelivered();
    await later(60);
    expect((await alerts.history())[0]).toMatchObject({ rule: 'alerts-undeliverable', resolvedWhy: 'cleared' });
  });

  it('remind of pages that nobody has acknowledged, of nothing else', async () => {
    figures.set('breakers_open', 1).set('workers_silent', [{ subject: 'w1', value: 1 }]);
    await later(0);
    await sendAll();
    await later(30);
    await sendAll();
    await later(1_700);
    expect(await told('log')).toHaveLength(2);
    await later(100);
    expect((await told('log'))[2]).toEqual(['reminder breaker-open']);
    await sendAll();
    const page = (await alerts.active()).find(({ severity }) => severity === 'page');
    await alerts.acknowledge(page?.id ?? 0, { ...by, reason: 'on it' });
    await later(7_200);
    expect(await told('log')).toHaveLength(3);
    expect(await alerts.active()).toMatchObject([
      { rule: 'breaker-open', acknowledgedBy: 'cli:tester', acknowledgedNote: 'on it' },
      { rule: 'worker-silent', acknowledgedBy: null },
    ]);
    figures.set('breakers_open', 0);
    await later(10);
    expect((await told('log')).at(-1)).toEqual(['resolved breaker-open']);
  });
});

describe('silences', () => {
  const inAnHour = (): Date => new Date(Date.now() + 3_600_000);
  const letAllEnd = (): Promise<unknown> =>
    db.admin.query("update push.alert_silences set starts_at = starts_at - interval '1 day', until = clock_timestamp()");

  it('keep quiet what they cover; what still fires when they end is told then', async () => {
    const silence = await alerts.silence({ rule: 'breaker-open', subject: 'expo/default', until: inAnHour() }, by);
    figures.set('breakers_open', [
      { subject: 'expo/default', value: 1 },
      { subject: 'expo/other', value: 1 },
    ]);
    await later(0);
    expect(await told('log')).toEqual([['firing breaker-open expo/other']]);
    expect(await alerts.active()).toMatchObject([
      { subject: 'expo/default', state: 'firing', silencedUntil: silence.until },
      { subject: 'expo/other', silencedUntil: null },
    ]);
    await sendAll();
    await letAllEnd();
    await later(60);
    expect((await told('log'))[1]).toEqual(['firing breaker-open expo/default']);
    expect(await alerts.unsilence(silence.id, by)).toBe(false);
  });

  it('that are lifted speak at once; what came and went under one is never told', async () => {
    const { id } = await alerts.silence({ until: inAnHour() }, by);
    figures.set('breakers_open', 1).set('token_invalidation_frozen', 1);
    await later(0);
    figures.set('breakers_open', 0);
    await later(10);
    expect(await told('log')).toEqual([]);
    expect(await alerts.unsilence(id, by)).toBe(true);
    await later(10);
    expect(await told('log')).toEqual([['firing token-invalidation-frozen']]);
    expect(await alerts.silences()).toEqual([]);
  });

  it('do not keep back that something is over which was told before them', async () => {
    figures.set('breakers_open', 1);
    await later(0);
    await sendAll();
    await alerts.silence({ rule: 'breaker-open', until: inAnHour() }, by);
    figures.set('breakers_open', 0);
    await later(60);
    expect((await told('log'))[1]).toEqual(['resolved breaker-open']);
  });
});

describe('several processes', () => {
  it('evaluate one at a time, however many come at once', async () => {
    figures.set('breakers_open', 1);
    const led = await Promise.all(Array.from({ length: 5 }, (_, i) => roundOf({ instance: `p${i}`, everyMs: 10_000 }).turn()));
    expect(led.filter((one) => one)).toHaveLength(1);
    expect(await roundOf({ everyMs: 10_000 }).turn()).toBe(false);
    expect(await told('log')).toEqual([['firing breaker-open']]);
    expect(await alerts.history()).toHaveLength(1);
    await db.admin.query("update push.alert_turn set evaluated_at = evaluated_at - interval '10 seconds'");
    expect(await roundOf({ everyMs: 10_000 }).turn()).toBe(true);
  });

  it.each(['insert into push.alert_notices', 'update push.alert_episodes set told_at', 'update push.alert_turn'])(
    'a leader that dies at "%s" leaves nothing behind, and the next one tells it once',
    async (statement) => {
      figures.set('breakers_open', 1);
      await expect(roundOf({}, dyingAt(statement)).turn()).rejects.toThrow();
      expect(await alerts.active()).toEqual([]);
      expect(await told('log')).toEqual([]);
      await later(0);
      await later(10);
      expect(await told('log')).toEqual([['firing breaker-open']]);
      expect(await alerts.history()).toHaveLength(1);
    },
  );
});

/** A database whose connection is cut as a statement is about to be sent: what a killed process looks like to Postgres. */
function dyingAt(statement: string): Database {
  const { database } = db;
  const cut = (tx: Queryable): Queryable => ({
    ...tx,
    query: async <Row extends object>(sql: Parameters<Queryable['query']>[0], params?: readonly unknown[]) => {
      if (typeof sql === 'string' && sql.includes(statement)) await tx.query('select pg_terminate_backend(pg_backend_pid())');
      return await tx.query<Row>(sql, params);
    },
  });
  return {
    query: (sql, params) => database.query(sql, params),
    rows: (sql, params) => database.rows(sql, params),
    listen: (...args) => database.listen(...args),
    close: () => database.close(),
    transaction: (work, options) => database.transaction((tx) => work(cut(tx)), options),
  };
}
