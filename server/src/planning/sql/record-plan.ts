import type { Statement } from '../../database/database.js';

/** Microseconds since 1970 as an instant: reading a timestamp's text costs four times as much. */
const instantOf = (us: string): string => `timestamptz 'epoch' + ${us} * interval '1 microsecond'`;

/** Advisory lock of a broadcast, shared by who plans of it and taken alone by who pauses, resumes or cancels it. */
export const broadcastTurn = (id: string): string => `7304133, (${id} & 2147483647)::int`;

/**
 * Writes what planning decided, in the transaction that took the notifications out of the outbox: decisions, chunks, held notifications,
 * the ledger's entries and the tallies. Arrays of one group have one element a row; a chunk's own arrays come as array literals.
 *
 * A chunk of a broadcast that was paused meanwhile is parked. The share lock on the broadcast orders the two: either the pause sees the
 * chunk, or the chunk sees the pause. Sharers of a row are let in past a pause that waits, so the advisory lock, which is granted in the order of
 * asking, comes first. Returns each chunk's id and its first delivery, by which the writer knows it again.
 */
export const recordPlan: Statement = {
  name: 'record_plan',
  text: /* sql */ `
with decided as (
  insert into push.decisions (notification_id, created_at, verdict, reason, hold_until, first_delivery, deliveries, inputs)
  select d.id, ${instantOf('d.created_us')}, d.verdict, d.reason, d.hold_until, d.first_delivery, d.deliveries, d.inputs
  from unnest($1::uuid[], $2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::bigint[], $7::smallint[], $8::json[])
    as d(id, created_us, verdict, reason, hold_until, first_delivery, deliveries, inputs)
), turn as materialized (
  select pg_advisory_xact_lock_shared(${broadcastTurn('id')}) from (select id from unnest($9::bigint[]) as id order by id) asked
), broadcast as materialized (
  select id, state from push.broadcasts where id = any($9::bigint[]) and (select count(*) from turn) > 0 order by id for share
), queued as (
  insert into push.chunks (project_id, lane, hour, broadcast_id, expires_at, resend_unknown, n, state, ready_at,
    delivery_ids, notification_ids, created_ats, token_ids)
  select c.project_id, c.lane, c.hour, c.broadcast_id, c.expires_at, c.resend_unknown, c.n,
    case when b.state = 'paused' then 3 else 1 end, ${instantOf('c.ready_ms * 1000')},
    c.delivery_ids::bigint[], c.notification_ids::uuid[], 
    (select array_agg(${instantOf('us')}) from unnest(c.created_us::bigint[]) as us), c.token_ids::uuid[]
  from unnest($10::smallint[], $11::smallint[], $12::timestamptz[], $13::bigint[], $14::timestamptz[], $15::boolean[], $16::smallint[],
    $17::text[], $18::text[], $19::text[], $20::text[], $31::bigint[])
    as c(project_id, lane, hour, broadcast_id, expires_at, resend_unknown, n, delivery_ids, notification_ids, created_us, token_ids, ready_ms)
  left join broadcast b on b.id = c.broadcast_id
  returning id, delivery_ids[1] as first_delivery
), kept as (
  insert into push.held (notification_id, created_at, lane, broadcast_id, release_at, reason)
  select h.id, ${instantOf('h.created_us')}, h.lane, h.broadcast_id, h.release_at, h.reason
  from unnest($21::uuid[], $22::bigint[], $23::smallint[], $24::bigint[], $25::timestamptz[], $26::text[])
    as h(id, created_us, lane, broadcast_id, release_at, reason)
), tallied as (
  insert into push.tally_entries (project_id, item, n) select 0, * from unnest($32::text[], $33::bigint[])
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select * from unnest($27::timestamptz[], $28::bigint[], $29::text[], $30::bigint[])
)
select id, first_delivery from queued`,
};
