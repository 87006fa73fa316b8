import type { Statement } from '../../database/database.js';

/**
 * The outcome: one statement for several chunks, fenced by epoch. A result whose epoch is no longer the chunk's inserts nothing but its
 * attempt, marked 'fenced'.
 *
 * $1 … $3 chunk ids, epochs, and for each chunk its item states as an array literal: 1 back to the queue, 0 back to the queue after it may have
 * been sent, else the code of delivery_states. $4 tickets, $5 codes, $6 requeue groups: array literals alike. $7 worker;
 * $8 … $12 each attempt's outcome, duration, status, code, request id; $13 … $18 requeue groups: chunk, group, delay, attempt, crash
 * recoveries, project; $19 seconds until receipts are due; $20 whether the provider has receipts; $21 tokens
 * called dead, for each chunk.
 *
 * Items are not joined to their results but unnested beside them: joining 400 x 400 rows cost 11 ms where this costs 2.
 */
export const completeChunks: Statement = {
  name: 'complete_chunks',
  text: /* sql */ `
with result as materialized (
  select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $8::text[], $9::int[], $10::smallint[], $11::text[], $12::text[],
    $21::smallint[])
    as r(chunk_id, epoch, states, tickets, codes, groups, outcome, duration_ms, http_status, code, request_id, tokens_lost)
), fenced as materialized (
  select c.*, r.states::smallint[] as states, r.tickets::text[] as tickets, r.codes::text[] as codes, r.groups::smallint[] as groups
  from result r join push.chunks c on c.id = r.chunk_id and c.epoch = r.epoch and c.state = 2
  order by c.id
  for update of c
), item as materialized (
  select f.id as chunk_id, f.attempt, f.hour, f.broadcast_id, u.*
  from fenced f, unnest(f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.states, f.tickets, f.codes, f.groups)
    with ordinality as u(delivery_id, notification_id, created_at, token_id, state, ticket_id, code, grp, idx)
), recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, ticket_id, code)
  select delivery_id, case state when 0 then 1 else state end, attempt, chunk_id, notification_id, created_at, token_id, ticket_id, code
  from item where state <> 1
  union all
  -- A ticket that can't be attributed has no receipt to wait for: the delivery ends at once, by the legal way.
  select delivery_id, 34, attempt, chunk_id, notification_id, created_at, token_id, null, 'TICKET_NOT_ATTRIBUTED'
  from item where state = 10 and ticket_id is null
), awaited as (
  insert into push.receipt_batches (due_at, sent_at, hour, broadcast_id, project_id, lane, attempt, resend_unknown, expires_at, chunk_id, n,
    ticket_ids, delivery_ids, notification_ids, created_ats, token_ids)
  select clock_timestamp() + make_interval(secs => $19), clock_timestamp(), f.hour, f.broadcast_id, f.project_id, f.lane, f.attempt,
    f.resend_unknown, f.expires_at, f.id, count(*), array_agg(i.ticket_id), array_agg(i.delivery_id), array_agg(i.notification_id),
    array_agg(i.created_at), array_agg(i.token_id)
  from item i join fenced f on f.id = i.chunk_id
  where i.state = 10 and i.ticket_id is not null and $20
  group by f.id, f.hour, f.broadcast_id, f.project_id, f.lane, f.attempt, f.resend_unknown, f.expires_at
), requeued as (
  insert into push.chunks (due_at, hour, expires_at, broadcast_id, project_id, lane, state, n, attempt, crash_recoveries, resend_unknown,
    last_code, delivery_ids, notification_ids, created_ats, token_ids)
  select clock_timestamp() + make_interval(secs => g.delay_ms / 1000.0), f.hour, f.expires_at, f.broadcast_id, g.project_id, f.lane,
    case when b.state = 'paused' then 3 else 1 end, count(*), g.attempt, g.crash_recoveries, f.resend_unknown, min(i.code),
    array_agg(i.delivery_id order by i.idx), array_agg(i.notification_id order by i.idx), array_agg(i.created_at order by i.idx),
    array_agg(i.token_id order by i.idx)
  from item i
  join fenced f on f.id = i.chunk_id
  join unnest($13::bigint[], $14::smallint[], $15::float8[], $16::smallint[], $17::smallint[], $18::smallint[])
    as g(chunk_id, grp, delay_ms, attempt, crash_recoveries, project_id) on g.chunk_id = i.chunk_id and g.grp = i.grp
  left join push.broadcasts b on b.id = f.broadcast_id
  where i.state in (0, 1)
  group by f.id, f.hour, f.expires_at, f.broadcast_id, f.lane, f.resend_unknown, b.state, g.grp, g.delay_ms, g.attempt, g.crash_recoveries, g.project_id
), gone as (
  delete from push.chunks c using fenced f where c.id = f.id
), told as (
  insert into push.attempts (chunk_id, epoch, project_id, lane, worker, duration_ms, recipients, outcome, http_status, code, request_id,
    accepted, failed, tokens_lost)
  select r.chunk_id, r.epoch, coalesce(f.project_id, 0), coalesce(f.lane, 0), $7, r.duration_ms, coalesce(f.n, 0),
    case when f.id is null then 'fenced' else r.outcome end, r.http_status, r.code, r.request_id,
    coalesce((select count(*) from unnest(f.states) s where s in (10, 20)), 0),
    coalesce((select count(*) from unnest(f.states) s where s >= 30), 0), r.tokens_lost
  from result r left join fenced f on f.id = r.chunk_id
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select hour, broadcast_id, case when item.state = 0 then 'resent_unknown' else 'state:' || s.name end, count(*)
  from (
    select hour, broadcast_id, case when state = 10 and ticket_id is null then 34 else state end as state from item where state <> 1) item
  left join push.delivery_states s on s.code = item.state
  group by 1, 2, 3
)
select id from fenced`,
};
