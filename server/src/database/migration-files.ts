import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  /** The digits before the first `_` of the file's name. */
  readonly version: string;
  readonly name: string;
  readonly file: string;
  readonly sql: string;
}

/** `supabase/migrations` of this checkout; the same distance from the source and from the built file. */
export const migrationsDirectory = fileURLToPath(new URL('../../../supabase/migrations/', import.meta.url));

/** What the migrations make, as `supabase/schema.sql` of this checkout has it: for reading and comparing. */
export function readSchema(): string {
  return readFileSync(join(migrationsDirectory, '..', 'schema.sql'), 'utf8');
}

const fileName = /^(\d+)_(.+)\.sql$/;

/** In order of version. Throws on a file that is not named `<digits>_<name>.sql` and on two files of one version. */
export function readMigrations(directory: string): Migration[] {
  const migrations = readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => {
      const [, version, name] = fileName.exec(file) ?? [];
      if (version === undefined || name === undefined) throw new Error(`${join(directory, file)} is not named <digits>_<name>.sql`);
      return { version, name, file, sql: readFileSync(join(directory, file), 'utf8') };
    })
    .sort((a, b) => compareVersions(a.version, b.version));
  for (const [index, migration] of migrations.entries()) {
    const before = migrations[index - 1];
    if (before !== undefined && compareVersions(before.version, migration.version) === 0) {
      throw new Error(`${before.file} and ${migration.file} have the same version`);
    }
  }
  return migrations;
}

/** As numbers of any length. */
export function compareVersions(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The Supabase CLI keeps the statements of a file one by one and trimmed; we keep the file whole. Alike, they are equal by this. */
export function fingerprint(statements: readonly string[]): string {
  return statements.join('').replace(/[\s;]+/g, '');
}
