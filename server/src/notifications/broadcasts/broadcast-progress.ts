import type { LedgerRow } from '../../monitoring/ledger-types.js';
import type { Broadcast, BroadcastProgress } from './broadcast-types.js';

/** `now`: the database's. */
export function progressOf(broadcast: Broadcast, row: LedgerRow, now: Date): BroadcastProgress {
  const waiting = row.queued + row.delayed + row.parked + row.sending;
  const isOver = broadcast.state === 'done' && waiting === 0 && row.outbox === 0 && row.held === 0;
  const share = isOver ? 1 : shareDone(broadcast, row, waiting);
  const settled = row.deliveries - waiting;
  const seconds = broadcast.startedAt === null ? 0 : Math.max(0, now.getTime() - broadcast.startedAt.getTime()) / 1000;
  const isMoving = (broadcast.state === 'running' || broadcast.state === 'done') && !isOver && seconds > 0;
  return {
    suppressed: row.suppressed,
    held: row.held,
    planned: row.planned,
    deliveries: row.deliveries,
    waiting,
    awaitingReceipt: row.awaitingReceipt,
    ended: row.ended,
    unaccounted: row.unaccounted,
    percent: Math.floor(share * 1000) / 10,
    perSecond: isMoving ? Math.round(settled / seconds) : null,
    secondsLeft: isMoving && settled > 0 && share > 0 ? Math.round((seconds * (1 - share)) / share) : null,
  };
}

/** In users: one with three devices, of which one was sent to, counts for a third. */
function shareDone(broadcast: Broadcast, row: LedgerRow, waiting: number): number {
  const isCancelled = broadcast.state === 'cancelled';
  const suppressed = sum(row.suppressed) - (isCancelled ? (row.suppressed['broadcast_cancelled'] ?? 0) : 0);
  const settled = row.deliveries - waiting - (isCancelled ? (row.ended['cancelled'] ?? 0) : 0);
  const users = suppressed + (row.deliveries === 0 ? 0 : (row.planned * settled) / row.deliveries);
  // Once every row is made their number is known, and the estimate no longer matters.
  const isMade = broadcast.finishedAt !== null && !isCancelled;
  const audience = isMade ? broadcast.created : Math.max(broadcast.estimate ?? 0, broadcast.created);
  return audience === 0 ? 0 : Math.min(1, users / audience);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, n) => total + n, 0);
}
