import { type Check, type Finding, fail, orOk, text } from '../finding.js';

const tables = ['notifications', 'push_tokens', 'notification_settings'] as const;
/** By the names that the manual uses; an operator may have made one of them stricter. */
const named: readonly (readonly [table: string, policy: string])[] = [
  ['notifications', 'Users can view own notifications'],
  ['notifications', 'Users can update own notifications'],
  ['push_tokens', 'Users can view own push tokens'],
  ['notification_settings', 'Users can view own notification settings'],
  ['notification_settings', 'Users can insert own notification settings'],
  ['notification_settings', 'Users can update own notification settings'],
];

interface Policy {
  readonly table: string;
  readonly policy: string;
  readonly roles: string[];
  readonly qual: string | null;
}

/** Whether users can see and change their own rows, and nobody else's. */
export const rowSecurity: Check = {
  name: 'row-security',
  title: text('Row level security', '行レベルセキュリティ'),
  needsDatabase: true,
  look: async ({ database }) => {
    const states = await database.query<{ name: string; on: boolean; forced: boolean }>(
      `select c.relname as name, c.relrowsecurity as "on", c.relforcerowsecurity as forced
       from pg_class c where c.oid = any (array(select to_regclass('public.' || t) from unnest($1::text[]) t))`,
      [tables],
    );
    const policies = await database.query<Policy & object>(
      'select tablename as "table", policyname as policy, roles::text[] as roles, qual from pg_policies where schemaname = \'public\' and tablename = any ($1)',
      [tables],
    );
    return orOk(
      [...off(states), ...lacking(policies), ...wide(policies)],
      text('on, forced, and every policy is there', '有効かつ強制され、ポリシーも揃っています'),
    );
  },
};

function off(states: readonly { readonly name: string; readonly on: boolean; readonly forced: boolean }[]): Finding[] {
  return states
    .filter(({ on, forced }) => !on || !forced)
    .map(({ name, on }) =>
      fail(
        on
          ? text(`${name}: not forced, so the owner sees every row`, `${name}: 強制されておらず、所有者が全行を見られます`)
          : text(`${name}: off, so every user sees every row`, `${name}: 無効です。全利用者が全行を見られます`),
        text(
          `\`alter table ${name} enable row level security; alter table ${name} force row level security;\``,
          `\`alter table ${name} enable row level security; alter table ${name} force row level security;\``,
        ),
      ),
    );
}

function lacking(policies: readonly Policy[]): Finding[] {
  return named
    .filter(([table, policy]) => !policies.some((one) => one.table === table && one.policy === policy))
    .map(([table, policy]) =>
      fail(
        text(
          `${table}: policy "${policy}" is missing, so users are shown nothing`,
          `${table}: ポリシー "${policy}" がなく、利用者に何も表示されません`,
        ),
        text('Make it again as supabase/schema.sql has it.', 'supabase/schema.sql のとおりに作り直してください。'),
      ),
    );
}

/** One that lets users at all rows, whatever it is called. Several policies are an "or". */
function wide(policies: readonly Policy[]): Finding[] {
  return policies
    .filter(({ roles, qual }) => qual === 'true' && roles.some((role) => ['public', 'anon', 'authenticated'].includes(role)))
    .map(({ table, policy, roles }) =>
      fail(
        text(
          `${table}: policy "${policy}" lets ${roles.join(', ')} at every row`,
          `${table}: ポリシー "${policy}" が ${roles.join(', ')} に全行を許可しています`,
        ),
        text(`\`drop policy "${policy}" on ${table};\``, `\`drop policy "${policy}" on ${table};\``),
      ),
    );
}
