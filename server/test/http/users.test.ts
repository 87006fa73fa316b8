import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';

let db: TestDatabase;
let door: HttpDoor;
let userId: string;
let phone: string;

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
});
afterAll(async () => {
  await door.close();
  await db.close();
});
beforeEach(async () => {
  userId = randomUUID();
  phone = await door.signIn(userId);
});

describe('inbox', () => {
  async function notify(count: number): Promise<string[]> {
    const notifications = Array.from({ length: count }, (_, i) => ({ userId, type: 'message', title: `Nr ${i}`, data: { i } }));
    const { body } = await door.post('/v1/notifications', door.keys.send, { notifications });
    return (body as { results: { id: string }[] }).results.map(({ id }) => id);
  }

  const unread = async (): Promise<unknown> => (await door.get('/v1/inbox/unread-count', phone)).body;

  it('is read page by page', async () => {
    await notify(5);
    const first = (await door.get('/v1/inbox?limit=3', phone)).body as { items: { title: string }[]; nextCursor: string };
    const second = (await door.get(`/v1/inbox?limit=3&cursor=${first.nextCursor}`, phone)).body as typeof first;
    expect(new Set([...first.items, ...second.items].map(({ title }) => title)).size).toBe(5);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({ type: 'message', data: { i: expect.any(Number) }, isRead: false });
  });

  it('is marked as read by one, by some, and as a whole', async () => {
    const [one = '', two = '', three = ''] = await notify(5);
    expect((await door.post(`/v1/inbox/${one}/read`, phone)).status).toBe(204);
    expect((await door.post(`/v1/inbox/${one}/read`, phone)).status).toBe(204);
    expect((await door.post('/v1/inbox/read', phone, { ids: [one, two, randomUUID()] })).body).toEqual({ marked: 1 });
    expect((await door.post(`/v1/inbox/${three}/opened`, phone)).status).toBe(204);
    expect(await unread()).toEqual({ unread: 2 });
    expect((await door.get('/v1/inbox?unread=true', phone)).body).toMatchObject({ items: [{}, {}] });
    expect((await door.post('/v1/inbox/read', phone, { all: true, until: '2020-01-01T00:00:00Z' })).body).toEqual({ marked: 0 });
    expect((await door.post('/v1/inbox/read', phone, { all: true })).body).toEqual({ marked: 2 });
    expect(await unread()).toEqual({ unread: 0 });
  });

  it("is nobody else's", async () => {
    const [id = ''] = await notify(1);
    const other = await door.signIn();
    expect((await door.get('/v1/inbox', other)).body).toEqual({ items: [], nextCursor: null });
    expect((await door.post(`/v1/inbox/${id}/read`, other)).status).toBe(404);
    expect((await door.post(`/v1/inbox/${id}/opened`, other)).status).toBe(404);
    expect((await door.post('/v1/inbox/read', other, { ids: [id] })).body).toEqual({ marked: 0 });
    expect(await unread()).toEqual({ unread: 1 });
  });
});

describe('push tokens', () => {
  const token = (): string => `ExponentPushToken[${randomUUID()}]`;

  it('are registered, listed without the token, and signed out, by the user and by the back end', async () => {
    const mine = token();
    const first = await door.post('/v1/push-tokens', phone, { token: mine, platform: 'ios', deviceId: 'd1', locale: 'ja-JP' });
    expect(first).toMatchObject({ status: 201, body: { tokenId: expect.any(String), moved: false } });
    expect((await door.post('/v1/push-tokens', phone, { token: mine, platform: 'ios' })).body).toEqual(first.body);
    await door.post('/v1/push-tokens', door.keys.send, { userId, token: token(), platform: 'android' });

    const listed = await door.get('/v1/push-tokens', phone);
    expect(listed.body).toMatchObject({
      tokens: [{ platform: 'android' }, { platform: 'ios', state: 'active', deviceId: 'd1', masked: expect.stringContaining('…') }],
    });
    expect(JSON.stringify(listed.body)).not.toContain(mine);
    expect((await door.get(`/v1/push-tokens?userId=${userId.toUpperCase()}`, door.keys.send)).body).toEqual(listed.body);

    expect((await door.call('DELETE', '/v1/push-tokens', { as: phone, body: { token: mine } })).status).toBe(204);
    const { tokenId } = (listed.body as { tokens: { tokenId: string }[] }).tokens[0] ?? { tokenId: '' };
    expect((await door.call('DELETE', `/v1/push-tokens/${tokenId}?userId=${userId}`, { as: door.keys.send })).status).toBe(204);
    expect((await door.get('/v1/push-tokens', phone)).body).toMatchObject({ tokens: [{ state: 'signed_out' }, { state: 'signed_out' }] });
  });

  it('move to whom registers them last', async () => {
    const shared = token();
    await door.post('/v1/push-tokens', phone, { token: shared, platform: 'ios' });
    const next = await door.signIn();
    expect((await door.post('/v1/push-tokens', next, { token: shared, platform: 'ios' })).body).toMatchObject({ moved: true });
    expect((await door.get('/v1/push-tokens', phone)).body).toEqual({ tokens: [] });
    expect((await door.call('DELETE', '/v1/push-tokens', { as: phone, body: { token: shared } })).status).toBe(404);
  });

  it('come back from quarantine when an operator says so', async () => {
    const { tokenId } = (await door.post('/v1/push-tokens', phone, { token: token(), platform: 'ios' })).body as { tokenId: string };
    await db.admin.query(
      "update push_tokens set state = 'quarantined', is_active = false, state_reason = 'DeviceNotRegistered', state_at = clock_timestamp() where id = $1",
      [tokenId],
    );
    expect((await door.get('/v1/push-tokens/quarantine?limit=5', door.keys.operate)).body).toMatchObject({
      tokens: [{ tokenId, reason: 'DeviceNotRegistered' }],
    });
    const since = new Date(Date.now() - 60_000).toISOString();
    expect(
      (await door.post('/v1/push-tokens/quarantine/undo', door.keys.operate, { since, projectId: 1, reason: 'it was Expo' })).body,
    ).toEqual({ tokens: 1 });
    expect((await door.get('/v1/push-tokens', phone)).body).toMatchObject({ tokens: [{ tokenId, state: 'active' }] });
    expect((await door.post('/v1/projects/1/unfreeze', door.keys.operate, { reason: 'all is well' })).body).toEqual({ unfrozen: false });
  });
});

describe('settings', () => {
  const defaults = { pushEnabled: true, timezone: null, quietHours: { enabled: false, start: '22:00', end: '07:00' }, types: {} };

  it('are changed in part and replaced, by the user and by the back end', async () => {
    expect((await door.get('/v1/settings', phone)).body).toEqual(defaults);
    const patched = await door.call('PATCH', '/v1/settings', {
      as: phone,
      body: { timezone: 'Europe/Berlin', quietHours: { enabled: true }, types: { news: { enabled: false } } },
    });
    expect(patched.body).toEqual({
      ...defaults,
      timezone: 'Europe/Berlin',
      quietHours: { ...defaults.quietHours, enabled: true },
      types: { news: { enabled: false } },
    });
    expect((await door.get(`/v1/users/${userId}/settings`, door.keys.send)).body).toEqual(patched.body);

    const wanted = { ...defaults, pushEnabled: false, types: { chat: { enabled: false } } };
    const replaced = await door.call('PUT', '/v1/settings', { as: phone, body: wanted });
    expect(replaced.body).toEqual({ ...wanted, types: { news: { enabled: true }, chat: { enabled: false } } });
    await door.call('PATCH', `/v1/users/${userId}/settings`, { as: door.keys.send, body: { pushEnabled: true } });
    expect((await door.get('/v1/settings', phone)).body).toMatchObject({ pushEnabled: true, types: { chat: { enabled: false } } });
    expect((await door.call('PUT', `/v1/users/${userId}/settings`, { as: door.keys.send, body: defaults })).body).toMatchObject({
      pushEnabled: true,
      types: { chat: { enabled: true } },
    });
    expect((await door.get('/v1/settings', await door.signIn())).body).toEqual(defaults);
  });
});
