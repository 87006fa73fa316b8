import type { Database, Queryable } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';

/** A device's word that a delivery arrived. */
export interface Acknowledgement {
  readonly deliveryId: string;
  readonly notificationId: string;
  /** The notification's, as Postgres writes it. */
  readonly createdAt: string;
  readonly broadcastId: string | null;
}

interface LastStep {
  readonly state: number;
  readonly attempt: number;
  readonly chunkId: string | null;
  readonly tokenId: string;
  /** Whether a device's word may follow this state. */
  readonly legal: boolean;
}

const ACCEPTED_BY_EXPO = 10;
const ACKED = 21;

/**
 * Writes down that the device has it: state acked_by_device, where push.delivery_transitions lets it follow, and the ledger's entries. Saying it
 * twice is the same as once. The caller has made sure that the notification is the user's.
 *
 * Throws NOT_FOUND when the notification has no such delivery; CONFLICT when nothing can be acknowledged in its state, which includes that the
 * answer of the provider is not written yet: the device was quicker and has to say it again.
 */
export async function acknowledge(database: Database, acknowledgement: Acknowledgement): Promise<void> {
  await database.transaction(async (tx) => {
    // Two devices' words for one delivery can't be; two of one device can.
    await tx.rows(/* sql */ 'select pg_advisory_xact_lock(7304126, ($1::bigint & 2147483647)::int)', [acknowledgement.deliveryId]);
    const step = await settledStep(tx, acknowledgement);
    if (step.state === ACKED) return;
    if (!step.legal)
      throw new TodokuError('CONFLICT', { message: 'This delivery has not been sent, or has failed: there is nothing to acknowledge.' });
    await writeDown(tx, acknowledgement, step);
  });
}

/** The last step. A delivery whose receipt is awaited stops waiting for it, unless the receipt came first: then its step counts. */
async function settledStep(tx: Queryable, acknowledgement: Acknowledgement): Promise<LastStep> {
  const step = await lastStep(tx, acknowledgement);
  if (step.state !== ACCEPTED_BY_EXPO || (await leaveReceiptBatch(tx, acknowledgement.deliveryId, step.chunkId))) return step;
  const later = await lastStep(tx, acknowledgement);
  if (later.state === ACCEPTED_BY_EXPO) throw new TodokuError('CONFLICT', { message: 'The receipt of this delivery is being written.' });
  return later;
}

/** In the order of the reconciler: chunks are numbered as they are made, a chunk begins with its tickets, and clocks may be set back. */
async function lastStep(tx: Queryable, { deliveryId, notificationId }: Acknowledgement): Promise<LastStep> {
  const [row] = await tx.rows(
    /* sql */ `
select d.state, d.attempt, d.chunk_id, d.token_id, exists (select from push.delivery_transitions t where t.from_state = d.state and t.to_state = ${ACKED})
from push.deliveries d
where d.delivery_id = $1 and d.notification_id = $2
order by d.chunk_id desc nulls first, d.state <> 10 desc, d.at desc, d.state desc
limit 1`,
    [deliveryId, notificationId],
  );
  if (row === undefined) throw await whyUnknown(tx, deliveryId, notificationId);
  return { state: Number(row[0]), attempt: Number(row[1]), chunkId: row[2] ?? null, tokenId: row[3] ?? '', legal: row[4] === 't' };
}

async function whyUnknown(tx: Queryable, deliveryId: string, notificationId: string): Promise<TodokuError> {
  const planned = await tx.rows(
    /* sql */ 'select 1 from push.decisions where notification_id = $1 and $2::bigint >= first_delivery and $2::bigint < first_delivery + deliveries',
    [notificationId, deliveryId],
  );
  if (planned.length === 0) return new TodokuError('NOT_FOUND', { message: 'This notification has no such delivery.' });
  return new TodokuError('CONFLICT', { message: 'That this delivery was sent is not written down yet; say it again in a moment.' });
}

/**
 * Takes the delivery out of the tickets whose receipts are awaited. The new epoch shuts out a poll that is under way: its list is no longer this
 * one; the others are asked for again. False: its receipt was settled first.
 */
async function leaveReceiptBatch(tx: Queryable, deliveryId: string, chunkId: string | null): Promise<boolean> {
  const left = await tx.rows(
    /* sql */ `
with batch as materialized (
  select id, ticket_ids, delivery_ids, notification_ids, created_ats, token_ids from push.receipt_batches
  where chunk_id = $1 and $2::bigint = any(delivery_ids)
  for update
), rest as (
  select b.id, count(u.delivery_id) as n, array_agg(u.ticket_id) as ticket_ids, array_agg(u.delivery_id) as delivery_ids,
    array_agg(u.notification_id) as notification_ids, array_agg(u.created_at) as created_ats, array_agg(u.token_id) as token_ids
  from batch b
  left join lateral unnest(b.ticket_ids, b.delivery_ids, b.notification_ids, b.created_ats, b.token_ids)
    as u(ticket_id, delivery_id, notification_id, created_at, token_id) on u.delivery_id <> $2::bigint
  group by b.id
), gone as (
  delete from push.receipt_batches r using rest where r.id = rest.id and rest.n = 0
), kept as (
  update push.receipt_batches r set epoch = r.epoch + 1, lease_until = null, n = rest.n, ticket_ids = rest.ticket_ids,
    delivery_ids = rest.delivery_ids, notification_ids = rest.notification_ids, created_ats = rest.created_ats, token_ids = rest.token_ids
  from rest where r.id = rest.id and rest.n > 0
)
select 1 from batch`,
    [chunkId, deliveryId],
  );
  return left.length > 0;
}

async function writeDown(
  tx: Queryable,
  { deliveryId, notificationId, createdAt, broadcastId }: Acknowledgement,
  step: LastStep,
): Promise<void> {
  await tx.rows(
    /* sql */ `
with recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id)
  values ($1, ${ACKED}, $2, $3, $4, $5::timestamptz, $6)
)
insert into push.ledger_entries (hour, broadcast_id, item, n)
select date_trunc('hour', $5::timestamptz, 'UTC'), $7::bigint, 'state:' || s.name, case s.code when ${ACKED} then 1 else -1 end
from push.delivery_states s where s.code in ($8::smallint, ${ACKED})`,
    [deliveryId, step.attempt, step.chunkId, notificationId, createdAt, step.tokenId, broadcastId, step.state],
  );
}
