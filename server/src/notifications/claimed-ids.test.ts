import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { pruneClaimedIds } from './claimed-ids.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

it('forgets ids that are older than every notification can be, and no others', async () => {
  await db.admin.query(
    `insert into push.notification_ids (id, at) select gen_random_uuid(), oldest + make_interval(hours => h)
     from (select min(low) as oldest from push.partitions('public.notifications')) p, generate_series(-3, 2) h`,
  );
  expect(await pruneClaimedIds(db.database, 2)).toBe(2);
  expect(await pruneClaimedIds(db.database)).toBe(1);
  expect(await pruneClaimedIds(db.database)).toBe(0);
  expect(await db.admin.query('select from push.notification_ids')).toHaveLength(3);
});
