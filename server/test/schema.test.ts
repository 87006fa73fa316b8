import { expect, it } from 'vitest';
import { dumpSchema } from '../src/database/schema-dump.js';
import { testDatabase } from './support/database.js';

it('is what supabase/schema.sql says: a change of the migrations shows as a change of the schema', async () => {
  const db = await testDatabase();
  const dump = await dumpSchema(db.admin);
  await db.close();
  await expect(dump).toMatchFileSnapshot('../../supabase/schema.sql');
});
