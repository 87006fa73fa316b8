import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { systemClock } from '../clock/clock.js';
import { connectDatabase } from '../database/connect-database.js';
import { silentLogger } from '../logging/logger.js';
import type { LeasedChunk } from '../queue/queue-engine.js';
import { createMetrics } from './metrics.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(async () => {
  await spine.close();
});

/** Moves on when it is told to, so that nothing that was read is kept too long. */
function handClock(): { readonly clock: typeof systemClock; tick(ms: number): void } {
  let at = 0;
  return {
    clock: { now: systemClock.now, monotonic: () => at },
    tick: (ms) => {
      at += ms;
    },
  };
}

test('a scrape tells where everything is', async () => {
  const { clock, tick } = handClock();
  const { registry } = createMetrics({ database: spine.database, clock, log: silentLogger });
  const user = await spine.user(2);
  await spine.notify(user.id);
  expect(await registry.metrics()).toMatch(/^todoku_outbox_notifications 1$/m);

  await spine.worker();
  await spine.settles();
  await spine.admin.query('update push.controls set paused = true');
  await spine.admin.query("update push.projects set breaker_state = 'open'");
  tick(60_000);
  const text = await registry.metrics();
  for (const line of [
    'todoku_database_up 1',
    'todoku_outbox_notifications 0',
    'todoku_ledger_unaccounted 0',
    'todoku_notifications_accepted_total 1',
    'todoku_deliveries_ended_total{state="accepted_by_platform"} 2',
    'todoku_tokens{platform="ios",state="active"} 2',
    'todoku_breaker_open{project="expo/default"} 1',
    'todoku_switch{name="paused"} 1',
    'todoku_switch{name="trigger_enabled"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).toContain('process_cpu_seconds_total');
});

test('counters of the ledger do not grow by being asked for', async () => {
  const { clock } = handClock();
  const { registry } = createMetrics({ database: spine.database, clock, log: silentLogger });
  const count = async () => /^todoku_deliveries_total (\d+)$/m.exec(await registry.metrics())?.[1];
  expect([await count(), await count()]).toEqual(['2', '2']);
});

test('scrapes share what was read', async () => {
  let statements = 0;
  const database = {
    ...spine.database,
    query: (...args: Parameters<typeof spine.database.query>) => {
      statements++;
      return spine.database.query(...args);
    },
  } as typeof spine.database;
  const { clock, tick } = handClock();
  const { registry } = createMetrics({ database, clock, log: silentLogger });
  await Promise.all([registry.metrics(), registry.metrics()]);
  const once = statements;
  await registry.metrics();
  expect(statements).toBe(once);
  tick(5000);
  await registry.metrics();
  expect(statements).toBe(2 * once);
});

test('without a database a scrape still answers', async () => {
  const nowhere = connectDatabase({ url: 'postgres://127.0.0.1:1/none', maxConnections: 1, applicationName: 'test', log: silentLogger });
  const said: unknown[] = [];
  const log = { ...silentLogger, warn: (fields: object) => void said.push(fields) };
  const { registry } = createMetrics({ database: nowhere, clock: systemClock, log });
  const text = await registry.metrics();
  expect(text).toMatch(/^todoku_database_up 0$/m);
  expect(text).not.toMatch(/^todoku_outbox_notifications \d/m);
  expect(said).toMatchObject([{ error: { code: 'ECONNREFUSED' } }]);
  await nowhere.close();
});

test('what delivery tells is counted', async () => {
  const { registry, delivery } = createMetrics({ database: spine.database, clock: systemClock, log: silentLogger });
  const lease = { projectId: 1, lane: 2, recipients: 3 } as LeasedChunk;
  const attempt = { durationMs: 120, httpStatus: 200, code: null, requestId: null, outcome: 'answered' } as const;
  const dead = { to: 'failed', code: 'DeviceNotRegistered' } as const;
  delivery.attempted(lease, attempt, [{ to: 'accepted', ticketId: 'x' }, dead, dead]);
  delivery.attempted(lease, { ...attempt, outcome: 'not_sent', httpStatus: null }, []);
  const text = await registry.metrics();
  for (const line of [
    'todoku_provider_requests_total{project="1",lane="bulk",outcome="answered",status="200"} 1',
    'todoku_provider_requests_total{project="1",lane="bulk",outcome="not_sent",status="none"} 1',
    'todoku_provider_recipients_total{project="1",lane="bulk",outcome="answered"} 3',
    'todoku_delivery_results_total{to="failed",code="DeviceNotRegistered"} 2',
    'todoku_provider_request_seconds_count{project="1",outcome="answered"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
