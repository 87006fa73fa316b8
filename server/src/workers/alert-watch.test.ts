import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { type HttpReceiver, startHttpReceiver } from '../../test/support/http-receiver.js';
import { systemClock } from '../clock/clock.js';
import { type Environment, loadConfig } from '../config/load-config.js';
import { silentLogger } from '../logging/logger.js';
import { AlertManager } from '../monitoring/alerts/alert-manager.js';
import { pingWatcher } from '../monitoring/alerts/heartbeat-ping.js';
import { readFigures } from '../monitoring/read-figures.js';
import { AlertWatch } from './alert-watch.js';
import { beat } from './heartbeat.js';

let db: TestDatabase;
let receiver: HttpReceiver;
let alerts: AlertManager;
let watches: AlertWatch[] = [];
const worker = { id: 'w1', host: 'h', pid: 1, roles: ['worker'], version: '0' };

beforeAll(async () => {
  [db, receiver] = await Promise.all([testDatabase(), startHttpReceiver()]);
  alerts = new AlertManager(db.database);
});
afterEach(async () => {
  await Promise.all(watches.map((watch) => watch.stop()));
  watches = [];
  receiver.received.length = 0;
});
afterAll(async () => {
  await receiver.close();
  await db.close();
});

function watchIn(instance: string, env: Environment): AlertWatch {
  const config = loadConfig({ TODOKU_INSTANCE: instance, TODOKU_ROLES: 'api', ...env });
  const watch = new AlertWatch(config, { database: db.database, readFigures, clock: systemClock, random: Math.random, log: silentLogger });
  watches.push(watch);
  watch.start();
  return watch;
}

it('processes that only answer notice that no worker is alive, tell it once, and tell that one is back', async () => {
  const route = { TODOKU_ALERT_SLACK_URL: `${receiver.url}/slack` };
  await alerts.changeRule('no-worker-alive', { forSeconds: 0 }, { actor: 'cli:tester', reason: 'test' });
  const [first] = [watchIn('one', route), watchIn('two', route)];
  const texts = (): string[] => receiver.received.map(({ body }) => (JSON.parse(body) as { text: string }).text.split('\n')[0] ?? '');
  await vi.waitFor(() => expect(texts()).toEqual(['*Todoku [PAGE] 1 alert: No worker is alive: nothing is sent*']), { timeout: 10_000 });
  expect((await alerts.active()).map(({ rule, state }) => [rule, state])).toContainEqual(['no-worker-alive', 'firing']);
  expect((await alerts.overview()).routes.map(({ route: name }) => name)).toEqual(['log', 'slack']);

  // The leader goes; whoever is left leads the next round, when it is due.
  await first?.stop();
  await beat(db.database, worker);
  await db.admin.query("update push.alert_turn set evaluated_at = evaluated_at - interval '10 seconds'");
  await db.admin.query("update push.alert_notices set created_at = created_at - interval '1 minute'");
  await vi.waitFor(() => expect(texts()).toHaveLength(2), { timeout: 15_000 });
  expect(texts()[1]).toBe('*Todoku 1 over: No worker is alive: nothing is sent*');
  expect((await alerts.overview()).evaluatedBy).toBe('two');
});

it('the outside watcher is told while all is well, by one process, and not otherwise', async () => {
  const ping = { database: db.database, url: `${receiver.url}/ping/id`, method: 'POST' as const, clock: systemClock, log: silentLogger };
  const ago = (span: string): Promise<unknown> =>
    db.admin.query(`update push.alert_turn set heartbeat_at = clock_timestamp() - interval '${span}'`);
  await beat(db.database, worker);
  await db.admin.query('update push.alert_turn set evaluated_at = clock_timestamp(), heartbeat_at = null');
  expect((await Promise.all([pingWatcher(ping), pingWatcher(ping)])).filter((pinged) => pinged)).toHaveLength(1);
  expect(receiver.received).toMatchObject([{ method: 'POST', path: '/ping/id' }]);
  expect(await pingWatcher(ping)).toBe(false);

  await ago('61 seconds');
  await db.admin.query(
    "insert into push.alert_notices (id, route, kind, content, created_at, due_at, error) values ('m', 'slack', 'alerts', '{}', now() - interval '3 minutes', now(), 'HTTP 500')",
  );
  expect(await pingWatcher(ping)).toBe(false);
  await db.admin.query("delete from push.alert_notices where id = 'm'");
  await db.admin.query("update push.workers set heartbeat_at = now() - interval '2 minutes'");
  expect(await pingWatcher(ping)).toBe(false);
  await beat(db.database, worker);
  await db.admin.query("update push.alert_turn set evaluated_at = clock_timestamp() - interval '2 minutes'");
  expect(await pingWatcher(ping)).toBe(false);
  await db.admin.query('update push.alert_turn set evaluated_at = clock_timestamp()');

  receiver.answer = (response) => response.writeHead(404).end();
  expect(await pingWatcher(ping)).toBe(true);
  expect((await alerts.overview()).heartbeatError).toBe('HTTP 404');
  receiver.answer = (response) => response.writeHead(200).end();
  await ago('61 seconds');
  expect(await pingWatcher(ping)).toBe(true);
  expect((await alerts.overview()).heartbeatError).toBeNull();
});
