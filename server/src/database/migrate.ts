import { Client } from 'pg';
import type { Logger } from '../logging/logger.js';
import { clientConfig } from './connection-options.js';
import { connectionLost, connectionRefused, DatabaseError, toDatabaseError } from './database-error.js';
import { compareVersions, fingerprint, type Migration, migrationsDirectory, readMigrations } from './migration-files.js';

export interface MigrateOptions {
  /** Of the database's owner. */
  readonly url: string;
  readonly log: Logger;
  /** Where the files are; this checkout's `supabase/migrations` when absent. */
  readonly directory?: string;
  /** How long to wait for another instance that migrates, milliseconds; 5 minutes when absent. */
  readonly lockTimeoutMs?: number;
}

export interface MigrationReport {
  /** Versions that this call applied, in order. */
  readonly applied: readonly string[];
  /** Applied earlier, but with another text than the file has now. */
  readonly drifted: readonly string[];
  /** Applied by somebody else: no file here. Newer than ours means that a newer Todoku has been here. */
  readonly unknown: readonly string[];
}

/** A file that Postgres refused. Nothing of it stays; the files before it do. */
class MigrationError extends Error {
  override readonly name = 'MigrationError';
  /** SQLSTATE. */
  readonly code: string;
  readonly file: string;

  constructor(migration: Migration, cause: DatabaseError) {
    const line = cause.position === undefined ? '' : `:${migration.sql.slice(0, cause.position).split('\n').length}`;
    super(`${migration.file}${line}: ${cause.message} (${cause.code})`, { cause });
    this.code = cause.code;
    this.file = migration.file;
  }
}

const defaultLockTimeoutMs = 300_000;
/** Any number that nothing else locks: the bytes of "todoku" and a 1. */
const lockKey = '32773574455162113';

/**
 * Brings the database to the schema of this checkout, each file in a transaction of its own, and writes down what it did where the
 * Supabase CLI does. Instances that start together wait for each other; killed at any moment, the next call goes on.
 * Throws `MigrationError`, `DatabaseError`.
 */
export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  const migrations = readMigrations(options.directory ?? migrationsDirectory);
  const client = new Client(clientConfig({ url: options.url, applicationName: 'todoku migrate', maxConnections: 1, log: options.log }));
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw toDatabaseError(error, connectionRefused);
  }
  try {
    await lock(client, options.lockTimeoutMs ?? defaultLockTimeoutMs);
    return await applyAll(client, migrations, options.log);
  } catch (error) {
    throw toDatabaseError(error, connectionLost);
  } finally {
    // Takes the lock with it.
    await client.end().catch(() => undefined);
  }
}

async function lock(client: Client, timeoutMs: number): Promise<void> {
  await client.query('select set_config($1, $2, false)', ['lock_timeout', String(timeoutMs)]);
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
  } catch (error) {
    const safe = toDatabaseError(error, connectionLost);
    if (!(safe instanceof DatabaseError) || safe.code !== '55P03') throw safe;
    throw new DatabaseError('55P03', `another instance has been migrating this database for over ${timeoutMs / 1000} s`);
  }
  // The files wait for locks as long as the database's own settings let them.
  await client.query('reset lock_timeout');
}

async function applyAll(client: Client, migrations: readonly Migration[], log: Logger): Promise<MigrationReport> {
  await client.query('create schema if not exists supabase_migrations');
  await client.query(/* sql */ `
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text)`);
  const answer = await client.query<{ version: string; statements: string[] | null }>(
    'select version, statements from supabase_migrations.schema_migrations',
  );
  const done = new Map(answer.rows.map((row) => [row.version, row.statements]));
  const report = compareMigrations(migrations, done);
  warn(report, [...done.keys()], migrations, log);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (done.has(migration.version)) continue;
    await applyOne(client, migration);
    log.info({ file: migration.file }, 'migration applied');
    applied.push(migration.version);
  }
  return { ...report, applied };
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)', [
      migration.version,
      [migration.sql],
      migration.name,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const safe = toDatabaseError(error, connectionLost);
    throw safe instanceof DatabaseError ? new MigrationError(migration, safe) : safe;
  }
}

/** `done`: by version, the statements as they were applied; null where they were not kept. */
export function compareMigrations(
  migrations: readonly Migration[],
  done: ReadonlyMap<string, readonly string[] | null>,
): Omit<MigrationReport, 'applied'> {
  const ours = new Set(migrations.map((migration) => migration.version));
  const drifted = migrations.filter(({ version, sql }) => {
    const statements = done.get(version);
    // Some tools keep no text; then there is nothing to compare with.
    return statements !== undefined && statements !== null && statements.length > 0 && fingerprint(statements) !== fingerprint([sql]);
  });
  return { drifted: drifted.map(({ version }) => version), unknown: [...done.keys()].filter((version) => !ours.has(version)).sort() };
}

function warn(report: Omit<MigrationReport, 'applied'>, done: readonly string[], migrations: readonly Migration[], log: Logger): void {
  if (report.drifted.length > 0) log.warn({ versions: report.drifted }, 'migrations were changed after they had been applied');
  if (report.unknown.length > 0) log.warn({ versions: report.unknown }, 'the database has migrations that this version does not know');
  const newest = done
    .filter((version) => /^\d+$/.test(version))
    .sort(compareVersions)
    .at(-1);
  const late = migrations.filter(({ version }) => newest !== undefined && !done.includes(version) && compareVersions(version, newest) < 0);
  if (late.length > 0) log.warn({ files: late.map(({ file }) => file) }, 'migrations are applied after newer ones');
}
