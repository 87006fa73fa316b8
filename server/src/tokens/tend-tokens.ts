import type { Database, Queryable } from '../database/database.js';
import { recordAct } from '../security/audit.js';
import type { By } from './quarantine.js';

/** Whose devices shall register again. */
export type ReregisterTarget = { readonly userId: string } | { readonly states: readonly ('active' | 'quarantined' | 'invalid')[] };

const batchSize = 5_000;

/**
 * Marks devices: the app sees the mark and registers again, which takes it away. Sends nothing. Devices that signed out stay as they are. Returns how
 * many were marked anew.
 */
export async function askToReregister(database: Database, target: ReregisterTarget, by: By): Promise<number> {
  return await database.transaction(async (tx) => {
    const [row] = await tx.query<{ n: number }>(mark, 'userId' in target ? [target.userId, null] : [null, target.states]);
    const marked = row?.n ?? 0;
    await recordAct(tx, {
      ...by,
      action: 'tokens.ask_to_reregister',
      target: 'userId' in target ? `user:${target.userId}` : 'tokens',
      details: { ...target, marked },
    });
    return marked;
  });
}

const mark = /* sql */ `
with marked as (
  update public.push_tokens set register_again_at = clock_timestamp()
  where register_again_at is null and state <> 'signed_out' and ($1::uuid is null or user_id = $1) and ($2::text[] is null or state = any ($2))
  returning 1
)
select count(*) as n from marked`;

/**
 * Deletes tokens that are over for good: invalid or signed out for at least so many days. Quarantined ones stay, because they can be brought back.
 * In bounded transactions, each with its entry in the audit. Returns how many.
 */
export async function removeInvalidTokens(database: Database, olderThanDays: number, by: By): Promise<number> {
  let removed = 0;
  for (let last = batchSize; last === batchSize; removed += last) {
    last = await database.transaction(async (tx) => {
      const n = await removeSome(tx, olderThanDays);
      if (n > 0) await recordAct(tx, { ...by, action: 'tokens.remove_invalid', target: 'tokens', details: { olderThanDays, removed: n } });
      return n;
    });
  }
  return removed;
}

async function removeSome(tx: Queryable, olderThanDays: number): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    /* sql */ `
with gone as (
  delete from public.push_tokens where id = any (array(
    select id from public.push_tokens
    where not is_active and updated_at < now() - make_interval(days => $1) and state in ('invalid', 'signed_out') and state_at < now() - make_interval(days => $1)
    limit $2 for update skip locked))
  returning 1
)
select count(*) as n from gone`,
    [olderThanDays, batchSize],
  );
  return row?.n ?? 0;
}
