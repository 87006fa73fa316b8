import { expect, it } from 'vitest';
import { testDatabase } from './support/database.js';
import { dumpSchema } from './support/schema-dump.js';

it('is what supabase/schema.sql says: a change of the migrations shows as a change of the schema', async () => {
  const db = await testDatabase();
  const dump = await dumpSchema(db.admin);
  await db.close();
  await expect(dump).toMatchFileSnapshot('../../supabase/schema.sql');
});
