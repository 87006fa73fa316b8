import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { listAudit } from '../security/audit.js';
import { PolicyManager } from './policy-manager.js';

let db: TestDatabase;
let policy: PolicyManager;

beforeEach(async () => {
  db = await testDatabase();
  policy = new PolicyManager(db.database);
});
afterEach(() => db.close());

const by = { actor: 'test', reason: 'a test' };
const alarm = async () => (await policy.types()).find(({ type }) => type === 'alarm');

describe('changeType', () => {
  it('keeps what two operators change at once', async () => {
    const changes = [{ urgent: true }, { lane: 0 as const }, { ttlSeconds: 60 }, { dedupeSeconds: 5 }, { capped: false }];
    await Promise.all(changes.map((change) => policy.changeType('alarm', change, by)));
    expect(await alarm()).toMatchObject(Object.assign({}, ...changes) as object);
    const acts = await listAudit(db.database);
    expect(acts).toHaveLength(5);
    expect(acts.filter(({ details }) => (details as { before: unknown }).before === null)).toHaveLength(1);
  });

  it("begins with the rules of '*', or with those of a new type where '*' is gone", async () => {
    await policy.changeType('*', { ttlSeconds: 77 }, by);
    expect(await policy.changeType('alarm', { urgent: true }, by)).toMatchObject({ type: 'alarm', urgent: true, ttlSeconds: 77 });
    await db.admin.query('delete from push.notification_types');
    expect(await policy.changeType('alarm', { urgent: true }, by)).toMatchObject({ type: 'alarm', urgent: true, ttlSeconds: 86_400 });
    expect((await listAudit(db.database)).at(0)).toMatchObject({ action: 'types.set', details: { before: null } });
  });

  it('leaves nothing behind when the result would be wrong', async () => {
    await expect(policy.changeType('alarm', { ttlSeconds: 0 }, by)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'ttlSeconds' });
    expect(await alarm()).toBeUndefined();
    expect(await listAudit(db.database)).toEqual([]);
  });
});
