import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { checkKeys } from './key-canary.js';
import { LocalKeyring } from './local-keyring.js';

const secret = (): KeyObject => createSecretKey(randomBytes(32));
const index = secret();
const [one, two] = [
  { id: 1, secret: secret() },
  { id: 2, secret: secret() },
];
const ring = (keys = [one], indexKey: KeyObject | null = index): LocalKeyring => new LocalKeyring({ keys, indexKey });

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase();
});
afterEach(() => db.close());

async function store(keyring: LocalKeyring): Promise<void> {
  const [id, token] = [randomUUID(), `ExponentPushToken[${randomUUID()}]`];
  await db.database.query(
    /* sql */ `
insert into public.push_tokens (id, user_id, platform, token_ciphertext, token_hash, key_id) values ($1, gen_random_uuid(), 'ios', $2, $3, $4)`,
    [id, keyring.encrypt(token, id), keyring.hash(token), keyring.primaryKeyId],
  );
}

const registered = async (): Promise<number[]> =>
  (await db.database.query<{ id: number }>(/* sql */ 'select key_id as id from push.encryption_keys order by 1')).map(({ id }) => id);

it('registers the keys of a new database, and then knows them', async () => {
  await checkKeys(db.database, ring());
  expect(await registered()).toEqual([0, 1]);
  await store(ring());
  await checkKeys(db.database, ring());
  await checkKeys(db.database, ring([two, one]));
  expect(await registered()).toEqual([0, 1, 2]);
});

it('stores no key', async () => {
  await checkKeys(db.database, ring());
  const [row] = await db.database.query<{ all: string }>(/* sql */ 'select string_agg(k::text, $$ $$) as all from push.encryption_keys k');
  for (const key of [one.secret, index]) expect(row?.all).not.toContain(key.export().toString('hex'));
});

it.each<[string, () => LocalKeyring, string]>([
  ['another key under a known id', () => ring([{ id: 1, secret: secret() }]), 'Encryption key 1 is not the key'],
  ['another index key', () => ring([one], secret()), 'The index key is not the one'],
  ['no index key, where there was one', () => ring([one], null), 'The index key is not the one'],
  ['a ring without a key that tokens need', () => ring([two]), 'Encryption key 1 is not in the keyring'],
])('refuses %s, names it, and registers nothing', async (_, wrong, message) => {
  await checkKeys(db.database, ring());
  await store(ring());
  await expect(checkKeys(db.database, wrong())).rejects.toMatchObject({
    code: 'KEY_UNAVAILABLE',
    message: expect.stringContaining(message),
  });
  expect(await registered()).toEqual([0, 1]);
});

it('names everything that is wrong at once', async () => {
  await checkKeys(db.database, ring([one, two]));
  await store(ring([two]));
  await expect(checkKeys(db.database, ring([{ id: 1, secret: secret() }], secret()))).rejects.toThrow(
    /^Encryption key 1 is not .* The index key is not .* Encryption key 2 is not in the keyring.*\.$/,
  );
});

it('lets a key go that no token needs', async () => {
  await checkKeys(db.database, ring([two, one]));
  await store(ring([two]));
  await checkKeys(db.database, ring([two]));
});

it('finds wrong keys also for tokens that were restored without their canaries', async () => {
  await store(ring());
  await expect(checkKeys(db.database, ring([{ id: 1, secret: secret() }]))).rejects.toThrow('Encryption key 1 is not the key');
  await expect(checkKeys(db.database, ring([one], secret()))).rejects.toThrow('The index key is not the one');
  await expect(checkKeys(db.database, ring([two]))).rejects.toThrow('Encryption key 1 is not in the keyring');
  expect(await registered()).toEqual([]);
  await checkKeys(db.database, ring());
});

it('lets one of several processes win that bring different keys under one id', async () => {
  const rings = Array.from({ length: 5 }, () => ring([{ id: 1, secret: secret() }]));
  const answers = await Promise.allSettled(rings.map((keyring) => checkKeys(db.database, keyring)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
