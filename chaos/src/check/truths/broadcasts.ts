import type { BroadcastRow, DatabaseFacts } from '../database/facts.js';
import type { Judgement } from '../verdict.js';

/** Broadcasts make exactly one row for each recipient: neither skips nor doubles, whatever killed the fan-out. */
export function judgeBroadcasts(
  judgement: Judgement,
  database: DatabaseFacts,
  /** For broadcasts to everybody: who was known, with a device, throughout the fan-out. By broadcast id; null: not known. */
  everybody: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const made = new Map<string, Map<string, number>>();
  for (const { broadcastId, userId } of database.notifications.values()) {
    if (broadcastId === null) continue;
    const users = made.get(broadcastId) ?? new Map<string, number>();
    users.set(userId, (users.get(userId) ?? 0) + 1);
    made.set(broadcastId, users);
  }
  for (const broadcast of database.broadcasts) {
    judgement.examined();
    judgeOne(judgement, broadcast, made.get(broadcast.id) ?? new Map(), wantedOf(database, broadcast, everybody));
  }
}

function wantedOf(
  database: DatabaseFacts,
  broadcast: BroadcastRow,
  everybody: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly users: ReadonlySet<string>; readonly exactly: boolean } {
  if (broadcast.audience === 'list') return { users: database.recipients.get(broadcast.id) ?? new Set(), exactly: true };
  return { users: everybody.get(broadcast.id) ?? new Set(), exactly: false };
}

function judgeOne(
  judgement: Judgement,
  broadcast: BroadcastRow,
  made: ReadonlyMap<string, number>,
  wanted: { readonly users: ReadonlySet<string>; readonly exactly: boolean },
): void {
  const name = `broadcast ${broadcast.id}`;
  for (const [user, n] of made) {
    if (n > 1) judgement.found('broadcast_doubled', `${name}: ${n} rows for ${user}`);
    if (wanted.exactly && !wanted.users.has(user)) judgement.found('broadcast_to_a_stranger', `${name}: ${user}`);
  }
  const rows = [...made.values()].reduce((sum, n) => sum + n, 0);
  if (rows !== broadcast.created) judgement.found('broadcast_miscounted', `${name}: says ${broadcast.created}, made ${rows}`);
  if (broadcast.state !== 'done') return;
  const skipped = [...wanted.users].filter((user) => !made.has(user));
  if (skipped.length > 0) judgement.found('broadcast_skipped', `${name}: ${skipped.length} recipients, among them ${skipped[0]}`);
}
