import { readLedger } from '@todoku/server/monitoring/ledger.js';
import { BroadcastManager } from '@todoku/server/notifications/broadcasts/broadcast-manager.js';
import { type Bench, timeLimitMs } from '../bench.js';
import { until } from '../wait.js';
import { message } from './messages.js';
import type { ProductDatabase } from './product-database.js';

const by = { actor: 'bench', reason: 'a measurement' };
const pollMs = 100;

/** Starts one message to these users, or to all. Returns the broadcast's id. */
export async function startBroadcast({ admin }: ProductDatabase, userIds: readonly string[] | null): Promise<number> {
  const { id } = await new BroadcastManager(admin).create(
    {
      type: 'news',
      title: message.title,
      message: message.body,
      data: { screen: message.screen },
      audience: userIds === null ? { kind: 'all' } : { kind: 'list', userIds },
    },
    by,
    { start: true },
  );
  return id;
}

export async function cancelBroadcast({ admin }: ProductDatabase, id: number): Promise<void> {
  await new BroadcastManager(admin).cancel(id, { ...by, reason: 'seen enough' });
}

/** Until the simulator has taken so many messages since its reset. */
export async function untilTaken({ simulator }: Bench, count: number): Promise<void> {
  await until(async () => (await simulator.stats()).accepted >= count, pollMs, timeLimitMs);
}

/** Until nothing is on its way any more. Throws when something is unaccounted for then, or when not so many were accepted. */
export async function untilSettled({ admin }: ProductDatabase, accepted: number | null): Promise<void> {
  const look = async () => {
    const [row] = (await readLedger(admin)).rows;
    if (row === undefined) throw new Error('a ledger without a row');
    return row;
  };
  await until(
    async () => {
      const row = await look();
      const there = accepted === null || row.accepted >= accepted;
      return there && row.outbox + row.held + row.queued + row.delayed + row.parked + row.sending === 0;
    },
    pollMs,
    timeLimitMs,
  );
  const row = await look();
  if (row.unaccounted !== 0) throw new Error(`${row.unaccounted} deliveries are unaccounted for`);
  if (accepted !== null && row.accepted !== accepted) throw new Error(`${row.accepted} notifications were accepted, of ${accepted}`);
}
