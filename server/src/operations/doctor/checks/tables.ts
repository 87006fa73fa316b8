import { type Check, type Finding, fail, inMib, orOk, text, warn } from '../finding.js';

/** Tables whose rows come and go all the time: with dead rows in them every claim takes longer. */
const hot = [
  ...['push.outbox', 'push.chunks', 'push.held', 'push.receipt_batches', 'push.ledger_entries', 'push.tally_entries', 'push.token_tally'],
  ...['push.user_recent', 'push.projects', 'push.controls', 'push.workers', 'push.alerts', 'push.idempotency', 'public.push_tokens'],
  'public.notification_settings',
];
const DEAD_WARN = 20_000;
const DEAD_FAIL = 1_000_000;
/** Bytes a live row may take before the rest of the file counts as air. */
const ROW_BYTES = 2_000;
const AIR_BYTES = 64 * 2 ** 20;

interface Table {
  readonly name: string;
  readonly live: number;
  readonly dead: number;
  readonly bytes: number;
  readonly vacuumed: Date | null;
}

const read = /* sql */ `
select relid::regclass::text as name, n_live_tup as live, n_dead_tup as dead, pg_table_size(relid) as bytes,
  greatest(last_vacuum, last_autovacuum) as vacuumed
from pg_stat_user_tables where schemaname || '.' || relname = any ($1) order by n_dead_tup desc`;

export const tables: Check = {
  name: 'tables',
  title: text('Hot tables', '更新の多いテーブル'),
  needsDatabase: true,
  look: async ({ database }) => {
    const rows = await database.query<Table & object>(read, [hot]);
    const dead = rows.reduce((sum, row) => sum + row.dead, 0);
    return orOk(rows.flatMap(judge), text(`${dead} dead rows in all of them`, `不要行は合計 ${dead} 行です`));
  },
};

function judge({ name, live, dead, bytes, vacuumed }: Table): Finding[] {
  const when = vacuumed?.toISOString().slice(0, 16) ?? null;
  const about = text(`last vacuum ${when ?? 'never'}`, `最後の vacuum: ${when ?? 'なし'}`);
  if (dead > DEAD_WARN && dead > live) {
    const found = text(`${name}: ${dead} dead rows, ${live} live, ${about.en}`, `${name}: 不要 ${dead} 行、有効 ${live} 行、${about.ja}`);
    const remedy = text(
      `\`vacuum (analyze) ${name};\`. When they come again: something holds them back (see there), or autovacuum has too few workers.`,
      `\`vacuum (analyze) ${name};\`。再発するなら、古い行を保持するもの（該当項目）か autovacuum の不足です。`,
    );
    return [dead > DEAD_FAIL ? fail(found, remedy) : warn(found, remedy)];
  }
  if (bytes > AIR_BYTES && bytes > live * ROW_BYTES) {
    const found = text(`${name}: ${inMib(bytes)} for ${live} rows`, `${name}: ${live} 行で ${inMib(bytes)}`);
    const remedy = text(
      `It is reused by and by. To give it back at once: \`todoku queue pause\`, \`vacuum full ${name};\` (locks it), \`todoku queue resume\`.`,
      `空きは順に再利用されます。すぐ返すには \`todoku queue pause\`、\`vacuum full ${name};\`（ロックします）、\`todoku queue resume\`。`,
    );
    return [warn(found, remedy)];
  }
  return [];
}
