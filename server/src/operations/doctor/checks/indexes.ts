import { type Check, type Finding, fail, inMib, orOk, someOf, text, warn } from '../finding.js';

/** Statistics that are younger say nothing about what is never used. */
const DAYS_OF_USE = 7;
const UNUSED_BYTES = 32 * 2 ** 20;

const ourTables = /* sql */ `(n.nspname = 'push' or n.nspname = 'public' and c.relname in ('notifications', 'push_tokens', 'notification_settings'))`;

const invalid = /* sql */ `
select i.indexrelid::regclass::text as index, i.indexrelid::regclass::text like '%_ccnew%' as left_over
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where ${ourTables} and not i.indisvalid and c.relkind <> 'p' order by 1`;

/** Two of one table that are alike but for their names. */
const duplicates = /* sql */ `
select array_agg(i.indexrelid::regclass::text order by i.indisprimary desc, i.indisunique desc, i.indexrelid) as indexes
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
where ${ourTables} and c.relkind in ('r', 'p') and not c.relispartition
group by i.indrelid, i.indkey::text, i.indclass::text, i.indoption::text, pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
having count(*) > 1`;

const unused = /* sql */ `
select s.indexrelid::regclass::text as index, pg_relation_size(s.indexrelid) as bytes
from pg_stat_user_indexes s join pg_index i on i.indexrelid = s.indexrelid join pg_class c on c.oid = s.relid join pg_namespace n on n.oid = c.relnamespace
where ${ourTables} and s.idx_scan = 0 and not i.indisunique and not c.relispartition and pg_relation_size(s.indexrelid) > $1
  and (select coalesce(stats_reset, pg_postmaster_start_time()) < now() - make_interval(days => $2) from pg_stat_database where datname = current_database())
order by 2 desc`;

/** Those that are missing are found with the schema. */
export const indexes: Check = {
  name: 'indexes',
  title: text('Indexes', 'インデックス'),
  needsDatabase: true,
  look: async ({ database }) => {
    const broken = await database.query<{ index: string }>(invalid);
    const twice = await database.query<{ indexes: string[] }>(duplicates);
    const idle = await database.query<{ index: string; bytes: number }>(unused, [UNUSED_BYTES, DAYS_OF_USE]);
    const findings: Finding[] = [];
    if (broken.length > 0) {
      const names = someOf(broken.map(({ index }) => index));
      const remedy = text(
        'A build broke off: `reindex index concurrently <name>;`, or drop it where it is a left-over (…_ccnew).',
        '作成が中断されています。`reindex index concurrently <名前>;`、残骸（…_ccnew）なら削除してください。',
      );
      findings.push(fail(text(`invalid, so not used: ${names}`, `無効で使われていない: ${names}`), remedy));
    }
    for (const {
      indexes: [kept = '', ...rest],
    } of twice) {
      const names = rest.join(', ');
      const remedy = text(
        `\`drop index concurrently ${rest[0]};\` (on a partitioned table without "concurrently").`,
        `\`drop index concurrently ${rest[0]};\`（パーティション表では concurrently なし）。`,
      );
      findings.push(
        warn(
          text(
            `${names} is the same as ${kept}, and costs with each write`,
            `${names} は ${kept} と同じで、書き込みのたびに負担になります`,
          ),
          remedy,
        ),
      );
    }
    for (const { index, bytes } of idle) {
      const remedy = text('Drop it, unless a report that runs seldom needs it.', '稀な集計で使うのでなければ削除してください。');
      findings.push(
        warn(
          text(
            `${index} (${inMib(bytes)}) was not used for ${DAYS_OF_USE} days`,
            `${index}（${inMib(bytes)}）は ${DAYS_OF_USE} 日間使われていません`,
          ),
          remedy,
        ),
      );
    }
    return orOk(findings, text('none is invalid, there twice, or large and unused', '無効なもの、重複、大きくて未使用のものはありません'));
  },
};
