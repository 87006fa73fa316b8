/** Alerts about what does not arrive, is slow, unread, or about tokens: each is provoked, seen, and ended as its page of the manual says. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.js';
import { readFlows } from '../../src/monitoring/tallies.js';
import { PolicyManager } from '../../src/planning/policy-manager.js';
import { isExpoToken } from '../../src/providers/expo/is-expo-token.js';
import { PushTokenManager } from '../../src/tokens/push-token-manager.js';
import { Quarantine } from '../../src/tokens/quarantine.js';
import { AlertScene } from '../support/alert-scene.js';
import { isAddedError } from '../support/faults/added-errors.js';
import { Spine, type TestUser } from '../support/spine.js';

let spine: Spine;
let scene: AlertScene;
let users: TestUser[];
const by = { actor: 'cli:tester', reason: 'a test' };
const log = silentLogger;

beforeAll(async () => {
  spine = await Spine.start({ quarantine: (database) => new Quarantine(database, log), worker: { requestDeadlineMs: 15_000 } });
  scene = new AlertScene(spine.database);
  await spine.worker();
});
beforeEach(async () => {
  users = await spine.users(25);
});
afterEach(async () => {
  spine.simulator.control.clearTokens();
  spine.simulator.control.clearFaults();
  await timePasses();
});
afterAll(() => spine.close());

/** Eight days, for the figures that look back. */
async function timePasses(): Promise<void> {
  await spine.admin.query(`update push.minutes set minute = minute - interval '8 days'`);
  for (const table of ['tally_entries', 'ledger_entries', 'attempts'])
    await spine.admin.query(`update push.${table} set at = at - interval '8 days'`);
}

/** One notification to each, sent and settled. */
async function notifyAll(): Promise<void> {
  const ids = users.map(({ id }) => id);
  await spine.admin.query(
    `insert into notifications (user_id, type, title) select u, 'reminder', 'to ' || u || clock_timestamp() from unnest($1::uuid[]) u`,
    [ids],
  );
  await spine.settles();
}

/** A window of nothing but what goes well, as far as the database lets it. */
async function allGoesWell(): Promise<void> {
  await timePasses();
  await notifyAll();
}

async function errorsByCode(): Promise<Map<string, number>> {
  const flows = await readFlows(spine.database, ['error:*'], 900);
  return new Map(flows.map(({ item, n }) => [item.slice('error:'.length), n]));
}

const behave = (behaviour: 'too_big_at_ticket' | 'dead_at_ticket', count: number): void => {
  for (const { tokens } of users.slice(0, count)) spine.simulator.control.setToken(tokens[0] ?? '', { behaviour });
};

it('delivery-success-low, error-rate-high: messages that are too big, until the app makes them smaller and their window is over', async () => {
  behave('too_big_at_ticket', 5);
  await notifyAll();
  expect(await scene.fires('delivery-success-low')).toMatchObject({ severity: 'page', value: 0.8 });
  const errors = await errorsByCode();
  const all = [...errors.values()].reduce((sum, n) => sum + n, 0);
  expect([...errors].filter(([code]) => !isAddedError(code))).toEqual([['MessageTooBig', 5]]);
  expect(await scene.fires('error-rate-high')).toMatchObject({ severity: 'page', value: all / (all + 20) });
  spine.simulator.control.clearTokens();
  await scene.ends('delivery-success-low', '', allGoesWell);
  await scene.ends('error-rate-high', '', allGoesWell);
});

it('delivery-slow: the provider takes its time, until it does not and the window is over', { timeout: 180_000 }, async () => {
  await scene.setRule('delivery-slow', { threshold: 3_000, clearThreshold: 2_900 });
  spine.simulator.control.addFault({ kind: 'slow_response', endpoint: 'send', delayMs: 3_500, times: null });
  await notifyAll();
  const { value, severity } = await scene.fires('delivery-slow');
  expect(value).toBeGreaterThan(3_000);
  expect(severity).toBe('warn');
  spine.simulator.control.clearFaults();
  await scene.ends('delivery-slow', '', allGoesWell);
});

it('engagement-low: few read, until more do', async () => {
  await notifyAll();
  const read = (count: number): Promise<unknown> =>
    spine.admin.query('update notifications set is_read = true where user_id = any ($1)', [users.slice(0, count).map(({ id }) => id)]);
  await read(2);
  expect(await scene.fires('engagement-low')).toMatchObject({ severity: 'info', value: 0.08 });
  await read(15);
  await scene.ends('engagement-low');
});

describe('tokens that are called dead', () => {
  beforeEach(async () => {
    await spine.admin.query('delete from push_tokens where user_id <> all ($1)', [users.map(({ id }) => id)]);
  });

  it('token-invalidation-high: an app release changed them, until the apps have registered again', async () => {
    behave('dead_at_ticket', 5);
    await notifyAll();
    expect(await scene.fires('token-invalidation-high')).toMatchObject({ severity: 'warn', value: 0.2 });
    const tokens = new PushTokenManager({
      database: spine.database,
      keyring: spine.keyring,
      providers: [{ name: 'expo', isToken: isExpoToken }],
      log,
    });
    expect(await tokens.askToReregister({ states: ['quarantined'] }, by)).toBe(5);
    spine.simulator.control.clearTokens();
    for (const { id, tokens: own } of users.slice(0, 5)) await tokens.register({ userId: id, token: own[0] ?? '', platform: 'ios' });
    await scene.ends('token-invalidation-high');
  });

  it('token-invalidation-frozen: too many at once, until the quarantine is undone and the freeze ended', async () => {
    await new PolicyManager(spine.database).change({ tokenLossMinimum: 10 }, by);
    behave('dead_at_ticket', 20);
    await notifyAll();
    expect(await scene.fires('token-invalidation-frozen', 'expo/default')).toMatchObject({ severity: 'page', value: 1 });
    const quarantine = new Quarantine(spine.database, log);
    await quarantine.undo({ since: new Date(Date.now() - 7_200_000) }, by);
    expect(await quarantine.unfreeze(1, by)).toBe(true);
    await scene.ends('token-invalidation-frozen', 'expo/default');
    expect(await spine.admin.query('select from push_tokens where not is_active')).toEqual([]);
  });
});
