import type { Database } from '../database/database.js';
import { recordAct } from '../security/audit.js';

/**
 * Takes in rows of that time that were inserted while notification_push_trigger was disabled: they become pushes now. Only when an operator asks,
 * because whoever switched the trigger off may have meant it. Returns how many; called again, none.
 * Without `until` there is no end. Rows from before the oldest day whose decisions are kept are left out: they may have been sent.
 */
export async function catchUp(
  database: Database,
  { since, until }: { readonly since: Date; readonly until?: Date | undefined },
  by: { readonly actor: string; readonly reason: string },
): Promise<number> {
  return await database.transaction(async (tx) => {
    const [row] = await tx.query<{ taken: number }>(/* sql */ `select push.catch_up($1, coalesce($2::timestamptz, 'infinity')) as taken`, [
      since,
      until ?? null,
    ]);
    const taken = row?.taken ?? 0;
    await recordAct(tx, {
      ...by,
      action: 'queue.catch_up',
      target: 'outbox',
      details: { since, until: until ?? null, notifications: taken },
    });
    return taken;
  });
}
