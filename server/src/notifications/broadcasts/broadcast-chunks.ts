/** What a broadcast's pause, resumption and end mean for its chunks. The caller holds the broadcast's row, or it is cancelled for good. */
import type { Database, Queryable, Statement } from '../../database/database.js';
import { broadcastTurn } from '../../planning/sql/record-plan.js';

/** Before the broadcast's row is locked: planners share its lock, and without a turn there might always be one of them. See `recordPlan`. */
export async function takeTurn(tx: Queryable, broadcastId: number): Promise<void> {
  await tx.query(/* sql */ `select pg_advisory_xact_lock(${broadcastTurn('$1::bigint')})`, [broadcastId]);
}

/** What waits is parked; what is being sent finishes. Returns how many chunks. */
export async function parkChunks(tx: Queryable, broadcastId: number): Promise<number> {
  const parked = await tx.query(/* sql */ 'update push.chunks set state = 3 where broadcast_id = $1 and state = 1 returning id', [
    broadcastId,
  ]);
  return parked.length;
}

/** Due now, unless later anyway: a claim doesn't look for what was due long ago (LowWater). */
export async function unparkChunks(tx: Queryable, broadcastId: number): Promise<number> {
  const released = await tx.query(
    /* sql */ `
    update push.chunks set state = 1, due_at = greatest(due_at, clock_timestamp())
    where broadcast_id = $1 and state = 3 returning id`,
    [broadcastId],
  );
  return released.length;
}

/** $1 broadcast, $2 most chunks, $3 code. A chunk that is locked is being claimed, settled or ended by somebody else: the next call sees it. */
const endWaiting: Statement = {
  name: 'end_cancelled_chunks',
  text: /* sql */ `
with doomed as (
  select id from push.chunks where broadcast_id = $1 and state in (1, 3) limit $2 for update skip locked
), gone as (
  delete from push.chunks c using doomed d where c.id = d.id returning c.*
), recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, code)
  select u.delivery_id, 32, g.attempt, g.id, u.notification_id, u.created_at, u.token_id, $3::text
  from gone g, unnest(g.delivery_ids, g.notification_ids, g.created_ats, g.token_ids) as u(delivery_id, notification_id, created_at, token_id)
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select hour, broadcast_id, 'state:cancelled', sum(n) from gone group by 1, 2
)
select coalesce(sum(n), 0)::int as deliveries, count(*)::int as chunks from gone`,
};

const chunksAtOnce = 200;

type EndCode = 'BROADCAST_CANCELLED' | 'BROADCAST_UNKNOWN';

/** Ends what waits of a cancelled broadcast, in bounded transactions. Returns how many deliveries. */
export async function endWaitingChunks(database: Queryable, broadcastId: number, code: EndCode = 'BROADCAST_CANCELLED'): Promise<number> {
  for (let total = 0; ; ) {
    const [ended] = await database.query<{ deliveries: number; chunks: number }>(endWaiting, [broadcastId, chunksAtOnce, code]);
    total += ended?.deliveries ?? 0;
    if ((ended?.chunks ?? 0) < chunksAtOnce) return total;
  }
}

/** Broadcasts whose chunks do not stand as their broadcast says; also of one that was deleted, which no claim takes. */
const strays = /* sql */ `
select distinct c.broadcast_id as id from push.chunks c left join push.broadcasts b on b.id = c.broadcast_id
where c.broadcast_id is not null and (
  ((b.id is null or b.state = 'cancelled') and c.state in (1, 3)) or (b.state = 'paused' and c.state = 1) or (b.state in ('running', 'done') and c.state = 3)
)`;

/**
 * Puts right what crossed a pause, a resumption or a cancellation: a chunk that was on the wire comes back to the queue after its broadcast was
 * cancelled, and an outcome that began before a resumption parks what it gives back. Rare, so it is looked for and not locked against.
 * Returns how many broadcasts it touched.
 */
export async function tendStrayChunks(database: Database): Promise<number> {
  const found = await database.query<{ id: number }>(strays);
  for (const { id } of found) {
    await database.transaction(async (tx) => {
      await takeTurn(tx, id);
      const [broadcast] = await tx.query<{ state: string }>('select state from push.broadcasts where id = $1 for update', [id]);
      if (broadcast === undefined) await endWaitingChunks(tx, id, 'BROADCAST_UNKNOWN');
      else if (broadcast.state === 'cancelled') await endWaitingChunks(tx, id);
      else if (broadcast.state === 'paused') await parkChunks(tx, id);
      else await unparkChunks(tx, id);
    });
  }
  return found.length;
}
