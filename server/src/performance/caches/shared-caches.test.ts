import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { silentLogger } from '../../logging/logger.js';
import { defaultSettings } from '../../settings/settings-form.js';
import { fixedTuning } from '../live-tuning.js';
import { CacheHints } from './cache-hints.js';
import { SharedCaches } from './shared-caches.js';
import { keyOfUser } from './user-cache.js';

let db: TestDatabase;
let caches: SharedCaches;
beforeAll(async () => {
  db = await testDatabase();
  await live(true);
  caches = new SharedCaches({ database: db.database, tuning: fixedTuning({ slots: 8, chunkSize: 100 }) });
  await caches.start();
});
afterAll(async () => {
  await caches.stop();
  await db.close();
});

/** Whether a process that answers HTTP is alive. */
async function live(alive: boolean): Promise<void> {
  await db.admin.query(
    `insert into push.workers (id, host, pid, roles, version, stopped_at) values ('door', 'h', 1, '{api}', '0', case when $1 then null else now() end)
     on conflict (id) do update set stopped_at = excluded.stopped_at, heartbeat_at = now()`,
    [alive],
  );
}

/** Puts something for the user into every cache, and tells which of them still have it. */
async function filled(...users: string[]): Promise<(user: string) => Promise<string[]>> {
  for (const user of users) {
    await caches.notifications.get(user, '', async () => ({ value: 1, freshMs: null }));
    await caches.settings.get(user, '', async () => ({ value: defaultSettings, freshMs: null }));
    await caches.tokens.get(user, '', async () => ({ value: [], freshMs: null }));
  }
  return async (user) => {
    const gone: string[] = [];
    const missing = (name: string) => async () => {
      gone.push(name);
      throw new Error('gone');
    };
    await Promise.allSettled([
      caches.notifications.get(user, '', missing('notifications')),
      caches.settings.get(user, '', missing('settings')),
      caches.tokens.get(user, '', missing('tokens')),
    ]);
    return gone.sort();
  };
}

const insertToken = (user: string): Promise<unknown> =>
  db.admin.query(
    `insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id) values ($1, 'ios', '\\x00', sha256($2::text::bytea), 1)`,
    [user, randomUUID()],
  );

it.each<[string, (user: string) => Promise<unknown>, string[]]>([
  ['her settings are inserted', (user) => db.admin.query('insert into notification_settings (user_id) values ($1)', [user]), ['settings']],
  [
    'her settings are changed',
    async (user) => {
      await db.admin.query('insert into notification_settings (user_id) values ($1)', [user]);
      await db.admin.query('update notification_settings set push_enabled = false where user_id = $1', [user]);
    },
    ['settings'],
  ],
  ['a device is inserted', insertToken, ['tokens']],
  [
    'her notifications are read',
    async (user) => {
      await db.admin.query(`insert into notifications (user_id, type, title) values ($1, 't', 't')`, [user]);
      await db.admin.query('update notifications set is_read = true where user_id = $1', [user]);
    },
    ['notifications'],
  ],
])('forgets a user, and nobody else, when %s by plain SQL', async (_what, change, forgotten) => {
  const [user, other] = [randomUUID(), randomUUID()];
  const gone = await filled(user, other);
  await change(user);
  await vi.waitFor(async () => expect(await gone(user)).toEqual(forgotten));
  expect(await gone(other)).toEqual([]);
});

it('forgets both when a device or a notification goes to somebody else', async () => {
  const [user, heir, other] = [randomUUID(), randomUUID(), randomUUID()];
  await insertToken(user);
  const gone = await filled(user, heir, other);
  await db.admin.query('update push_tokens set user_id = $2 where user_id = $1', [user, heir]);
  await vi.waitFor(async () => expect([await gone(user), await gone(heir)]).toEqual([['tokens'], ['tokens']]));
  expect(await gone(other)).toEqual([]);
});

it('forgets everybody of one cache when there are too many to name, and when rows are deleted by the mass', async () => {
  const user = randomUUID();
  let gone = await filled(user);
  await db.admin.query('insert into notification_settings (user_id) select gen_random_uuid() from generate_series(1, 1000)');
  await vi.waitFor(async () => expect(await gone(user)).toEqual(['settings']));
  gone = await filled(user);
  await db.admin.query(`delete from notifications where created_at < now() - interval '3 months'`);
  await vi.waitFor(async () => expect(await gone(user)).toEqual(['notifications']));
});

it('forgets everything when it does not understand what it hears, and when the connection was lost', async () => {
  const user = randomUUID();
  let gone = await filled(user);
  await db.admin.query(`select pg_notify('todoku_cache', 'rules:all')`);
  await vi.waitFor(async () => expect(await gone(user)).toEqual(['notifications', 'settings', 'tokens']));
  gone = await filled(user);
  await db.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()`,
  );
  await vi.waitFor(async () => expect(await gone(user)).toEqual(['notifications', 'settings', 'tokens']), 10_000);
});

it('hears of planned notifications in few hints, and of none while nobody reads', async () => {
  const heard: string[] = [];
  const subscription = await db.database.listen(
    'todoku_cache',
    (payload) => heard.push(payload),
    () => undefined,
  );
  const read = { now: true };
  const hints = new CacheHints('notifications', { database: db.database, isRead: () => read.now, log: silentLogger });
  const users = Array.from({ length: 1000 }, () => randomUUID());
  hints.tell(users.slice(0, 500));
  hints.tell(users);
  await hints.close();
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  const keys = heard.flatMap((payload) => payload.replace('notifications:', '').match(/.{8}/g) ?? []);
  expect(new Set(keys)).toEqual(new Set(users.map(keyOfUser)));
  hints.tell(Array.from({ length: 10_000 }, () => randomUUID()));
  await hints.close();
  await vi.waitFor(() => expect(heard[2]).toBe('notifications:*'));
  read.now = false;
  hints.tell(users);
  await hints.close();
  await live(false);
  await db.admin.query('insert into notification_settings (user_id) values ($1)', [randomUUID()]);
  await db.admin.query(`select pg_notify('todoku_cache', 'the end')`);
  await vi.waitFor(() => expect(heard.at(-1)).toBe('the end'));
  expect(heard).toHaveLength(4);
  await live(true);
  await subscription.close();
});
