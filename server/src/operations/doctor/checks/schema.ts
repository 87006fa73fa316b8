import { schemaParts } from '../../../database/schema-dump.js';
import { type Check, fail, orOk, someOf, text, warn } from '../finding.js';

/** What stands in the schema that the migrations make and not in the database: as tables, indexes, triggers, policies, functions and rights. */
export const schema: Check = {
  name: 'schema',
  title: text('Schema', 'スキーマ'),
  needsDatabase: true,
  look: async ({ database, schema: expected }) => {
    const missing = missingFrom(expected, await schemaParts(database));
    const of = (kind: RegExp): string[] => missing.filter((line) => kind.test(line)).map(nameOf);
    const indexes = of(/^create (unique )?index/i);
    const rights = of(/^grant/i);
    const others = missing.filter((line) => !/^(create (unique )?index|grant)/i.test(line)).map(nameOf);
    const put = (what: string): ReturnType<typeof text> =>
      text(
        `Make it again as supabase/schema.sql has it${what}. Where somebody changed it on purpose, say so in a migration.`,
        `supabase/schema.sql のとおりに作り直してください${what}。意図した変更ならマイグレーションにしてください。`,
      );
    return orOk(
      [
        ...(indexes.length === 0
          ? []
          : [
              fail(
                text(`missing indexes: ${someOf(indexes)}`, `欠落しているインデックス: ${someOf(indexes)}`),
                put(' (create index concurrently)'),
              ),
            ]),
        ...(others.length === 0 ? [] : [fail(text(`missing or changed: ${someOf(others)}`, `欠落または変更: ${someOf(others)}`), put(''))]),
        ...(rights.length === 0
          ? []
          : [
              warn(
                text(`other rights than the migrations give: ${someOf(rights)}`, `マイグレーションと異なる権限: ${someOf(rights)}`),
                put(''),
              ),
            ]),
      ],
      text(
        'tables, indexes, triggers, functions and rights are as the migrations make them',
        'テーブル、インデックス、トリガー、関数、権限はマイグレーションどおりです',
      ),
    );
  },
};

/** What others bring along or may change: roles, schema auth (Supabase has its own), policies (looked at by themselves), comments. */
const notOurs = /^(create role|create policy|comment |--)|(function|schema) auth\b|function auth\.|FUNCTION auth\.|schema public/;

function missingFrom(expected: string, parts: readonly string[]): string[] {
  let rest = expected;
  for (const part of parts) rest = rest.replace(part, () => '');
  return rest
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => /^(create|alter|grant)\b/i.test(block) && !notOurs.test(block.split('\n')[0] ?? ''));
}

/** `index push_tokens_user`, from its first line. */
function nameOf(block: string): string {
  const line = block.split('\n')[0] ?? '';
  const named = /^create (?:or replace )?(?:unique )?(table|index|function|trigger|sequence|type) (\S+?)(?:\(|\s|$)/i.exec(line);
  return named === null ? line.slice(0, 120) : `${named[1]?.toLowerCase()} ${named[2]}`;
}
