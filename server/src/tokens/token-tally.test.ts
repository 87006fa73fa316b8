import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { countTokens, recountTokens, rollUpTokenTally } from './token-tally.js';

let on: TestDatabase;

beforeAll(async () => {
  on = await testDatabase();
});
afterAll(() => on.close());
beforeEach(async () => {
  await on.admin.query('truncate push_tokens');
});

async function insert(n: number, platform = 'ios'): Promise<void> {
  await on.admin.query(
    `insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id)
     select gen_random_uuid(), $2, '\\x00', uuid_send(gen_random_uuid()), 1 from generate_series(1, $1)`,
    [n, platform],
  );
}

async function counted(): Promise<unknown> {
  return await on.admin.query('select platform, state, count(*) as n from push_tokens group by 1, 2 order by 1, 2');
}

it('counts what was inserted, changed, deleted and truncated', async () => {
  await insert(5);
  await insert(3, 'android');
  await on.admin.query("update push_tokens set is_active = false, state = 'invalid' where platform = 'android'");
  await on.admin.query("update push_tokens set locale = 'ja'");
  await on.admin.query("delete from push_tokens where id in (select id from push_tokens where platform = 'ios' limit 2)");
  expect(await countTokens(on.database)).toEqual([
    { platform: 'android', state: 'invalid', n: 3 },
    { platform: 'ios', state: 'active', n: 3 },
  ]);
  await on.admin.query('truncate push_tokens');
  expect(await countTokens(on.database)).toEqual([]);
});

it('counts what a row becomes that was there already', async () => {
  await insert(1);
  await on.admin.query(
    `insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id) select user_id, 'android', token_ciphertext, token_hash, 1 from push_tokens
     on conflict (token_hash) do update set platform = 'android'`,
  );
  expect(await countTokens(on.database)).toEqual([{ platform: 'android', state: 'active', n: 1 }]);
});

it('forgets what was rolled back', async () => {
  await insert(2);
  const failed = on.admin.transaction(async (tx) => {
    await tx.query('delete from push_tokens');
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await countTokens(on.database)).toEqual([{ platform: 'ios', state: 'active', n: 2 }]);
});

it('keeps few rows, and the same sums while many write and several roll up', async () => {
  const rounds = Array.from({ length: 4 }, async () => {
    for (let i = 0; i < 60; i++) {
      await insert(randomInt(3));
      if (i % 7 === 0) await rollUpTokenTally(on.database);
    }
  });
  await Promise.all(rounds);
  while ((await rollUpTokenTally(on.database)) > 0);
  expect(await countTokens(on.database)).toEqual(await counted());
  const [rows] = await on.admin.query<{ n: number }>('select count(*) as n from push.token_tally');
  expect(rows?.n).toBeLessThanOrEqual(200);
});

it('corrects what was changed past the triggers, once', async () => {
  await insert(4);
  await on.admin.transaction(async (tx) => {
    await tx.query('set local session_replication_role = replica');
    await tx.query("update push_tokens set is_active = false, state = 'invalid'");
  });
  expect(await recountTokens(on.database)).toBe(2);
  expect(await countTokens(on.database)).toEqual(await counted());
  expect(await recountTokens(on.database)).toBe(0);
});
