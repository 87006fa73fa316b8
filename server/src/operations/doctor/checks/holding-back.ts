import { type Check, type Finding, fail, inMib, orOk, text, warn } from '../finding.js';

const WARN_SECONDS = 300;
const FAIL_SECONDS = 3_600;
const SLOT_WARN_BYTES = 2 ** 30;
const SLOT_FAIL_BYTES = 10 * 2 ** 30;

interface Session {
  readonly pid: number;
  readonly who: string;
  readonly state: string | null;
  readonly seconds: number;
}

/** What keeps Postgres from clearing away rows that nobody sees any more: with it the queue gets slower from hour to hour. */
export const holdingBack: Check = {
  name: 'holding-back',
  title: text('What holds old rows back', '古い行を保持するもの'),
  needsDatabase: true,
  look: async ({ database }) => {
    const sessions = await database.query<Session & object>(
      /* sql */ `
      select pid, coalesce(nullif(application_name, ''), usename, backend_type) as who, state, date_part('epoch', now() - xact_start)::int as seconds
      from pg_stat_activity
      where xact_start < now() - make_interval(secs => $1) and pid <> pg_backend_pid() and (backend_xmin is not null or backend_xid is not null)
        and backend_type in ('client backend', 'walsender')
      order by xact_start limit 20`,
      [WARN_SECONDS],
    );
    const prepared = await database.query<{ gid: string; seconds: number }>(
      `select gid, date_part('epoch', now() - prepared)::int as seconds from pg_prepared_xacts where prepared < now() - make_interval(secs => $1)`,
      [WARN_SECONDS],
    );
    const slots = await database.query<{ name: string; active: boolean; bytes: number; age: number; status: string | null }>(/* sql */ `
      select slot_name as name, active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint as bytes,
        greatest(age(xmin), age(catalog_xmin), 0) as age, wal_status as status
      from pg_replication_slots order by 1`);
    return orOk([...sessions.map(ofSession), ...prepared.map(ofPrepared), ...slots.flatMap(ofSlot)], text('nothing', 'ありません'));
  },
};

const minutes = (seconds: number): number => Math.round(seconds / 60);

function ofSession({ pid, who, state, seconds }: Session): Finding {
  const doing = state ?? '?';
  const found = text(
    `process ${pid} (${who}, ${doing}): its transaction has been open for ${minutes(seconds)} minutes`,
    `プロセス ${pid}（${who}、${doing}）: ${minutes(seconds)} 分間トランザクションを開いたまま`,
  );
  const remedy = text(
    `Find out who it is; end it: \`select pg_terminate_backend(${pid});\`. Against the next: idle_in_transaction_session_timeout, statement_timeout.`,
    `相手を確認し、\`select pg_terminate_backend(${pid});\` で終了。再発防止は idle_in_transaction_session_timeout と statement_timeout。`,
  );
  return seconds > FAIL_SECONDS ? fail(found, remedy) : warn(found, remedy);
}

function ofPrepared({ gid, seconds }: { readonly gid: string; readonly seconds: number }): Finding {
  const sql = `rollback prepared '${gid}';`;
  return fail(
    text(
      `prepared transaction ${gid} has been waiting for ${minutes(seconds)} minutes`,
      `準備済みトランザクション ${gid} が ${minutes(seconds)} 分間残っています`,
    ),
    text(`Commit it or take it back: \`${sql}\`.`, `確定するか取り消してください: \`${sql}\``),
  );
}

function ofSlot(slot: {
  readonly name: string;
  readonly active: boolean;
  readonly bytes: number;
  readonly age: number;
  readonly status: string | null;
}): Finding[] {
  const { name, active, bytes, age, status } = slot;
  const isLost = status === 'lost' || status === 'unreserved';
  if (active && bytes < SLOT_WARN_BYTES && !isLost) return [];
  if (!active && bytes < SLOT_WARN_BYTES / 16 && age < 1_000_000 && !isLost) return [];
  const found = text(
    `replication slot ${name} (${active ? 'in use' : 'not in use'}${isLost ? `, ${status}` : ''}) keeps ${inMib(bytes)} of log and ${age} transactions`,
    `レプリケーションスロット ${name}（${active ? '使用中' : '未使用'}${isLost ? `、${status}` : ''}）が WAL ${inMib(bytes)} と ${age} トランザクションを保持`,
  );
  const remedy = text(
    `Bring its reader back; where nobody reads it any more: \`select pg_drop_replication_slot('${name}');\`. max_slot_wal_keep_size bounds it.`,
    `読み手を復旧してください。不要なら \`select pg_drop_replication_slot('${name}');\`。上限は max_slot_wal_keep_size。`,
  );
  return [bytes > SLOT_FAIL_BYTES || isLost ? fail(found, remedy) : warn(found, remedy)];
}
