import { type Check, ok, text, unknown, warn } from '../finding.js';

const SLOW_MS = 500;
const CALLS = 20;

/** Under these names since Postgres 13: total_exec_time and mean_exec_time; total_time and mean_time are gone. $1 schema of the extension is found by name. */
const slowest = (schema: string): string => /* sql */ `
select left(regexp_replace(s.query, '\\s+', ' ', 'g'), 160) as query, s.calls, s.mean_exec_time as "meanMs", s.total_exec_time as "totalMs"
from ${schema}.pg_stat_statements s
where s.dbid = (select oid from pg_database where datname = current_database())
  and s.query ~ '(push\\.|notifications|push_tokens|notification_settings)' and s.query !~ 'pg_stat_statements'
  and s.calls >= ${CALLS} and s.mean_exec_time > ${SLOW_MS}
order by s.total_exec_time desc limit 5`;

export const slowQueries: Check = {
  name: 'slow-queries',
  title: text('Slow queries', '遅いクエリ'),
  needsDatabase: true,
  look: async ({ database }) => {
    const [extension] = await database.query<{ schema: string | null; preloaded: boolean | null }>(/* sql */ `
      select (select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements') as schema,
        (select setting like '%pg_stat_statements%' from pg_settings where name = 'shared_preload_libraries') as preloaded`);
    if (extension?.schema == null) return [notInstalled(extension?.preloaded === true)];
    const rows = await database.query<{ query: string; calls: number; meanMs: number; totalMs: number }>(slowest(extension.schema));
    if (rows.length === 0) {
      return [ok(text(`none of ours takes over ${SLOW_MS} ms on average`, `平均 ${SLOW_MS} ms を超えるものはありません`))];
    }
    const remedy = text(
      'Look at its plan: `explain (analyze, buffers) …`. Of Todoku’s own: see "Hot tables", "What holds old rows back" and "Indexes" first.',
      '`explain (analyze, buffers) …` で実行計画を確認。Todoku 自身のクエリなら、まず「更新の多いテーブル」「古い行を保持するもの」「インデックス」を確認。',
    );
    return rows.map(({ query, calls, meanMs, totalMs }) => {
      const times = `${Math.round(meanMs)} ms × ${calls} = ${Math.round(totalMs / 1000)} s`;
      return warn(text(`${times}: ${query}`, `${times}: ${query}`), remedy);
    });
  },
};

function notInstalled(preloaded: boolean): ReturnType<typeof unknown> {
  const create = '`create extension pg_stat_statements;`';
  const found = text('pg_stat_statements is not installed, so nobody counts', 'pg_stat_statements がなく、計測されていません');
  if (preloaded) {
    return unknown(found, text(`${create} as superuser; no restart is needed.`, `スーパーユーザーで ${create}。再起動は不要です。`));
  }
  const set = "`alter system set shared_preload_libraries = 'pg_stat_statements';`";
  return unknown(
    found,
    text(
      `As superuser ${set} (with what stands there already), restart Postgres, then ${create}. On Supabase: Database, Extensions.`,
      `スーパーユーザーで ${set}（既存の値に追加）、Postgres を再起動し、${create}。Supabase では Database → Extensions。`,
    ),
  );
}
