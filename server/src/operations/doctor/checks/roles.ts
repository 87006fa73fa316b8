import { type Check, type Finding, fail, orOk, text } from '../finding.js';

const ours = ['anon', 'authenticated', 'service_role', 'todoku_worker'] as const;

interface Role {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
}

export const roles: Check = {
  name: 'roles',
  title: text('Roles', 'ロール'),
  needsDatabase: true,
  look: async ({ database }) => {
    const found = await database.query<Role & object>(
      'select rolname as name, rolsuper as superuser, rolbypassrls as bypass from pg_roles where rolname = any ($1)',
      [ours],
    );
    const [session] = await database.query<{ login: string; member: boolean }>(
      "select session_user as login, pg_has_role(session_user, 'todoku_worker', 'member') as member",
    );
    const findings: Finding[] = ours
      .filter((name) => !found.some((role) => role.name === name))
      .map((name) =>
        fail(
          text(`role ${name} is missing`, `ロール ${name} がありません`),
          text(
            `\`create role ${name} nologin noinherit;\`, then its rights as supabase/schema.sql has them.`,
            `\`create role ${name} nologin noinherit;\` の後、権限を supabase/schema.sql のとおりに付与してください。`,
          ),
        ),
      );
    for (const { name, superuser, bypass } of found.filter(({ name }) => name !== 'service_role')) {
      if (!superuser && !bypass) continue;
      findings.push(
        fail(
          text(`role ${name} stands above row level security`, `ロール ${name} が行レベルセキュリティの対象外です`),
          text(`\`alter role ${name} nosuperuser nobypassrls;\``, `\`alter role ${name} nosuperuser nobypassrls;\``),
        ),
      );
    }
    if (session?.member === false) {
      const sql = `grant todoku_worker to "${session.login}";`;
      findings.push(
        fail(
          text(`${session.login} can't become todoku_worker`, `${session.login} は todoku_worker になれません`),
          text(`\`${sql}\``, `\`${sql}\``),
        ),
      );
    }
    return orOk(findings, text('all are there, and none has more rights than it should', '揃っており、余計な権限もありません'));
  },
};
