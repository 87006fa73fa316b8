import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { listAudit, recordAct } from './audit.js';
import { auditActions } from './audit-actions.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

it('remembers who did what, to what and why, newest first', async () => {
  await recordAct(db.database, { actor: 'cli:ops', action: 'queue.pause', reason: 'storm', details: { lanes: [2] } });
  await recordAct(db.database, { actor: 'todoku', action: 'tokens.freeze', target: 'project:1' });
  expect(await listAudit(db.database)).toEqual([
    { seq: 2, at: expect.any(Date), actor: 'todoku', action: 'tokens.freeze', target: 'project:1', reason: null, details: {} },
    { seq: 1, at: expect.any(Date), actor: 'cli:ops', action: 'queue.pause', target: null, reason: 'storm', details: { lanes: [2] } },
  ]);
});

it('finds by actor, action, time and page', async () => {
  const all = await listAudit(db.database);
  const [newest, oldest] = [all[0], all.at(-1)];
  if (newest === undefined || oldest === undefined) throw new Error('no entries');
  const seqs = async (filter: Parameters<typeof listAudit>[1]) => (await listAudit(db.database, filter)).map(({ seq }) => seq);
  expect(await seqs({ actor: 'cli:ops' })).toEqual([oldest.seq]);
  expect(await seqs({ action: 'tokens.freeze' })).toEqual([newest.seq]);
  expect(await seqs({ beforeSeq: newest.seq })).toEqual([oldest.seq]);
  expect(await seqs({ limit: 1 })).toEqual([newest.seq]);
  expect(await seqs({ until: oldest.at })).toEqual([]);
  expect(await seqs({ since: oldest.at })).toEqual([newest.seq, oldest.seq]);
});

it('is taken back with the act', async () => {
  const undone = db.database.transaction(async (tx) => {
    await recordAct(tx, { actor: 'cli:ops', action: 'partitions.drop' });
    throw new Error('the act failed');
  });
  await expect(undone).rejects.toThrow('the act failed');
  expect(await listAudit(db.database, { action: 'partitions.drop' })).toEqual([]);
});

it('masks secrets, however they came in', async () => {
  const token = 'ExponentPushToken[SECRETSECRET]';
  await recordAct(db.database, {
    actor: 'cli:ops',
    action: 'keys.revoke',
    target: token,
    reason: `lost ${token}`,
    details: { before: [token] },
  });
  expect(JSON.stringify(await listAudit(db.database, { action: 'keys.revoke' }))).not.toContain('SECRET');
});

it.each(['update push.audit set actor = $$x$$', 'delete from push.audit', 'truncate push.audit'])(
  'refuses %s, from the owner as well',
  async (sql) => {
    await expect(db.database.query(sql)).rejects.toMatchObject({ code: '42501' });
    await expect(db.admin.query(sql)).rejects.toMatchObject({ code: '42501' });
  },
);

it('has its actions in the order in which they are looked for, each as <thing>.<verb>', () => {
  expect([...new Set(auditActions)].sort()).toEqual(auditActions);
  for (const action of auditActions) expect(action).toMatch(/^[a-z]+\.[a-z_]+$/);
});
