import type { Statement } from '../../database/database.js';

/**
 * The outcome: one statement for several chunks, fenced by epoch. A result whose epoch is no longer the chunk's inserts nothing but its
 * attempt, marked 'fenced'.
 *
 * $1 … $3 chunk ids, epochs, and for each chunk its item states as an array literal: 1 back to the queue, 0 back to the queue after it may have
 * been sent, else the code of delivery_states. $4 tickets, $5 codes, $6 requeue groups: array literals alike; null where a chunk has none.
 * $7 worker; $8 … $12 each attempt's outcome, duration, status, code, request id; $13 tokens called dead; $14 accepted, $15 failed.
 * $16 … $18 each chunk's counts: chunk, the ledger's item, how many. $19 … $24 requeue groups: chunk, group, delay, attempt, crash
 * recoveries, project. $25 seconds until receipts are due. $26 whether a chunk's tickets are all to be asked for, $27 whether some are,
 * $28 whether some ticket can't be attributed, for each chunk.
 *
 * Rejected, measured on 2 cores (µs a delivery; this: 7):
 * - joining items to their results, 400 x 400 rows: 28; here they are unnested beside them;
 * - one list of items for all parts of the statement, counted here and gathered again for the receipts: 15. What the usual chunk needs
 *   (every delivery accepted) takes its arrays as they are, and who sends the results counts them.
 */
export const completeChunks: Statement = {
  name: 'complete_chunks',
  text: /* sql */ `
with result as materialized (
  select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $8::text[], $9::int[], $10::smallint[], $11::text[], $12::text[],
    $13::smallint[], $14::smallint[], $15::smallint[], $26::boolean[], $27::boolean[], $28::boolean[])
    as r(chunk_id, epoch, states, tickets, codes, groups, outcome, duration_ms, http_status, code, request_id, tokens_lost, accepted, failed,
      await_all, await_some, unattributed)
), fenced as materialized (
  select c.*, r.states::smallint[] as states, r.tickets::text[] as tickets, r.codes::text[] as codes, r.groups::smallint[] as groups,
    r.await_all, r.await_some, r.unattributed, r.accepted
  from result r join push.chunks c on c.id = r.chunk_id and c.id = any ($1::bigint[]) and c.epoch = r.epoch and c.state = 2
  order by c.id
  for update of c
), recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, ticket_id, code)
  select u.delivery_id, case u.state when 0 then 1 else u.state end, f.attempt, f.id, u.notification_id, u.created_at, u.token_id, u.ticket_id, u.code
  from fenced f, unnest(f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.states, f.tickets, f.codes)
    as u(delivery_id, notification_id, created_at, token_id, state, ticket_id, code)
  where u.state <> 1
), unattributed as (
  -- A ticket that can't be attributed has no receipt to wait for: the delivery ends at once, by the legal way.
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, code)
  select u.delivery_id, 34, f.attempt, f.id, u.notification_id, u.created_at, u.token_id, 'TICKET_NOT_ATTRIBUTED'
  from fenced f, unnest(f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.states, f.tickets)
    as u(delivery_id, notification_id, created_at, token_id, state, ticket_id)
  where f.unattributed and u.state = 10 and u.ticket_id is null
), awaited as (
  insert into push.receipt_batches (due_at, sent_at, hour, broadcast_id, project_id, lane, attempt, resend_unknown, expires_at, chunk_id, n,
    ticket_ids, delivery_ids, notification_ids, created_ats, token_ids)
  select clock_timestamp() + make_interval(secs => $25), clock_timestamp(), f.hour, f.broadcast_id, f.project_id, f.lane, f.attempt,
    f.resend_unknown, f.expires_at, f.id, f.n, f.tickets, f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids
  from fenced f where f.await_all
  union all
  select clock_timestamp() + make_interval(secs => $25), clock_timestamp(), f.hour, f.broadcast_id, f.project_id, f.lane, f.attempt,
    f.resend_unknown, f.expires_at, f.id, i.n, i.ticket_ids, i.delivery_ids, i.notification_ids, i.created_ats, i.token_ids
  from fenced f, lateral (
    select count(*) as n, array_agg(u.ticket_id) as ticket_ids, array_agg(u.delivery_id) as delivery_ids,
      array_agg(u.notification_id) as notification_ids, array_agg(u.created_at) as created_ats, array_agg(u.token_id) as token_ids
    from unnest(f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.states, f.tickets)
      as u(delivery_id, notification_id, created_at, token_id, state, ticket_id)
    where u.state = 10 and u.ticket_id is not null) i
  where f.await_some
), requeued as (
  insert into push.chunks (due_at, hour, expires_at, broadcast_id, project_id, lane, state, n, attempt, crash_recoveries, resend_unknown,
    last_code, split_from, ready_at, delivery_ids, notification_ids, created_ats, token_ids)
  select clock_timestamp() + make_interval(secs => g.delay_ms / 1000.0), f.hour, f.expires_at, f.broadcast_id, g.project_id, f.lane,
    case when (select b.state from push.broadcasts b where b.id = f.broadcast_id) = 'paused' then 3 else 1 end, i.n, g.attempt, g.crash_recoveries, f.resend_unknown, i.code, f.id,
    coalesce(f.ready_at, f.due_at), i.delivery_ids, i.notification_ids, i.created_ats, i.token_ids
  from unnest($19::bigint[], $20::smallint[], $21::float8[], $22::smallint[], $23::smallint[], $24::smallint[])
    as g(chunk_id, grp, delay_ms, attempt, crash_recoveries, project_id)
  join fenced f on f.id = g.chunk_id
  cross join lateral (
    select count(*) as n, min(u.code) as code, array_agg(u.delivery_id order by u.idx) as delivery_ids,
      array_agg(u.notification_id order by u.idx) as notification_ids, array_agg(u.created_at order by u.idx) as created_ats,
      array_agg(u.token_id order by u.idx) as token_ids
    from unnest(f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.codes, f.groups)
      with ordinality as u(delivery_id, notification_id, created_at, token_id, code, grp, idx)
    where u.grp = g.grp) i
), gone as (
  delete from push.chunks c where c.id = any (array(select id from fenced))
), told as (
  insert into push.attempts (chunk_id, epoch, project_id, lane, worker, duration_ms, recipients, outcome, http_status, code, request_id,
    accepted, failed, tokens_lost, split_from)
  select r.chunk_id, r.epoch, coalesce(f.project_id, 0), coalesce(f.lane, 0), $7, r.duration_ms, coalesce(f.n, 0),
    case when f.id is null then 'fenced' else r.outcome end, r.http_status, r.code, r.request_id,
    case when f.id is null then 0 else r.accepted end, case when f.id is null then 0 else r.failed end, r.tokens_lost, f.split_from
  from result r left join fenced f on f.id = r.chunk_id
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select f.hour, f.broadcast_id, x.item, sum(x.n)
  from unnest($16::bigint[], $17::text[], $18::bigint[]) as x(chunk_id, item, n)
  join fenced f on f.id = x.chunk_id
  group by f.hour, f.broadcast_id, x.item
), measured as (
  insert into push.tally_entries (project_id, item, n, ms)
  select f.project_id, 'sent', sum(f.accepted),
    sum(f.accepted * greatest(0, 1000 * date_part('epoch', clock_timestamp() - coalesce(f.ready_at, f.due_at))))
  from fenced f where f.accepted > 0
  group by f.project_id
  union all
  -- What was withdrawn (32) or late (31) is no error of a provider.
  select f.project_id, 'error:' || u.code, count(*), 0
  from fenced f, unnest(f.states, f.codes) as u(state, code)
  where f.codes is not null and u.code is not null and u.state not in (31, 32)
  group by f.project_id, u.code
)
select id from fenced`,
};
