import type { Statement } from '../database/database.js';

/** Leases ticket batches that are due, oldest first; ticket ids are the provider's and may hold any character. $1 project, $2 most batches, $3 low-water mark of due_at, $4 lease seconds. */
export const claimReceipts: Statement = {
  name: 'claim_receipts',
  text: /* sql */ `
with due as (
  select id from push.receipt_batches
  where project_id = $1 and due_at >= $3::timestamptz and due_at <= statement_timestamp()
    and (lease_until is null or lease_until < clock_timestamp())
  order by due_at limit $2
  for update skip locked
)
update push.receipt_batches r set epoch = r.epoch + 1, lease_until = clock_timestamp() + make_interval(secs => $4)
where r.id = any (array(select id from due))
returning r.id, r.epoch, array_to_json(r.ticket_ids), array_to_json(r.token_ids), r.tries, r.attempt,
  date_part('epoch', r.sent_at), date_part('epoch', clock_timestamp()), date_part('epoch', r.due_at)`,
};

/**
 * Writes what receipts said, fenced by epoch. $1 batch ids, $2 epochs; for each batch array literals: $3 states (0 still waiting, 1 back to
 * the queue, else the code of delivery_states), $4 codes; $5 seconds until a batch with waiting tickets is asked for again, $6 seconds until
 * what goes back to the queue is due.
 */
export const completeReceipts: Statement = {
  name: 'complete_receipts',
  text: /* sql */ `
with result as materialized (
  select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::float8[]) as r(id, epoch, states, codes, delay)
), fenced as materialized (
  select b.*, r.states::smallint[] as states, r.codes::text[] as codes, r.delay
  from result r join push.receipt_batches b on b.id = r.id and b.id = any ($1::bigint[]) and b.epoch = r.epoch
  order by b.id
  for update of b
), item as materialized (
  select f.id as batch_id, f.project_id, f.chunk_id, f.attempt, f.hour, f.broadcast_id, u.*
  from fenced f, unnest(f.ticket_ids, f.delivery_ids, f.notification_ids, f.created_ats, f.token_ids, f.states, f.codes)
    as u(ticket_id, delivery_id, notification_id, created_at, token_id, state, code)
), recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, ticket_id, code)
  select delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, ticket_id, code from item where state <> 0
), requeued as (
  insert into push.chunks (due_at, hour, expires_at, broadcast_id, project_id, lane, state, n, attempt, resend_unknown, last_code,
    delivery_ids, notification_ids, created_ats, token_ids)
  select clock_timestamp() + make_interval(secs => $6), f.hour, f.expires_at, f.broadcast_id, f.project_id, f.lane,
    case when (select b.state from push.broadcasts b where b.id = f.broadcast_id) = 'paused' then 3 else 1 end, count(*), f.attempt + 1, f.resend_unknown, min(i.code),
    array_agg(i.delivery_id), array_agg(i.notification_id), array_agg(i.created_at), array_agg(i.token_id)
  from item i join fenced f on f.id = i.batch_id
  where i.state = 1
  group by f.id, f.hour, f.expires_at, f.broadcast_id, f.project_id, f.lane, f.attempt, f.resend_unknown
), waiting as (
  select batch_id, count(*) as n, array_agg(ticket_id) as ticket_ids, array_agg(delivery_id) as delivery_ids,
    array_agg(notification_id) as notification_ids, array_agg(created_at) as created_ats, array_agg(token_id) as token_ids
  from item where state = 0 group by batch_id
), again as (
  update push.receipt_batches b set
    tries = b.tries + 1, lease_until = null, due_at = clock_timestamp() + make_interval(secs => f.delay), n = w.n, ticket_ids = w.ticket_ids,
    delivery_ids = w.delivery_ids, notification_ids = w.notification_ids, created_ats = w.created_ats, token_ids = w.token_ids
  from waiting w join fenced f on f.id = w.batch_id
  where b.id = w.batch_id and b.id = any ($1::bigint[])
), gone as (
  delete from push.receipt_batches b where b.id = any (array(select id from fenced except select batch_id from waiting))
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select hour, broadcast_id, 'state:' || s.name, count(*)
  from item join push.delivery_states s on s.code = item.state
  where state >= 20
  group by 1, 2, 3
  union all
  -- What has its receipt, or is in the queue again, is awaited no more.
  select hour, broadcast_id, 'state:accepted_by_expo', -count(*) from item where state <> 0 group by 1, 2
), measured as (
  insert into push.tally_entries (project_id, item, n)
  select project_id, 'error:' || code, count(*) from item where code is not null and state in (1, 30, 34) group by project_id, code
)
select id from fenced`,
};

/** Gives leased batches back, to be asked for again in $3 seconds: the request failed as a whole. */
export const releaseReceipts: Statement = {
  name: 'release_receipts',
  text: /* sql */ `
update push.receipt_batches b set lease_until = null, due_at = clock_timestamp() + make_interval(secs => $3)
from unnest($1::bigint[], $2::int[]) as l(id, epoch)
where b.id = l.id and b.id = any ($1::bigint[]) and b.epoch = l.epoch`,
};
