import { Client } from 'pg';
import { expect, it } from 'vitest';
import { testDatabase } from './database.js';

it('gives a migrated database in the worker role', async () => {
  const db = await testDatabase();
  expect(await db.database.query('select current_user as role, count(*) from public.notifications')).toEqual([
    { role: 'todoku_worker', count: 0 },
  ]);
  expect(await db.admin.query('select rolsuper from pg_roles where rolname = current_user')).toEqual([{ rolsuper: true }]);
  await db.close();
});

it('fails the file that leaves a connection open', async () => {
  const db = await testDatabase();
  const forgotten = new Client({ connectionString: db.url, application_name: 'forgotten' });
  forgotten.on('error', () => undefined);
  await forgotten.connect();
  await expect(db.close()).rejects.toThrow('connections left open');
});
