import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { listAudit } from '../security/audit.js';
import { LocalKeyring } from '../security/local-keyring.js';
import { PushTokenManager } from './push-token-manager.js';
import { adoptedOwner } from './token-owner.js';
import type { Registration } from './token-registration.js';

const secret = () => createSecretKey(randomBytes(32));
const indexKey = secret();
const [one, two] = [
  { id: 1, secret: secret() },
  { id: 2, secret: secret() },
];
const keyring = new LocalKeyring({ keys: [one], indexKey });
const expo = { name: 'expo', isToken: (token: string) => /^Expo(nent)?PushToken\[.+\]$/.test(token) };

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query(/* sql */ `insert into push.projects (provider, name) values ('expo', 'second')`);
});
afterAll(() => db.close());

const manager = (ring = keyring): PushTokenManager =>
  new PushTokenManager({ database: db.database, keyring: ring, providers: [expo], log: silentLogger });
const newToken = (): string => `ExponentPushToken[${randomBytes(16).toString('hex')}]`;
const registration = (more: Partial<Registration> = {}): Registration => ({
  userId: randomUUID(),
  token: newToken(),
  platform: 'ios',
  ...more,
});

interface Row {
  id: string;
  user_id: string;
  state: string;
  is_active: boolean;
  project_id: number;
  key_id: number;
  token_ciphertext: Buffer;
  registered_at: Date;
}

async function rowsOf(token: string): Promise<Row[]> {
  return await db.database.query<Row>(/* sql */ 'select * from public.push_tokens where token_hash = $1', [keyring.hash(token)]);
}

async function rowOf(token: string): Promise<Row> {
  const [row, ...more] = await rowsOf(token);
  if (row === undefined || more.length > 0) throw new Error('not exactly one row');
  return row;
}

const activeOf = async (userId: string): Promise<string[]> =>
  (await manager().list(userId)).filter(({ state }) => state === 'active').map(({ tokenId }) => tokenId);

it('keeps the latest devices of a user, and signs the oldest out', async () => {
  const userId = randomUUID();
  const made: string[] = [];
  const devices = Array.from({ length: 22 }, () => registration({ userId }));
  for (const device of devices) made.push((await manager().register(device)).tokenId);
  expect(await activeOf(userId)).toEqual(made.slice(2).toReversed());
  const [second] = (await manager().list(userId)).slice(-2);
  expect(second).toMatchObject({ tokenId: made[1], state: 'signed_out', stateReason: 'DEVICE_LIMIT' });
  // Registering again is what counts, not the first time.
  await manager().register(devices[2] ?? registration());
  await manager().register(devices[0] ?? registration());
  expect(await activeOf(userId)).toEqual([made[0], made[2], ...made.slice(4).toReversed()]);
});

it('keeps the limit also when devices register at the same moment', async () => {
  const userId = randomUUID();
  await Promise.all(Array.from({ length: 60 }, () => manager().register(registration({ userId }))));
  expect(await activeOf(userId)).toHaveLength(20);
});

it('stores a device, encrypted and bound to its row', async () => {
  const device = registration({ deviceId: 'phone', appVersion: '1.2.3', locale: 'ja-JP' });
  const { tokenId, moved } = await manager().register(device);
  expect(moved).toBe(false);
  const row = await rowOf(device.token);
  expect(row).toMatchObject({ id: tokenId, user_id: device.userId, state: 'active', is_active: true, project_id: 1, key_id: 1 });
  expect(keyring.decrypt(row.token_ciphertext, tokenId)).toBe(device.token);
  expect(await manager().list(device.userId)).toEqual([
    {
      tokenId,
      userId: device.userId,
      provider: 'expo',
      project: 'default',
      platform: 'ios',
      state: 'active',
      stateReason: null,
      stateAt: expect.any(Date),
      deviceId: 'phone',
      appVersion: '1.2.3',
      locale: 'ja-JP',
      registerAgainAt: null,
      registeredAt: expect.any(Date),
      createdAt: expect.any(Date),
      masked: `ExponentPushToken[…${device.token.slice(-5, -1)}]`,
    },
  ]);
});

it('keeps one row, and its id, however often and by whomever a token is registered at once', async () => {
  const token = newToken();
  const users = [randomUUID(), randomUUID(), randomUUID()];
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => manager().register(registration({ token, userId: users[i % 3] ?? '' }))),
  );
  const row = await rowOf(token);
  expect(new Set(answers.map(({ tokenId }) => tokenId))).toEqual(new Set([row.id]));
  expect(users).toContain(row.user_id);
  expect(keyring.decrypt(row.token_ciphertext, row.id)).toBe(token);
});

it('gives a device to whoever registered it last, and says that it moved', async () => {
  const token = newToken();
  const [ann, ben] = [randomUUID(), randomUUID()];
  const first = await manager().register(registration({ token, userId: ann }));
  expect(await manager().register(registration({ token, userId: ann }))).toEqual({ tokenId: first.tokenId, moved: false });
  expect(await manager().register(registration({ token, userId: ben }))).toEqual({ tokenId: first.tokenId, moved: true });
  expect(await manager().list(ann)).toEqual([]);
  expect(await manager().list(ben)).toHaveLength(1);
  expect(await manager().register(registration({ token, userId: ann.toUpperCase() }))).toMatchObject({ moved: true });
  expect(await manager().list(ann)).toHaveLength(1);
});

it.each(['quarantined', 'signed_out', 'invalid'])('makes a %s token active again', async (state) => {
  const device = registration();
  await manager().register(device);
  await db.database.query(
    /* sql */ 'update public.push_tokens set state = $1, is_active = false, state_reason = $2 where token_hash = $3',
    [state, 'DeviceNotRegistered', keyring.hash(device.token)],
  );
  await manager().register(device);
  expect(await rowOf(device.token)).toMatchObject({ state: 'active', is_active: true, state_reason: null });
});

it('keeps what a later registration leaves out', async () => {
  const device = registration({ deviceId: 'phone', locale: 'ja', project: 'second' });
  await manager().register(device);
  await manager().register({ userId: device.userId, token: device.token, platform: 'ios', locale: 'en' });
  expect(await manager().list(device.userId)).toMatchObject([{ deviceId: 'phone', locale: 'en', project: 'second' }]);
  await manager().register({ ...device, project: 'default' });
  expect(await manager().list(device.userId)).toMatchObject([{ project: 'default' }]);
});

it('moves a token to the primary key, and mends a broken ciphertext, when it is registered again', async () => {
  const device = registration();
  const { tokenId } = await manager().register(device);
  const rotated = new LocalKeyring({ keys: [two, one], indexKey });
  await manager(rotated).register(device);
  const row = await rowOf(device.token);
  expect(row.key_id).toBe(2);
  expect(rotated.decrypt(row.token_ciphertext, tokenId)).toBe(device.token);

  await db.database.query(/* sql */ 'update public.push_tokens set token_ciphertext = $1 where id = $2', [Buffer.alloc(80, 1), tokenId]);
  expect(await manager(rotated).list(device.userId)).toMatchObject([{ masked: null }]);
  await manager(rotated).register(device);
  expect(rotated.decrypt((await rowOf(device.token)).token_ciphertext, tokenId)).toBe(device.token);
});

it.each<[string, Record<string, unknown>]>([
  ['userId', { userId: "1' or '1'='1" }],
  ['userId', { userId: undefined }],
  ['token', { token: 'abc' }],
  ['token', { token: '' }],
  ['token', { token: `ExponentPushToken[${'x'.repeat(5_000)}]` }],
  ['token', { token: 'ExponentPushToken[a\u0000b]' }],
  ['token', { token: 'ExponentPushToken[\ud800]' }],
  ['token', { token: ['ExponentPushToken[x]'] }],
  ['platform', { platform: 'windows' }],
  ['deviceId', { deviceId: 'a\u0000' }],
  ['deviceId', { deviceId: 'x'.repeat(201) }],
  ['locale', { locale: '' }],
  ['project', { project: 'nowhere' }],
  ['isAdmin', { isAdmin: true }],
])('refuses a wrong %s, and stores nothing: %#', async (path, wrong) => {
  const device = { ...registration(), ...wrong } as Registration;
  await expect(manager().register(device)).rejects.toMatchObject({ code: 'INVALID_INPUT', path });
  expect(await rowsOf(String(device.token))).toEqual([]);
});

it('signs a device out for its own user only', async () => {
  const device = registration();
  const { tokenId } = await manager().register(device);
  expect(await manager().remove(randomUUID(), { token: device.token })).toBe(false);
  expect(await manager().remove(randomUUID(), { tokenId })).toBe(false);
  expect((await rowOf(device.token)).state).toBe('active');
  expect(await manager().remove(device.userId, { token: device.token })).toBe(true);
  expect(await rowOf(device.token)).toMatchObject({ state: 'signed_out', is_active: false });
  expect(await manager().getTokenForUser(device.userId)).toEqual([]);
  await manager().register(device);
  expect(await manager().remove(device.userId, { tokenId })).toBe(true);
  expect((await rowOf(device.token)).state).toBe('signed_out');
});

it('does not sign the old user out of a device that has moved on', async () => {
  const device = registration();
  await manager().register(device);
  await manager().register({ ...device, userId: randomUUID() });
  expect(await manager().remove(device.userId, { token: device.token })).toBe(false);
  expect((await rowOf(device.token)).state).toBe('active');
});

it('shows tokens in plain text only when asked with a name and a reason, and remembers that', async () => {
  const device = registration();
  const { tokenId } = await manager().register(device);
  expect(JSON.stringify(await manager().getTokenForUser(device.userId))).not.toContain(device.token);
  const revealed = await manager().getTokenForUser(device.userId, { actor: 'cli:ops', reason: 'support case' });
  expect(revealed).toMatchObject([{ tokenId, token: device.token }]);
  expect(await listAudit(db.database, { action: 'tokens.reveal' })).toMatchObject([
    { actor: 'cli:ops', target: `user:${device.userId}`, reason: 'support case', details: { tokens: [tokenId] } },
  ]);
});

it('adopts a token that nobody registered, once, and gives it away at its registration', async () => {
  const token = newToken();
  const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => manager().findOrAdopt(token)));
  expect(first).toEqual({
    tokenId: (await rowOf(token)).id,
    userId: adoptedOwner(keyring.hash(token)),
    projectId: 1,
    platform: 'unknown',
    state: 'active',
  });
  for (const other of others) expect(other).toEqual(first);
  const user = randomUUID();
  expect(await manager().register(registration({ token, userId: user }))).toEqual({ tokenId: first?.tokenId, moved: true });
  expect(await manager().findOrAdopt(token)).toMatchObject({ userId: user, platform: 'ios' });
});

it('adopts many at once, in their order, and none that no provider knows', async () => {
  const device = registration();
  const { tokenId } = await manager().register(device);
  const fresh = newToken();
  const found = await manager().findOrAdoptAll([fresh, 'abc', device.token, fresh, '']);
  expect(found).toEqual([
    expect.objectContaining({ userId: adoptedOwner(keyring.hash(fresh)) }),
    null,
    expect.objectContaining({ tokenId, userId: device.userId }),
    found[0],
    null,
  ]);
  await expect(manager().findOrAdopt('abc')).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'token' });
});

it('says so when an addressed token is signed out', async () => {
  const device = registration();
  await manager().register(device);
  await manager().remove(device.userId, { token: device.token });
  expect(await manager().findOrAdopt(device.token)).toMatchObject({ userId: device.userId, state: 'signed_out' });
});

it('makes owners of adopted tokens that are user ids, and no one else', () => {
  expect(adoptedOwner(keyring.hash('a'))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(adoptedOwner(keyring.hash('a'))).not.toBe(adoptedOwner(keyring.hash('b')));
});

it('finds active tokens that cannot be sent to, and touches none', async () => {
  const before = await manager().validateAllTokens();
  const [good, broken, foreign] = [registration(), registration(), registration()];
  for (const device of [good, broken]) await manager().register(device);
  await db.database.query(/* sql */ 'update public.push_tokens set token_ciphertext = token_ciphertext || $1 where token_hash = $2', [
    Buffer.from('x'),
    keyring.hash(broken.token),
  ]);
  const other = new LocalKeyring({ keys: [{ id: 7, secret: secret() }], indexKey });
  await manager(other).register(foreign);
  const after = await manager().validateAllTokens();
  expect(after.checked).toBe(before.checked + 3);
  expect(after.states.active).toBe((before.states.active ?? 0) + 3);
  const ids = Object.fromEntries(after.problems.map(({ tokenId, code }) => [tokenId, code]));
  expect(ids).toMatchObject({
    [(await rowOf(broken.token)).id]: 'CIPHERTEXT_INVALID',
    [(await rowOf(foreign.token)).id]: 'KEY_UNAVAILABLE',
  });
  expect(ids).not.toHaveProperty((await rowOf(good.token)).id);
  expect(after.problemCount).toBe(after.problems.length);
});
