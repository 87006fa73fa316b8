import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';

/**
 * The schema as sorted lines: columns, constraints, indexes, functions, policies, triggers and rights, of our schemas, partitions left out because
 * they come and go.
 */
const lines = /* sql */ `
with ours as (
  select c.oid, c.relname, c.relkind, n.nspname, c.relrowsecurity, c.relforcerowsecurity, c.relacl from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'push', 'auth') and not c.relispartition
)
select 'relation ' || nspname || '.' || relname || ' ' || relkind::text || ' ' || relrowsecurity::text || relforcerowsecurity::text || ' ' || coalesce(
  (select string_agg(a::text, ' ' order by a::text) from unnest(relacl) a), '') as line
from ours where relkind in ('r', 'p', 'v', 'S')
union all
select 'column ' || nspname || '.' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull::text || ' '
  || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
from ours join pg_attribute a on a.attrelid = ours.oid and attnum > 0 and not attisdropped left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where relkind in ('r', 'p', 'v')
union all
select 'constraint ' || nspname || '.' || relname || ' ' || conname || ' ' || pg_get_constraintdef(k.oid) from ours join pg_constraint k on k.conrelid = ours.oid
union all
select 'index ' || pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' INVALID' end
from ours join pg_index i on i.indrelid = ours.oid
union all
select 'function ' || n.nspname || '.' || p.proname || ' ' || md5(pg_get_functiondef(p.oid)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('push', 'auth') and p.prokind = 'f'
union all
select 'policy ' || schemaname || '.' || tablename || ' ' || policyname || ' ' || cmd || ' ' || roles::text || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '')
from pg_policies where schemaname in ('public', 'push')
union all
select 'trigger ' || nspname || '.' || relname || ' ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text
from ours join pg_trigger t on t.tgrelid = ours.oid where not tgisinternal
order by 1`;

export async function schemaPrint(client: Client): Promise<string[]> {
  return (await client.query<{ line: string }>(lines)).rows.map(({ line }) => line);
}

/** The print of a database that got all migrations once, undisturbed; made on the same server and dropped again. `folder`: supabase/migrations. */
export async function freshSchemaPrint(serverUrl: string, folder: string): Promise<string[]> {
  const name = `chaos_fresh_schema_${process.pid}`;
  const server = new Client({ connectionString: serverUrl });
  await server.connect();
  try {
    await server.query(`create database ${escapeIdentifier(name)} template template0`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const fresh = new Client({ connectionString: url.href });
    await fresh.connect();
    try {
      for (const file of await migrationFiles(folder)) await fresh.query(await readFile(join(folder, file), 'utf8'));
      return await schemaPrint(fresh);
    } finally {
      await fresh.end();
      await server.query(`drop database ${escapeIdentifier(name)} with (force)`);
    }
  } finally {
    await server.end();
  }
}

export async function migrationFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
}
