import type { Queryable } from '../../../database/database.js';
import { DatabaseError } from '../../../database/database-error.js';
import { compareMigrations } from '../../../database/migrate.js';
import { type Check, type Finding, fail, orOk, someOf, text, warn } from '../finding.js';

export const appliedMigrations: Check = {
  name: 'migrations',
  title: text('Migrations', 'マイグレーション'),
  needsDatabase: true,
  look: async ({ database, migrations }) => {
    const done = await applied(database);
    const { drifted, unknown } = compareMigrations(migrations, done);
    const missing = migrations.filter(({ version }) => !done.has(version)).map(({ file }) => file);
    const findings: Finding[] = [];
    if (missing.length > 0) {
      const remedy = text(
        'Run `todoku migrate`, or start a process of this version.',
        '`todoku migrate` を実行するか、この版のプロセスを起動してください。',
      );
      findings.push(fail(text(`not applied: ${someOf(missing)}`, `未適用: ${someOf(missing)}`), remedy));
    }
    if (drifted.length > 0) {
      const remedy = text(
        'Applied files were changed afterwards: take the change back, and put it into a new migration.',
        '適用後に書き換えられています。変更を戻し、新しいマイグレーションにしてください。',
      );
      findings.push(warn(text(`applied with another text: ${someOf(drifted)}`, `適用時と内容が異なる: ${someOf(drifted)}`), remedy));
    }
    const foreign = unknown.filter((version) => version > (migrations[0]?.version ?? ''));
    if (foreign.length > 0) {
      const remedy = text(
        'Nothing, where they are the app’s own. Where a newer Todoku was here: run that version.',
        'アプリ自身のものなら問題ありません。新しい Todoku が適用したものなら、その版を使ってください。',
      );
      findings.push(warn(text(`not known to this version: ${someOf(foreign)}`, `この版にないもの: ${someOf(foreign)}`), remedy));
    }
    return orOk(findings, text(`all ${migrations.length} are applied, unchanged`, `${migrations.length} 件すべて適用済み、変更なし`));
  },
};

/** Versions, and the texts where they may be read: those are the owner's. */
async function applied(database: Queryable): Promise<Map<string, readonly string[] | null>> {
  try {
    const rows = await database.query<{ version: string; statements: string[] | null }>(
      'select version, statements from supabase_migrations.schema_migrations',
    );
    return new Map(rows.map(({ version, statements }) => [version, statements]));
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '42501') throw error;
    const rows = await database.query<{ version: string }>('select version from push.applied_migrations() as version');
    return new Map(rows.map(({ version }) => [version, null]));
  }
}
