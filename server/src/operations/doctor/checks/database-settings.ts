import { type Check, type Finding, fail, ok, orOk, text, warn } from '../finding.js';

const OLDEST = 150_000;
/** What Postgres says of a setting that this role may not see. */
type Settings = Readonly<Record<string, string | undefined>>;

const readSettings = /* sql */ `
select name, reset_val as setting from pg_settings where name = any ($1)
union all select 'server_version_num', current_setting('server_version_num') where not 'server_version_num' = any ($1)`;

const names = [
  ...['server_version', 'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'track_counts', 'default_transaction_read_only'],
  ...['default_transaction_isolation', 'log_statement', 'log_min_duration_statement', 'log_parameter_max_length'],
  ...['log_parameter_max_length_on_error', 'idle_in_transaction_session_timeout', 'TimeZone', 'jit', 'shared_preload_libraries'],
];

interface Rule {
  readonly setting: string;
  readonly bad: (value: string, all: Settings) => boolean;
  readonly verdict: typeof fail;
  readonly en: string;
  readonly ja: string;
  /** What it should be set to. */
  readonly to: string;
}

const logsValues = (all: Settings): boolean => all.log_statement !== 'none' || (all.log_min_duration_statement ?? '-1') !== '-1';

const rules: readonly Rule[] = [
  {
    ...{ setting: 'fsync', bad: (value) => value === 'off', verdict: fail, to: 'on' },
    en: 'a crash of the machine can destroy the whole database',
    ja: 'マシンの障害でデータベース全体が壊れることがあります',
  },
  {
    ...{ setting: 'full_page_writes', bad: (value) => value === 'off', verdict: fail, to: 'on' },
    en: 'a crash of the machine can leave half-written pages',
    ja: 'マシンの障害で書きかけのページが残ることがあります',
  },
  {
    ...{ setting: 'synchronous_commit', bad: (value) => value === 'off', verdict: fail, to: 'on' },
    en: 'what was accepted within the last second can be lost in a crash',
    ja: '障害時に直前 1 秒ほどの受付分が失われることがあります',
  },
  {
    ...{ setting: 'autovacuum', bad: (value) => value === 'off', verdict: fail, to: 'on' },
    en: 'the queue’s tables grow without end, and so do claims’ times',
    ja: 'キューのテーブルが膨らみ続け、処理が遅くなります',
  },
  {
    ...{ setting: 'track_counts', bad: (value) => value === 'off', verdict: fail, to: 'on' },
    en: 'autovacuum does not know what to do without it',
    ja: 'これがないと autovacuum が働きません',
  },
  {
    ...{ setting: 'default_transaction_read_only', bad: (value) => value === 'on', verdict: fail, to: 'off' },
    en: 'nothing can be written',
    ja: '書き込みができません',
  },
  {
    ...{ setting: 'default_transaction_isolation', bad: (value) => value !== 'read committed', verdict: fail, to: 'read committed' },
    en: 'claims go by read committed, and fail under anything else when several workers run',
    ja: '複数ワーカーの処理は read committed を前提としています',
  },
  {
    ...{ setting: 'log_parameter_max_length', bad: (value, all) => value !== '0' && logsValues(all), verdict: warn, to: '0' },
    en: 'titles and messages of notifications get into the log of the database',
    ja: '通知の題名や本文がデータベースのログに残ります',
  },
  {
    ...{ setting: 'log_parameter_max_length_on_error', bad: (value) => value !== '0', verdict: warn, to: '0' },
    en: 'parameters of failed statements get into the log of the database',
    ja: '失敗した文のパラメーターがデータベースのログに残ります',
  },
  {
    ...{ setting: 'idle_in_transaction_session_timeout', bad: (value) => value === '0', verdict: warn, to: '10min' },
    en: 'a forgotten transaction of anybody keeps old rows for ever (Todoku’s own end after a minute)',
    ja: '閉じ忘れたトランザクションが古い行を残し続けます（Todoku 自身の接続は 1 分で終わります）',
  },
];

/** Version and settings of the server, as a new session of the database has them. */
export const databaseSettings: Check = {
  name: 'database-settings',
  title: text('Settings of Postgres', 'Postgres の設定'),
  needsDatabase: true,
  look: async ({ database }) => {
    const rows = await database.query<{ name: string; setting: string }>(readSettings, [names]);
    const all: Settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    const findings: Finding[] = rules.flatMap((rule) => judge(rule, all));
    const { server_version: version = '?', TimeZone: zone = '?', jit = '?' } = all;
    if (Number(all.server_version_num ?? 0) < OLDEST) {
      const remedy = text('Upgrade to Postgres 15 or newer.', 'Postgres 15 以降に更新してください。');
      findings.unshift(fail(text(`Postgres ${version} is too old`, `Postgres ${version} は古すぎます`), remedy));
    }
    const about = `Postgres ${version}, TimeZone ${zone}, jit ${jit}`;
    const note = text(`${about}; Todoku’s own sessions use UTC, without jit`, `${about}（Todoku の接続は UTC・jit なし）`);
    return findings.length === 0 ? orOk([], note) : [...findings, ok(note)];
  },
};

function judge({ setting, bad, verdict, en, ja, to }: Rule, all: Settings): Finding[] {
  const value = all[setting];
  if (value === undefined || !bad(value, all)) return [];
  const sql = `alter system set ${setting} = '${to}'; select pg_reload_conf();`;
  return [
    verdict(
      text(`${setting} = ${value}: ${en}`, `${setting} = ${value}: ${ja}`),
      text(
        `As superuser: ${sql} (where that is not yours: the provider's settings)`,
        `スーパーユーザーで ${sql}（マネージド環境では提供元の設定画面）`,
      ),
    ),
  ];
}
