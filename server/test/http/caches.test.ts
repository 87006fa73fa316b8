import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { HttpParts } from '../../src/http/http-parts.js';
import { silentLogger } from '../../src/logging/logger.js';
import { CacheHints } from '../../src/performance/caches/cache-hints.js';
import { NotificationSettingsManager } from '../../src/settings/notification-settings-manager.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { httpParts } from '../support/http-door.js';
import { Spine } from '../support/spine.js';

/** Two processes that answer HTTP, on one database. */
let db: TestDatabase;
let here: HttpParts;
let there: HttpParts;
beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query(`insert into push.workers (id, host, pid, roles, version) values ('door', 'h', 1, '{api}', '0')`);
  [here, there] = [httpParts(db.database), httpParts(db.database)];
  await Promise.all([here.caches.start(), there.caches.start()]);
});
afterAll(async () => {
  await Promise.all([here.caches.stop(), there.caches.stop()]);
  await db.close();
});

const userWith = (userId: string) => ({ userId, claims: { sub: userId, role: 'authenticated' } });
const notify = (userId: string, sendAt: string | null = null) =>
  db.admin.query(`insert into notifications (user_id, type, title, send_at) values ($1, 'reminder', $2, $3)`, [
    userId,
    randomUUID(),
    sendAt,
  ]);

it('counts unread ones from memory, and anew as soon as she reads one, in every process', async () => {
  const user = userWith(randomUUID());
  await notify(user.userId);
  await notify(user.userId);
  const both = async () => [await here.inbox.unreadCount(user), await there.inbox.unreadCount(user)];
  expect([await both(), await both()]).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(here.caches.stats().notifications).toMatchObject({ hits: 1, misses: 1 });
  await here.inbox.markAllRead(user, null);
  expect(await here.inbox.unreadCount(user)).toBe(0);
  await vi.waitFor(async () => expect(await both()).toEqual([0, 0]));
});

it('counts a new one as soon as it was planned', async () => {
  const user = userWith(randomUUID());
  expect([await here.inbox.unreadCount(user), await there.inbox.unreadCount(user)]).toEqual([0, 0]);
  const hints = new CacheHints('notifications', { database: db.database, isRead: () => true, log: silentLogger });
  const spine = await Spine.start({ on: { ...db, close: async () => undefined }, onPlanned: (users) => hints.tell(users) });
  await spine.worker();
  await notify(user.userId);
  await vi.waitFor(async () => expect([await here.inbox.unreadCount(user), await there.inbox.unreadCount(user)]).toEqual([1, 1]));
  await spine.close();
  await hints.close();
});

it('counts one that is scheduled when its time has come, although nobody tells', async () => {
  const user = userWith(randomUUID());
  await notify(user.userId, new Date(Date.now() + 700).toISOString());
  expect(await there.inbox.unreadCount(user)).toBe(0);
  await vi.waitFor(async () => expect(await there.inbox.unreadCount(user)).toBe(1));
});

it('belongs to the claims that it was read with: row level security stays the judge', async () => {
  const user = userWith(randomUUID());
  await notify(user.userId);
  await here.inbox.unreadCount(user);
  const { misses } = here.caches.stats().notifications;
  expect(await here.inbox.unreadCount({ ...user, claims: { ...user.claims, aud: 'another' } })).toBe(1);
  expect(here.caches.stats().notifications.misses).toBe(misses + 1);
});

it('gives settings from memory, and anew as soon as the row changes, here, elsewhere or by SQL', async () => {
  const userId = randomUUID();
  const [mine, theirs] = [here, there].map(({ caches }) => new NotificationSettingsManager(db.database, caches.settings));
  if (mine === undefined || theirs === undefined) throw new Error('two processes');
  const both = async () => [(await mine.getSettings(userId)).pushEnabled, (await theirs.getSettings(userId)).pushEnabled];
  const before = here.caches.stats().settings;
  expect([await both(), await both(), await both()]).toEqual([
    [true, true],
    [true, true],
    [true, true],
  ]);
  const after = here.caches.stats().settings;
  expect({ hits: after.hits - before.hits, misses: after.misses - before.misses }).toEqual({ hits: 2, misses: 1 });
  await mine.updateSettings(userId, { pushEnabled: false });
  expect((await mine.getSettings(userId)).pushEnabled).toBe(false);
  await vi.waitFor(async () => expect(await both()).toEqual([false, false]));
  await db.admin.query('update notification_settings set push_enabled = true where user_id = $1', [userId]);
  await vi.waitFor(async () => expect(await both()).toEqual([true, true]));
  await db.admin.query('delete from notification_settings where user_id = $1', [userId]);
});

it('lists a device that was registered and removed here at once, and elsewhere soon', async () => {
  const userId = randomUUID();
  const states = async (parts: HttpParts) => (await parts.pushTokenManager.list(userId)).map(({ state }) => state);
  const token = `ExponentPushToken[${randomUUID()}]`;
  expect([await states(here), await states(there)]).toEqual([[], []]);
  await here.pushTokenManager.register({ userId, token, platform: 'ios' });
  expect(await states(here)).toEqual(['active']);
  await vi.waitFor(async () => expect(await states(there)).toEqual(['active']));
  await here.pushTokenManager.remove(userId, { token });
  expect(await states(here)).toEqual(['signed_out']);
  await vi.waitFor(async () => expect(await states(there)).toEqual(['signed_out']));
});
