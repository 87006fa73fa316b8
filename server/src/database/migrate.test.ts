import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type BareDatabase, emptyDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { migrate } from './migrate.js';

let db: BareDatabase;
let directory: string;
let client: Client;

beforeEach(async () => {
  db = await emptyDatabase();
  directory = mkdtempSync(join(tmpdir(), 'todoku-migrations-'));
  client = new Client({ connectionString: db.url });
  client.on('error', () => undefined);
  await client.connect();
});
afterEach(async () => {
  await client.end();
  rmSync(directory, { recursive: true });
  await db.close();
});

const file = (name: string, sql: string): void => writeFileSync(join(directory, name), sql);
const run = (options: { lockTimeoutMs?: number } = {}) => migrate({ url: db.url, log: silentLogger, directory, ...options });
const ask = async (sql: string): Promise<unknown[]> => (await client.query(sql)).rows;

it('applies the files in order, once, and keeps their text', async () => {
  file('0010_second.sql', 'insert into t values (2);');
  file('9_first.sql', `create table t (n int); create function f() returns int language sql as $$ select 1; $$;`);
  expect(await run()).toEqual({ applied: ['9', '0010'], drifted: [], unknown: [] });
  expect(await run()).toEqual({ applied: [], drifted: [], unknown: [] });
  expect(await ask('select n from t')).toEqual([{ n: 2 }]);
  expect(await ask('select version, name, statements from supabase_migrations.schema_migrations where version = $$0010$$')).toEqual([
    { version: '0010', name: 'second', statements: ['insert into t values (2);'] },
  ]);
});

it('runs once when many instances start together', async () => {
  file('1_slow.sql', 'create table t (n int); insert into t values (1); select pg_sleep(0.2);');
  const reports = await Promise.all(Array.from({ length: 20 }, () => run()));
  expect(reports.flatMap((report) => report.applied)).toEqual(['1']);
  expect(await ask('select n from t')).toEqual([{ n: 1 }]);
});

it('keeps nothing of a file that fails, and all before it; names the line', async () => {
  file('1_good.sql', 'create table t (n int);');
  file('2_bad.sql', 'insert into t values (1);\n\nselect wrong;');
  await expect(run()).rejects.toMatchObject({ code: '42703', file: '2_bad.sql', message: expect.stringContaining('2_bad.sql:3: ') });
  expect(await ask('select n from t')).toEqual([]);
  file('2_bad.sql', 'insert into t values (1);');
  expect(await run()).toMatchObject({ applied: ['2'], drifted: [] });
});

it('goes on after it was killed in the middle', async () => {
  file('1_first.sql', 'create table t (n int);');
  file(
    '2_second.sql',
    `insert into t values (1); select pg_sleep(case when exists (select from pg_class where relname = 'go') then 0 else 600 end);`,
  );
  const killed = run();
  const failed = expect(killed).rejects.toMatchObject({ code: '57P01' });
  const sleeping = `from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  await vi.waitFor(async () => expect(await ask(`select ${sleeping}`)).toHaveLength(1));
  await client.query(`select pg_terminate_backend(pid) ${sleeping}`);
  await failed;
  await client.query('create table go ()');
  expect(await run()).toMatchObject({ applied: ['2'] });
  expect(await ask('select n from t')).toEqual([{ n: 1 }]);
});

it('waits for another instance only so long', async () => {
  file('1_slow.sql', 'select pg_advisory_lock(1);');
  await client.query('select pg_advisory_lock(1)');
  const first = run();
  await vi.waitFor(async () => expect(await ask(`select from pg_locks where locktype = 'advisory' and not granted`)).toHaveLength(1));
  await expect(run({ lockTimeoutMs: 50 })).rejects.toMatchObject({ code: '55P03' });
  await client.query('select pg_advisory_unlock(1)');
  expect(await first).toMatchObject({ applied: ['1'] });
});

it('tells of changed, unknown and late files', async () => {
  file('2_two.sql', 'create table two ();');
  await run();
  file('2_two.sql', 'create table two (n int);');
  file('1_one.sql', 'create table one ();');
  await client.query(`insert into supabase_migrations.schema_migrations (version, name) values ('3', 'newer')`);
  const warn = vi.fn();
  const report = await migrate({ url: db.url, log: { ...silentLogger, warn }, directory });
  expect(report).toEqual({ applied: ['1'], drifted: ['2'], unknown: ['3'] });
  expect(warn).toHaveBeenCalledTimes(3);
});

it('takes what the Supabase CLI has applied, which keeps statements one by one', async () => {
  file('1_one.sql', 'create table one ();\n\ncreate table two ();\n');
  await client.query('create schema supabase_migrations');
  await client.query(
    'create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text, created_by text)',
  );
  await client.query(
    `insert into supabase_migrations.schema_migrations values ('1', '{create table one (),create table two ()}', 'one', 'x')`,
  );
  expect(await run()).toEqual({ applied: [], drifted: [], unknown: [] });
});

it('refuses two files of one version, and a name without one', async () => {
  file('1_a.sql', '');
  file('01_b.sql', '');
  await expect(run()).rejects.toThrow('same version');
  rmSync(join(directory, '01_b.sql'));
  file('b.sql', '');
  await expect(run()).rejects.toThrow('is not named');
});

it('brings the real files up on an empty database, twice', async () => {
  const options = { url: db.url, log: silentLogger };
  expect((await migrate(options)).applied.length).toBeGreaterThan(0);
  expect(await migrate(options)).toEqual({ applied: [], drifted: [], unknown: [] });
});
