import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { LogLevel } from '../logging/create-logger.js';
import { silentLogger } from '../logging/logger.js';
import { endLogLevel, LogLevelFollower, readLogLevel, setLogLevel } from './log-level.js';

let on: TestDatabase;
const followers: LogLevelFollower[] = [];
const by = { actor: 'test', reason: 'a user gets nothing' };

beforeAll(async () => {
  on = await testDatabase();
});
afterAll(() => on.close());
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await endLogLevel(on.database, by);
});

function process(base: LogLevel, now = (): number => performance.now(), database = on.database) {
  let level = base;
  const logger = {
    level: () => level,
    setLevel: (to: LogLevel) => {
      level = to;
    },
  };
  // Long enough that only what it hears of, or is asked to look at, counts.
  const follower = new LogLevelFollower({ database, logger, base, monotonic: now, log: silentLogger, pollMs: 60_000 });
  followers.push(follower);
  return { follower, logger };
}

it('is followed by every process, each of which goes back to its own', async () => {
  const [one, two] = [process('info'), process('warn')];
  await one.follower.start();
  await two.follower.start();
  const set = await setLogLevel(on.database, 'debug', 1800, by);
  expect(set).toMatchObject({ level: 'debug', setBy: 'test', reason: by.reason });
  expect((set.until?.getTime() ?? 0) - Date.now()).toBeGreaterThan(1_700_000);
  await vi.waitFor(() => expect([one.logger.level(), two.logger.level()]).toEqual(['debug', 'debug']), { timeout: 10_000 });
  // One that starts meanwhile, too.
  const late = process('error');
  await late.follower.start();
  expect(late.logger.level()).toBe('debug');
  await endLogLevel(on.database, by);
  await vi.waitFor(() => expect([one.logger.level(), two.logger.level(), late.logger.level()]).toEqual(['info', 'warn', 'error']), {
    timeout: 10_000,
  });
  expect(await on.admin.query("select actor, reason, details from push.audit where action = 'logs.level' order by seq")).toEqual([
    { actor: 'test', reason: by.reason, details: { level: 'debug', seconds: 1800 } },
    { actor: 'test', reason: by.reason, details: { level: null } },
  ]);
  expect(await endLogLevel(on.database, by)).toMatchObject({ level: null });
});

it('ends by itself, also while the database does not answer', async () => {
  let now = 0;
  let away = false;
  const database = {
    ...on.database,
    query: (async (...args: [string]) =>
      away ? Promise.reject(new Error('away')) : on.database.query(...args)) as typeof on.database.query,
  };
  const { follower, logger } = process('info', () => now, database);
  await setLogLevel(on.database, 'trace', 60, by);
  await follower.look();
  expect(logger.level()).toBe('trace');
  away = true;
  now = 59_000;
  await follower.look();
  expect(logger.level()).toBe('trace');
  now = 60_001;
  await follower.look();
  expect(logger.level()).toBe('info');
});

it('is none once its time is over', async () => {
  await setLogLevel(on.database, 'debug', 60, by);
  await on.admin.query("update push.log_level set until = now() - interval '1 second'");
  expect(await readLogLevel(on.database)).toEqual({ level: null, until: null, setBy: null, setAt: null, reason: null });
});
