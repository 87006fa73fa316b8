import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { checkKeys } from './key-canary.js';
import type { LocalKeyring } from './local-keyring.js';
import { openKeyring } from './open-keyring.js';

let db: TestDatabase;
let directory: string;
beforeEach(async () => {
  db = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'todoku-keyring-'));
});
afterEach(async () => {
  await db.close();
  await rm(directory, { recursive: true });
});

const open = (): Promise<LocalKeyring> => openKeyring({ keys: null, dataDirectory: directory, database: db.database, log: silentLogger });
const files = (): Promise<string[]> => readdir(directory);
const path = (): string => join(directory, 'encryption-keys');

it('makes the key file of a new system', async () => {
  const made = await open();
  expect(await files()).toEqual(['encryption-keys']);
  await checkKeys(db.database, made);
  await checkKeys(db.database, await open());
});

it('gives all that start at once the same keys, also when one is ahead of the others', async () => {
  const rings = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const keyring = await open();
      await checkKeys(db.database, keyring);
      return keyring;
    }),
  );
  expect(new Set(rings.map((keyring) => keyring.hash('x').toString('hex'))).size).toBe(1);
});

describe('when the key file is lost', () => {
  const refusal = () => ({ code: 'KEY_UNAVAILABLE', message: expect.stringContaining(path()) });

  it('refuses while the database knows a key, and goes on when the file is back', async () => {
    await checkKeys(db.database, await open());
    await rename(path(), `${path()}.gone`);
    await expect(open()).rejects.toMatchObject(refusal());
    await expect(open()).rejects.toThrow('TODOKU_ENCRYPTION_KEYS');
    expect(await files()).toEqual(['encryption-keys.gone']);
    await rename(`${path()}.gone`, path());
    await checkKeys(db.database, await open());
  });

  it('refuses while there is a token, even when the canaries are gone', async () => {
    await db.admin.query(
      /* sql */ `insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id) values (gen_random_uuid(), 'ios', 'x', 'x', 1)`,
    );
    await expect(open()).rejects.toMatchObject(refusal());
    expect(await files()).toEqual([]);
  });
});
