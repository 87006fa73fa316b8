import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Database } from '../database/database.js';
import { silentLogger } from '../logging/logger.js';
import { mintApiKey } from './api-key-text.js';
import { ApiKeys, hasScope } from './api-keys.js';
import { listAudit } from './audit.js';

let db: TestDatabase;
let elapsed = 0;
const clock = { now: () => new Date(Date.now() + elapsed), monotonic: () => elapsed };
const by = { actor: 'cli:ops', reason: 'a test' };
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(() => {
  elapsed = 0;
});

const apiKeys = (database: Database = db.database): ApiKeys => new ApiKeys({ database, clock, log: silentLogger });

/** Counts the look-ups of keys. */
function counting(): { database: Database; lookups: () => number } {
  let lookups = 0;
  const query: Database['query'] = (sql, params) => {
    if (String(sql).includes('as "secretHash"')) lookups += 1;
    return db.database.query(sql, params);
  };
  return { database: { ...db.database, query }, lookups: () => lookups };
}

it('issues a key that it then knows, with its scopes, and stores no secret', async () => {
  const keys = apiKeys();
  const { id, text } = await keys.create({ name: 'app', scopes: ['send', 'send', 'operate'] }, by);
  expect(await keys.verify(text)).toEqual({ keyId: id, name: 'app', scopes: ['send', 'operate'] });
  const [row] = await db.database.query(/* sql */ 'select k::text as stored from push.api_keys k where id = $1', [id]);
  expect(JSON.stringify(row)).not.toContain(text.split('_')[2]?.slice(0, 12));
  expect(await listAudit(db.database, { action: 'keys.create' })).toEqual([
    expect.objectContaining({
      actor: 'cli:ops',
      target: `key:${id}`,
      details: { name: 'app', scopes: ['send', 'send', 'operate'], expiresAt: null },
    }),
  ]);
});

it('answers the same to a wrong secret, an unknown id and noise', async () => {
  const keys = apiKeys();
  const { id, text } = await keys.create({ name: 'app', scopes: ['send'] }, by);
  await db.database.query(/* sql */ 'update push.api_keys set secret_hash = $1 where id = $2', [randomBytes(32), id]);
  for (const wrong of [text, mintApiKey().text, 'noise', '']) expect(await keys.verify(wrong)).toBeNull();
});

it('lists keys without anything that opens a door', async () => {
  const keys = apiKeys();
  const { id } = await keys.create({ name: 'listed', scopes: ['operate'] }, by);
  expect((await keys.list()).find((key) => key.id === id)).toEqual({
    id,
    name: 'listed',
    scopes: ['operate'],
    createdBy: 'cli:ops',
    createdAt: expect.any(Date),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  });
});

it('refuses a revoked key at once here, and elsewhere within five seconds', async () => {
  const [here, elsewhere] = [apiKeys(), apiKeys()];
  const { id, text } = await here.create({ name: 'leaked', scopes: ['admin'] }, by);
  expect(await here.verify(text)).not.toBeNull();
  expect(await elsewhere.verify(text)).not.toBeNull();
  expect(await here.revoke(id, by)).toBe(true);
  expect(await here.verify(text)).toBeNull();
  elapsed = 5_000;
  expect(await elsewhere.verify(text)).toBeNull();
  expect(await listAudit(db.database, { action: 'keys.revoke' })).toHaveLength(1);
});

it('revokes once, and says when there is no such key', async () => {
  const keys = apiKeys();
  const { id } = await keys.create({ name: 'twice', scopes: ['send'] }, by);
  expect([await keys.revoke(id, by), await keys.revoke(id, by)]).toEqual([true, false]);
  await expect(keys.revoke('nobody', by)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('refuses a key from its expiry on, even a remembered one', async () => {
  const keys = apiKeys();
  const { text } = await keys.create({ name: 'short', scopes: ['send'], expiresAt: new Date(Date.now() + 60_000) }, by);
  expect(await keys.verify(text)).not.toBeNull();
  elapsed = 60_000;
  expect(await keys.verify(text)).toBeNull();
});

it('lets two keys of one app live side by side, so that one can take over', async () => {
  const keys = apiKeys();
  const [old, next] = [await keys.create({ name: 'app', scopes: ['send'] }, by), await keys.create({ name: 'app', scopes: ['send'] }, by)];
  expect(await keys.verify(next.text)).not.toBeNull();
  await keys.revoke(old.id, by);
  expect(await keys.verify(next.text)).not.toBeNull();
});

it('looks a key up once in five seconds, known or not, however many ask at once', async () => {
  const { database, lookups } = counting();
  const keys = apiKeys(database);
  const { text } = await keys.create({ name: 'busy', scopes: ['send'] }, by);
  await Promise.all(Array.from({ length: 20 }, () => keys.verify(text)));
  expect(lookups()).toBe(1);
  const stranger = mintApiKey().text;
  for (let i = 0; i < 5; i += 1) await keys.verify(stranger);
  expect(lookups()).toBe(2);
  elapsed = 5_000;
  await keys.verify(text);
  expect(lookups()).toBe(3);
});

it('does not take silence of the database for leave, and asks again afterwards', async () => {
  const { text } = await apiKeys().create({ name: 'patient', scopes: ['send'] }, by);
  let down = true;
  const query: Database['query'] = (...asked) => (down ? Promise.reject(new Error('away')) : db.database.query(...asked));
  const keys = apiKeys({ ...db.database, query });
  await expect(keys.verify(text)).rejects.toThrow('away');
  down = false;
  expect(await keys.verify(text)).not.toBeNull();
});

it('notes the use of a key once a minute, beside the request', async () => {
  const keys = apiKeys();
  const { id, text } = await keys.create({ name: 'used', scopes: ['send'] }, by);
  await keys.verify(text);
  await vi.waitFor(async () => {
    expect((await keys.list()).find((key) => key.id === id)?.lastUsedAt).toBeInstanceOf(Date);
  });
});

it('gives admin every scope and the others only themselves', () => {
  const caller = (...scopes: ('send' | 'operate' | 'admin')[]) => ({ keyId: 'k', name: 'k', scopes });
  expect(hasScope(caller('admin'), 'send') && hasScope(caller('admin'), 'operate')).toBe(true);
  expect(hasScope(caller('operate'), 'send') || hasScope(caller('operate'), 'admin')).toBe(false);
  expect(hasScope(caller('send'), 'operate') || hasScope(caller('send'), 'admin')).toBe(false);
});
