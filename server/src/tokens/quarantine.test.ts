import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { DeadToken } from '../delivery/token-quarantine.js';
import { silentLogger } from '../logging/logger.js';
import { listAudit } from '../security/audit.js';
import { LocalKeyring } from '../security/local-keyring.js';
import { PushTokenManager } from './push-token-manager.js';
import { Quarantine } from './quarantine.js';

const keyring = new LocalKeyring({ keys: [{ id: 1, secret: createSecretKey(randomBytes(32)) }], indexKey: null });
const expo = { name: 'expo', isToken: () => true };
const by = { actor: 'cli:ops', reason: 'a test' };
const code = 'DeviceNotRegistered';

let db: TestDatabase;
let quarantine: Quarantine;
const log = { ...silentLogger, error: vi.fn() };
beforeEach(async () => {
  db = await testDatabase();
  quarantine = new Quarantine(db.database, log);
  log.error.mockClear();
});
afterEach(() => db.close());

/** Active tokens of as many users, or of one, registered an hour ago. */
async function tokens(n: number, projectId = 1, user: string | null = null): Promise<string[]> {
  const rows = await db.admin.query<{ id: string }>(
    /* sql */ `
insert into public.push_tokens (user_id, platform, project_id, token_ciphertext, token_hash, key_id, registered_at)
select coalesce($3, gen_random_uuid()), 'ios', $2, '', sha256(gen_random_uuid()::text::bytea), 1, now() - interval '1 hour' from generate_series(1, $1)
returning id`,
    [n, projectId, user],
  );
  return rows.map(({ id }) => id);
}

/** A request that was answered: its row in push.attempts, as delivery writes it. */
async function attempt(recipients: number, lost: number, minutesAgo = 0): Promise<void> {
  await db.admin.query(
    /* sql */ `
insert into push.attempts (chunk_id, epoch, project_id, lane, worker, at, duration_ms, recipients, outcome, tokens_lost)
values (1, 1, 1, 1, 'test', clock_timestamp() - make_interval(mins => $3), 1, $1, 'answered', $2)`,
    [recipients, lost, minutesAgo],
  );
}

const dead = (ids: readonly string[], sentAt = new Date()): DeadToken[] => ids.map((tokenId) => ({ tokenId, code, sentAt }));

async function lose(ids: readonly string[], recipients: number, projectId = 1, sentAt = new Date()): Promise<void> {
  await db.database.transaction((tx) => quarantine.lose(tx, projectId, dead(ids, sentAt), recipients));
}

/** As delivery does it: the attempt and the losses in one transaction. */
async function answered(ids: readonly string[], recipients: number): Promise<void> {
  await attempt(recipients, ids.length);
  await lose(ids, recipients);
}

async function states(): Promise<Record<string, number>> {
  const rows = await db.admin.query<{ state: string; n: number }>(
    /* sql */ 'select state, count(*) as n from public.push_tokens group by 1',
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

async function frozen(projectId = 1): Promise<string | null> {
  const [project] = await db.admin.query<{ reason: string | null }>(
    /* sql */ 'select frozen_reason as reason from push.projects where id = $1 and frozen_at is not null',
    [projectId],
  );
  return project?.reason ?? null;
}

it('takes dead tokens out of use, with the reason, and deletes nothing', async () => {
  const [gone, ...kept] = await tokens(100);
  await answered([gone ?? ''], 100);
  expect(await states()).toEqual({ active: 99, quarantined: 1 });
  expect(await quarantine.list()).toEqual([
    { tokenId: gone, userId: expect.any(String), projectId: 1, platform: 'ios', reason: code, since: expect.any(Date) },
  ]);
  expect(kept).not.toContain(gone);
  expect(await frozen()).toBeNull();
});

it('leaves a token alone that was registered again after the request was sent', async () => {
  const manager = new PushTokenManager({ database: db.database, keyring, providers: [expo], log: silentLogger });
  const device = { userId: randomUUID(), token: 'ExponentPushToken[device]', platform: 'ios' } as const;
  const sentAt = new Date();
  const { tokenId } = await manager.register(device);
  await lose([tokenId], 1, 1, sentAt);
  expect(await states()).toEqual({ active: 1 });
  await lose([tokenId], 1, 1, new Date(Date.now() + 1_000));
  expect(await states()).toEqual({ quarantined: 1 });
  await manager.register(device);
  expect(await states()).toEqual({ active: 1 });
});

it('leaves signed-out tokens as they are, and strangers, and the same token twice', async () => {
  const [out = '', twice = ''] = await tokens(2);
  await db.admin.query(/* sql */ `update public.push_tokens set state = 'signed_out', is_active = false where id = $1`, [out]);
  await lose([out, twice, twice, randomUUID()], 1_000);
  expect(await states()).toEqual({ signed_out: 1, quarantined: 1 });
});

it('is taken back with the outcome', async () => {
  const ids = await tokens(1);
  const undone = db.database.transaction(async (tx) => {
    await quarantine.lose(tx, 1, dead(ids), 100);
    throw new Error('the outcome failed');
  });
  await expect(undone).rejects.toThrow('the outcome failed');
  expect(await states()).toEqual({ active: 1 });
});

it('freezes the project instead when too many die at once: none is lost, and everyone hears of it', async () => {
  const ids = await tokens(100);
  await answered(ids.slice(0, 21), 100);
  expect(await states()).toEqual({ active: 100 });
  expect(await frozen()).toBe('21 of 100 recipients were called dead within 10 minutes');
  expect(log.error).toHaveBeenCalledOnce();
  expect(await listAudit(db.database)).toMatchObject([
    { actor: 'todoku', action: 'tokens.freeze', target: 'project:1', reason: '21 of 100 recipients were called dead within 10 minutes' },
  ]);
});

it('does not take one user with hundreds of dead devices for broken credentials', async () => {
  const hers = await tokens(260, 1, randomUUID());
  for (let i = 0; i < hers.length; i += 100) await answered(hers.slice(i, i + 100), hers.slice(i, i + 100).length);
  expect(await frozen()).toBeNull();
  expect(await states()).toEqual({ quarantined: 260 });
  // Nor do her devices hide that everybody else's die: each user counts once on both sides.
  const others = await tokens(60);
  await answered(others, 60);
  expect(await frozen()).toBe('61 of 61 recipients were called dead within 10 minutes');
});

it('quarantines nothing while frozen, not even the odd one', async () => {
  const ids = await tokens(100);
  await answered(ids.slice(0, 50), 100);
  await answered(ids.slice(99), 1_000);
  await answered(ids.slice(0, 50), 100);
  expect(await states()).toEqual({ active: 100 });
  expect(await listAudit(db.database)).toHaveLength(1);
});

it('stands at exactly the share that the policy allows', async () => {
  const ids = await tokens(100);
  await answered(ids.slice(0, 20), 100);
  expect(await frozen()).toBeNull();
  expect(await states()).toEqual({ active: 80, quarantined: 20 });
});

it('does not judge by fewer recipients than the policy asks for', async () => {
  const ids = await tokens(49);
  for (const id of ids) await answered([id], 1);
  expect(await states()).toEqual({ quarantined: 49 });
  expect(await frozen()).toBeNull();
  const [next = ''] = await tokens(1);
  await answered([next], 1);
  expect(await frozen()).toBe('50 of 50 recipients were called dead within 10 minutes');
});

it('adds up small requests', async () => {
  const ids = await tokens(60);
  await attempt(150, 0, 5);
  for (let i = 0; i < 60 && (await frozen()) === null; i += 1) await answered([ids[i] ?? ''], 1);
  expect(await states()).toEqual({ active: 60 - 37, quarantined: 37 });
  expect(await frozen()).toBe('38 of 188 recipients were called dead within 10 minutes');
});

it('forgets what is older than ten minutes', async () => {
  const ids = await tokens(100);
  await attempt(10_000, 0, 11);
  await answered(ids.slice(0, 60), 100);
  expect(await frozen()).toBe('60 of 100 recipients were called dead within 10 minutes');
});

it('judges receipts by what was sent when their messages were', async () => {
  const ids = await tokens(201);
  const sentAt = new Date(Date.now() - 15 * 60_000);
  await attempt(1_000, 0, 16);
  await lose(ids.slice(0, 100), 120, 1, sentAt);
  expect(await states()).toEqual({ active: 101, quarantined: 100 });
  // What goes out meanwhile does not water it down.
  await attempt(10_000, 0, 1);
  await lose(ids.slice(100), 120, 1, sentAt);
  expect(await frozen()).toBe('201 of 1000 recipients were called dead within 10 minutes');
});

it('freezes one project and not the other', async () => {
  const [second] = await db.admin.query<{ id: number }>(
    /* sql */ `insert into push.projects (provider, name) values ('expo', 'second') returning id`,
  );
  const [ours, theirs] = [await tokens(100), await tokens(10, second?.id)];
  await answered(ours, 100);
  await lose(theirs.slice(0, 1), 100, second?.id);
  expect([await frozen(), await frozen(second?.id)]).toEqual([expect.any(String), null]);
  expect(await states()).toEqual({ active: 109, quarantined: 1 });
});

it('starts afresh when an operator unfreezes: old losses no longer count, new ones do', async () => {
  const ids = await tokens(200);
  await answered(ids.slice(0, 100), 100);
  expect(await quarantine.unfreeze(1, by)).toBe(true);
  expect(await quarantine.unfreeze(1, by)).toBe(false);
  expect(await frozen()).toBeNull();
  await attempt(100, 0);
  await answered(ids.slice(0, 25), 100);
  expect(await states()).toEqual({ active: 175, quarantined: 25 });
  await answered(ids.slice(100), 100);
  expect(await frozen()).toBe('125 of 300 recipients were called dead within 10 minutes');
  expect((await listAudit(db.database, { action: 'tokens.unfreeze' })).map(({ actor, details }) => [actor, details.frozenReason])).toEqual([
    ['cli:ops', '100 of 100 recipients were called dead within 10 minutes'],
  ]);
  await expect(quarantine.unfreeze(99, by)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('undoes what was quarantined since a time, in one project or in all', async () => {
  const [early = '', late = '', other = ''] = await tokens(3);
  await lose([early, late, other], 100);
  await db.admin.query(/* sql */ `update public.push_tokens set state_at = now() - interval '1 hour' where id = $1`, [early]);
  const since = new Date(Date.now() - 60_000);
  await expect(quarantine.undo({ since, projectId: 9 }, by)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(quarantine.list({ projectId: 9 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await db.admin.query(/* sql */ `insert into push.projects (id, provider, name) overriding system value values (2, 'expo', 'second')`);
  expect(await quarantine.undo({ since, projectId: 2 }, by)).toBe(0);
  expect(await quarantine.undo({ since, projectId: 1 }, by)).toBe(2);
  expect((await quarantine.list()).map(({ tokenId }) => tokenId)).toEqual([early]);
  expect(await quarantine.undo({ since: new Date(0) }, by)).toBe(1);
  expect(await states()).toEqual({ active: 3 });
  expect(
    (await listAudit(db.database, { action: 'tokens.undo_quarantine' })).map(({ target, details }) => [target, details.tokens]),
  ).toEqual([
    ['all projects', 1],
    ['project:1', 2],
    ['project:2', 0],
  ]);
});

it('ends a quarantine after its days, but not while the project is frozen', async () => {
  const [old = '', young = ''] = await tokens(2);
  await lose([old, young], 100);
  await db.admin.query(/* sql */ `update public.push_tokens set state_at = now() - interval '31 days' where id = $1`, [old]);
  await db.admin.query(/* sql */ 'update push.projects set frozen_at = now()');
  expect(await quarantine.expire()).toBe(0);
  await db.admin.query(/* sql */ 'update push.projects set frozen_at = null');
  expect(await quarantine.expire()).toBe(1);
  expect(await states()).toEqual({ invalid: 1, quarantined: 1 });
  expect(await quarantine.undo({ since: new Date(0) }, by)).toBe(1);
});

it('lets outcomes with the same tokens wait for each other', async () => {
  const ids = await tokens(50);
  await Promise.all(Array.from({ length: 10 }, (_, i) => lose(i % 2 === 0 ? ids : ids.toReversed(), 1_000)));
  expect(await states()).toEqual({ quarantined: 50 });
});
