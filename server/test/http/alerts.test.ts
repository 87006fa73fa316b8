import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.js';
import { AlertRound } from '../../src/monitoring/alerts/alert-round.js';
import { MessageWriter } from '../../src/monitoring/alerts/message/message-writer.js';
import { NoticeSender } from '../../src/monitoring/alerts/notice-sender.js';
import { logRoute } from '../../src/monitoring/alerts/routes/log-route.js';
import { createMetrics } from '../../src/monitoring/metrics.js';
import { AlertFigures } from '../support/alert-figures.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';

let db: TestDatabase;
let door: HttpDoor;
let key: string;
const figures = new AlertFigures();

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
  key = door.keys.operate;
  const routes = [{ route: 'log' as const, minSeverity: 'info' as const, target: 'the log' }];
  const round = new AlertRound(
    { database: db.database, readFigures: figures.read, routes, log: silentLogger },
    { instance: 'test', everyMs: 0, groupMs: 0, remindMs: null },
  );
  await round.turn();
  figures.set('breakers_open', [{ subject: 'expo/default', value: 1 }]).set('queue_waiting', 60);
  await round.turn();
});
afterAll(async () => {
  await door.close();
  await db.close();
});

const call = (method: string, path: string, body?: unknown) =>
  door.call(method, path, { as: key, ...(body === undefined ? {} : { body }) });
const actor = (): string => `key:${key.split('_')[1]}`;

async function lastAct(): Promise<unknown> {
  const { body } = await door.get('/v1/audit?limit=1', door.keys.admin);
  return (body as { entries: unknown[] }).entries[0];
}

describe('alerts by HTTP', () => {
  it('shows what fires, who is told, and that it is evaluated', async () => {
    const { body } = await call('GET', '/v1/alerts');
    expect(body).toMatchObject({
      alerts: [
        { id: 1, rule: 'breaker-open', subject: 'expo/default', state: 'firing', severity: 'page' },
        { id: null, rule: 'queue-backlog', state: 'pending', value: 60, threshold: 50 },
      ],
      routes: [{ route: 'log' }],
      undelivered: [],
      silences: [],
      evaluatedBy: 'test',
      stale: false,
    });
  });

  it('counts it for Prometheus', async () => {
    const text = await createMetrics({
      database: db.database,
      clock: door.parts.clock,
      log: silentLogger,
    }).registry.getSingleMetricAsString('todoku_alerts');
    expect(text).toContain('todoku_alerts{rule="breaker-open",severity="page",state="firing"} 1');
    expect(text).toContain('todoku_alerts{rule="queue-backlog",severity="warn",state="pending"} 1');
    expect(text).toContain('todoku_alerts{rule="delivery-slow",severity="warn",state="firing"} 0');
  });

  it('acknowledges once, with who and why', async () => {
    const answer = await call('POST', '/v1/alerts/1/acknowledge', { reason: 'on it' });
    expect(answer).toMatchObject({ status: 200, body: { id: 1, acknowledgedBy: actor(), acknowledgedNote: 'on it' } });
    expect(await lastAct()).toMatchObject({ actor: actor(), action: 'alerts.acknowledge', target: 'alert:1', reason: 'on it' });
    const again = await door.post('/v1/alerts/1/acknowledge', door.keys.admin, { reason: 'me too' });
    expect(again.body).toEqual(answer.body);
    expect(await lastAct()).toMatchObject({ reason: 'on it' });
    expect(await call('POST', '/v1/alerts/4711/acknowledge', { reason: 'x' })).toMatchObject({ status: 404 });
    expect((await call('GET', '/v1/alerts/history?rule=breaker-open')).body).toMatchObject({ alerts: [{ id: 1, resolvedAt: null }] });
    expect((await call('GET', '/v1/alerts/history?rule=delivery-slow')).body).toEqual({ alerts: [] });
  });

  it('silences for a time, and ends a silence', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const made = await call('POST', '/v1/alerts/silences', { rule: 'breaker-open', until, reason: 'maintenance' });
    expect(made).toMatchObject({
      status: 201,
      body: { rule: 'breaker-open', subject: null, until, createdBy: actor(), reason: 'maintenance' },
    });
    expect(await lastAct()).toMatchObject({ action: 'alerts.silence', reason: 'maintenance', details: { rule: 'breaker-open', until } });
    expect((await call('GET', '/v1/alerts')).body).toMatchObject({ alerts: [{ silencedUntil: until }, { silencedUntil: null }] });
    const path = `/v1/alerts/silences/${(made.body as { id: number }).id}/end`;
    expect((await call('POST', path, { reason: 'done' })).body).toEqual({ ended: true });
    expect(await lastAct()).toMatchObject({ action: 'alerts.unsilence', reason: 'done' });
    expect((await call('POST', path, { reason: 'done' })).body).toEqual({ ended: false });
    expect(await call('POST', '/v1/alerts/silences/99/end', { reason: 'x' })).toMatchObject({ status: 404 });
  });

  it('changes, adds and removes rules, and says what they were', async () => {
    const changed = await call('PATCH', '/v1/alerts/rules/queue-backlog', { threshold: 80, reason: 'we grow' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'queue-backlog', threshold: 80, clearThreshold: 25, shipped: true } });
    expect(await lastAct()).toMatchObject({
      ...{ action: 'alerts.rule_change', target: 'alert_rule:queue-backlog', reason: 'we grow' },
      details: { before: { threshold: 50 }, after: { threshold: 80 } },
    });
    const moved = await call('PATCH', '/v1/alerts/rules/receipts-expiring', { threshold: 5, reason: 'both move' });
    expect(moved.body).toMatchObject({ threshold: 5, clearThreshold: 5 });
    const mine = { name: 'queue-flooded', figure: 'queue_waiting', comparison: 'above', threshold: 5_000, severity: 'page', reason: 'own' };
    expect(await call('POST', '/v1/alerts/rules', mine)).toMatchObject({ status: 201, body: { shipped: false, clearThreshold: 5_000 } });
    expect(await call('POST', '/v1/alerts/rules', mine)).toMatchObject({ status: 409 });
    const names = ((await call('GET', '/v1/alerts/rules')).body as { rules: { name: string }[] }).rules.map(({ name }) => name);
    expect(names).toContain('queue-flooded');
    expect(await call('POST', '/v1/alerts/rules/queue-flooded/remove', { reason: 'no' })).toMatchObject({ status: 200 });
    expect(await call('POST', '/v1/alerts/rules/queue-flooded/remove', { reason: 'no' })).toMatchObject({ status: 404 });
    expect(await call('POST', '/v1/alerts/rules/queue-backlog/remove', { reason: 'no' })).toMatchObject({ status: 409 });
  });

  it.each([
    ['PATCH', '/v1/alerts/rules/queue-backlog', { threshold: 10, reason: 'x' }, 400, 'clearThreshold'],
    ['PATCH', '/v1/alerts/rules/queue-backlog', { figure: 'happiness', reason: 'x' }, 400, 'figure'],
    ['PATCH', '/v1/alerts/rules/queue-backlog', { forSeconds: -1, reason: 'x' }, 400, 'forSeconds'],
    ['PATCH', '/v1/alerts/rules/queue-backlog', { threshold: 10 }, 400, 'reason'],
    ['PATCH', '/v1/alerts/rules/Nope', { reason: 'x' }, 400, 'params.name'],
    ['PATCH', '/v1/alerts/rules/nope', { reason: 'x' }, 404, null],
    ['POST', '/v1/alerts/rules', { name: 'x y', figure: 'queue_waiting', comparison: 'above', threshold: 1, reason: 'x' }, 400, 'name'],
    ['POST', '/v1/alerts/rules', { name: 'x', figure: 'queue_waiting', comparison: 'above', reason: 'x' }, 400, 'threshold'],
    ['POST', '/v1/alerts/silences', { reason: 'x' }, 400, 'until'],
    ['POST', '/v1/alerts/silences', { until: '2020-01-01T00:00:00Z', reason: 'x' }, 400, 'until'],
    ['POST', '/v1/alerts/silences', { until: '2199-01-01T00:00:00Z', reason: 'x' }, 400, 'until'],
    ['POST', '/v1/alerts/silences', { rule: 'nope', until: '2199-01-01T00:00:00Z', reason: 'x' }, 400, 'rule'],
    ['POST', '/v1/alerts/routes/pigeon/test', { reason: 'x' }, 400, 'params.route'],
    ['POST', '/v1/alerts/routes/slack/test', { reason: 'x' }, 409, null],
  ])('%s %s %j is refused', async (method, path, body, status, field) => {
    const before = await lastAct();
    expect(await call(method, path, body)).toMatchObject({ status, body: { error: { path: field } } });
    expect(await lastAct()).toEqual(before);
  });

  it('links pages that open without a key, and no other file', async () => {
    expect(await door.get('/manual/ja/no-such-page.md', null)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    for (const page of ['fr/alerts.md', 'ja/..%2f..%2falerts.md', 'ja/%2e%2e', 'ja/Alerts.md']) {
      expect([400, 404]).toContain((await door.get(`/manual/${page}`, null)).status);
    }
  });

  it('sends a test by whoever has the route, and tells what came back', async () => {
    const sender = new NoticeSender({
      database: db.database,
      route: logRoute(silentLogger, new MessageWriter('en', null)),
      random: Math.random,
      log: silentLogger,
    });
    while (await sender.work());
    const asked = call('POST', '/v1/alerts/routes/log/test', { reason: 'does it arrive?' });
    const looking = setInterval(() => void sender.work(), 20);
    expect(await asked).toMatchObject({ status: 200, body: { route: 'log', ok: true, answer: 'written to the log', error: null } });
    clearInterval(looking);
    expect(await lastAct()).toMatchObject({ action: 'alerts.test_route', target: 'alert_route:log' });
  });
});
