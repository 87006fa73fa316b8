import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine, type TestUser } from '../../test/support/spine.js';
import { silentLogger } from '../logging/logger.js';
import { PushTokenManager } from './push-token-manager.js';

let spine: Spine;
let tokens: PushTokenManager;
let users: TestUser[];
const by = { actor: 'op', reason: 'a test' };

beforeAll(async () => {
  spine = await Spine.start();
  tokens = new PushTokenManager({ database: spine.database, keyring: spine.keyring, providers: [spine.provider()], log: silentLogger });
  users = await spine.users(6);
  const states = ['active', 'active', 'quarantined', 'invalid', 'invalid', 'signed_out'];
  for (const [i, { tokenIds }] of users.entries()) {
    await spine.admin.query(
      'update push_tokens set state = $2, is_active = ($2 = $3), state_at = now() - make_interval(days => $4) where id = $1',
      [tokenIds[0], states[i], 'active', i === 4 ? 1 : 30],
    );
  }
  await spine.admin.query('alter table push_tokens disable trigger push_tokens_updated_at');
  await spine.admin.query('update push_tokens set updated_at = state_at');
  await spine.admin.query('alter table push_tokens enable trigger push_tokens_updated_at');
});
afterAll(async () => {
  await spine.close();
});

const states = async (): Promise<string[]> =>
  (await spine.admin.query<{ state: string }>('select state from push_tokens order by state')).map(({ state }) => state);

test('devices are asked to register again, and the registration takes the mark away', async () => {
  const [user] = users;
  expect(await tokens.askToReregister({ userId: user?.id ?? '' }, by)).toBe(1);
  expect(await tokens.askToReregister({ userId: user?.id ?? '' }, by)).toBe(0);
  expect((await tokens.list(user?.id ?? ''))[0]?.registerAgainAt).toBeInstanceOf(Date);
  await tokens.register({ userId: user?.id ?? '', token: user?.tokens[0] ?? '', platform: 'ios' });
  expect((await tokens.list(user?.id ?? ''))[0]?.registerAgainAt).toBeNull();
  expect(await tokens.askToReregister({ states: ['quarantined', 'invalid'] }, by)).toBe(3);
});

test('what is over for good is deleted after its days; quarantined tokens can still come back', async () => {
  await spine.admin.query('alter table push_tokens disable trigger push_tokens_updated_at');
  await spine.admin.query('update push_tokens set updated_at = state_at');
  await spine.admin.query('alter table push_tokens enable trigger push_tokens_updated_at');
  expect(await tokens.removeInvalidTokens({ by })).toBe(2);
  expect(await states()).toEqual(['active', 'active', 'invalid', 'quarantined']);
  expect(await tokens.removeInvalidTokens({ by })).toBe(0);
  expect(await spine.admin.query("select actor, reason from push.audit where action = 'tokens.remove_invalid'")).toEqual([by]);
});

test('validation tells of tokens that were not registered for long', async () => {
  await spine.admin.query("update push_tokens set registered_at = now() - interval '100 days' where id = $1", [users[1]?.tokenIds[0]]);
  expect(await tokens.validateAllTokens()).toMatchObject({ checked: 4, problemCount: 0, stale: 1 });
});
