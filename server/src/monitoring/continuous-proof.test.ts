import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { proveWhenDue } from './continuous-proof.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => {
  await db.close();
});

const proofs = (): Promise<{ unaccounted: number }[]> => db.admin.query('select unaccounted from push.reconciliations order by at');

test('proves when the last proof is old, and names what is unaccounted for', async () => {
  const said: object[] = [];
  const log = { ...silentLogger, error: (fields: object) => said.push(fields) };
  await proveWhenDue(db.database, log);
  await proveWhenDue(db.database, log);
  expect(await proofs()).toEqual([{ unaccounted: 0 }]);
  expect(said).toEqual([]);

  const [row] = await db.admin.query(
    "insert into notifications (user_id, type, title) values (gen_random_uuid(), 'news', 'x') returning id",
  );
  await db.admin.query('delete from push.outbox');
  await db.admin.query("update push.reconciliations set at = at - interval '2 minutes'");
  await proveWhenDue(db.database, log);
  expect(await proofs()).toEqual([{ unaccounted: 0 }, { unaccounted: 1 }]);
  expect(JSON.stringify(said)).toContain(String(row?.['id']));
});
