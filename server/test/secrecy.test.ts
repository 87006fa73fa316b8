import { randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock/clock.js';
import type { Queryable } from '../src/database/database.js';
import { createLogger } from '../src/logging/create-logger.js';
import { ApiKeys } from '../src/security/api-keys.js';
import { recordAct } from '../src/security/audit.js';
import { checkKeys } from '../src/security/key-canary.js';
import { LocalKeyring } from '../src/security/local-keyring.js';
import { PushTokenManager } from '../src/tokens/push-token-manager.js';
import { Quarantine } from '../src/tokens/quarantine.js';
import { Spine } from './support/spine.js';

/** What must be found nowhere: written into every token and key of this test. */
const secrets: string[] = [];
const lines: string[] = [];
const errors: unknown[] = [];
const { logger } = createLogger({
  level: 'trace',
  instance: 'test',
  pretty: false,
  destination: { write: (line) => void lines.push(line) },
});

function newToken(): string {
  const secret = randomBytes(12).toString('hex');
  secrets.push(secret);
  return `ExponentPushToken[${secret}]`;
}

/** A secret as it is, and as it looks after the usual ways of writing it. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // The inside of a longer base64 text, whichever of the three offsets it starts at.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, bytes.toString('hex'), ...base64];
}

function found(text: string): string[] {
  return secrets.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
}

/** Every row of every table that is ours, as text. */
async function everythingStored(admin: Queryable): Promise<Map<string, string>> {
  const tables = await admin.query<{ name: string }>(
    /* sql */ `
select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
  );
  const stored = new Map<string, string>();
  for (const { name } of tables) {
    const rows = await admin.query<{ line: string }>(`select t::text as line from ${name} t`);
    stored.set(name, rows.map(({ line }) => line).join('\n'));
  }
  return stored;
}

let spine: Spine;
beforeAll(async () => {
  spine = await Spine.start({ log: logger, quarantine: (database) => new Quarantine(database, logger) });
});
afterAll(() => spine.close());

const failing = async (work: Promise<unknown>): Promise<void> => {
  errors.push(
    await work.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
};

it('lets no token and no key out, into tables, logs or errors', async () => {
  const { keyring, database, admin } = spine;
  if (!(keyring instanceof LocalKeyring)) throw new Error('not the real keyring');
  await checkKeys(database, keyring);
  const provider = spine.provider();
  const manager = new PushTokenManager({ database, keyring, providers: [provider], log: logger });
  await spine.worker();

  // A device that works, one that is dead at its ticket, one at its receipt, one of another project, one that broke.
  const user = randomUUID();
  const [works, deadAtTicket, deadAtReceipt, elsewhere, broken] = [newToken(), newToken(), newToken(), newToken(), newToken()];
  for (const token of [works, deadAtTicket, deadAtReceipt, elsewhere, broken])
    await manager.register({ userId: user, token, platform: 'ios' });
  await manager.register({ userId: user, token: works, platform: 'ios' });
  spine.simulator.control.setToken(deadAtTicket, { behaviour: 'dead_at_ticket' });
  spine.simulator.control.setToken(deadAtReceipt, { behaviour: 'dead_at_receipt' });
  spine.simulator.control.setToken(elsewhere, { project: '@owner/elsewhere' });
  await admin.query("update public.push_tokens set token_ciphertext = token_ciphertext || 'x' where token_hash = $1", [
    keyring.hash(broken),
  ]);
  await spine.notify(user);
  await spine.settles();
  await vi.waitFor(async () => expect(await manager.quarantine.list()).toHaveLength(2));

  const adopted = newToken();
  await manager.findOrAdopt(adopted);
  await manager.remove(user, { token: works });
  await manager.getTokenForUser(user, { actor: 'cli:ops', reason: `asked for ${works}` });
  await manager.validateAllTokens();
  await recordAct(database, {
    actor: 'cli:ops',
    action: 'policy.change',
    target: works,
    reason: adopted,
    details: { devices: [{ token: works }] },
  });

  const keys = new ApiKeys({ database, clock: systemClock, log: logger });
  const key = await keys.create({ name: 'app', scopes: ['send'] }, { actor: 'cli:ops', reason: 'test' });
  secrets.push(key.text.slice('td_'.length + 13));
  await keys.verify(key.text);
  await keys.revoke(key.id, { actor: 'cli:ops', reason: `leaked ${key.text}` });

  // Errors that hold what they failed on.
  await failing(manager.register({ userId: user, token: `${newToken()}\u0000`, platform: 'ios' }));
  await failing(manager.register({ userId: user, token: newToken(), platform: 'ios', project: 'nowhere' }));
  await failing(manager.findOrAdopt(`not a token: ${newToken().slice(18, -1)}`));
  await failing(manager.remove(user, { tokenId: newToken() }));
  await failing(database.query('select * from public.push_tokens where id = $1', [newToken()]));
  await failing(database.query('insert into public.push_tokens (user_id, platform) values ($1, $2)', [user, newToken()]));
  expect(errors.every((error) => error instanceof Error)).toBe(true);
  for (const error of errors) logger.error({ err: error, token: works, devices: [works], text: `sent to ${works}` }, `failed for ${works}`);
  logger.warn({ deep: { deeper: [{ authorization: `Bearer ${key.text}` }] }, key: key.text }, 'key');

  expect(found(lines.join('\n'))).toEqual([]);
  expect(found(errors.map((error) => `${inspect(error, { depth: 9, showHidden: true })} ${String(error)}`).join('\n'))).toEqual([]);
  const stored = await everythingStored(admin);
  expect([...stored.keys()]).toEqual(expect.arrayContaining(['push_tokens', 'push.api_keys', 'push.audit', 'push.attempts_default']));
  for (const [table, text] of stored) expect(found(text), table).toEqual([]);
  await provider.close();
});

it('would find them', () => {
  const [secret = ''] = secrets;
  const buried = Buffer.from(`[{"token":"ExponentPushToken[${secret}]"}]`);
  expect(found(buried.toString())).toEqual([secret]);
  expect(found(buried.toString('hex'))).toEqual([secret]);
  expect(found(buried.toString('base64'))).toEqual([secret]);
});
