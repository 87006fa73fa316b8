/**
 * Ground truth: the rows themselves, without a look at the ledger's entries. $1 and $2 are whole hours of UTC, the second exclusive; $3 how
 * many ids to name of each kind. All of these run in one REPEATABLE READ snapshot, so whatever moves meanwhile is in exactly one place.
 */

/** Every place that knows of a notification of these hours, once for each place. */
const noticeTraces = /* sql */ `
  select notification_id as id, created_at, (verdict = 1)::int as sends, (verdict = 3)::int as suppressions, 0 as waiting
  from push.decisions where created_at >= $1 and created_at < $2
  union all
  select u.id, u.created_at, 0, 0, 1
  from push.outbox o, unnest(o.notification_ids, o.created_ats) as u(id, created_at) where u.created_at >= $1 and u.created_at < $2
  union all
  select notification_id, created_at, 0, 0, 1 from push.held where created_at >= $1 and created_at < $2`;

/**
 * A notification waits (outbox, held), was suppressed, or was sent: exactly one of these, once. Rows without any trace were either never taken
 * in, because the trigger was off, or they are lost; which, the ledger's count of what was accepted tells (see `ledgerDifferences`).
 */
export const noticeFindings = /* sql */ `
with trace as (
  select id, created_at, sum(sends) as sends, sum(suppressions) as suppressions, sum(waiting) as waiting
  from (${noticeTraces}) t group by 1, 2
), judged as (
  select coalesce(t.id, n.id) as id,
    case
      when t.id is null then 'untaken'
      when sends + suppressions + waiting = 0 then 'notification_held_nowhere'
      when sends > 1 then 'notification_planned_twice'
      when sends + suppressions + waiting > 1 then 'notification_in_two_places'
    end as kind
  from trace t
  full join (select id, created_at from public.notifications where created_at >= $1 and created_at < $2) n
    on n.id = t.id and n.created_at = t.created_at
)
select coalesce(kind, 'fine') as kind, count(*) as n, (array_agg(id::text order by id) filter (where kind is not null))[1:$3] as ids
from judged group by 1`;

/**
 * Each delivery that a decision promised is in one chunk, awaits its receipt, or has ended; and nothing else is. Its steps are read in an order that a
 * database clock that was set back cannot turn round: chunks are numbered as they are made, and a chunk begins with its tickets.
 */
export const deliveryFindings = /* sql */ `
with step as (
  select delivery_id, state,
    lead(state) over w is null as last
  from push.deliveries where created_at >= $1 and created_at < $2
  window w as (partition by delivery_id order by chunk_id nulls last, state <> 10, at, state)
), place as (
  select delivery_id, sum(promised) as promised, sum(queued) as queued, sum(awaited) as awaited, max(state) as state
  from (
    select d.first_delivery + g as delivery_id, 1 as promised, 0 as queued, 0 as awaited, null::smallint as state
    from push.decisions d, generate_series(0, d.deliveries - 1) g
    where d.verdict = 1 and d.created_at >= $1 and d.created_at < $2
    union all
    select u, 0, 1, 0, null from push.chunks c, unnest(c.delivery_ids) u where c.hour >= $1 and c.hour < $2
    union all
    select u, 0, 0, 1, null from push.receipt_batches b, unnest(b.delivery_ids) u where b.hour >= $1 and b.hour < $2
    union all
    select delivery_id, 0, 0, 0, state from step where last
  ) places group by 1
), judged as (
  select delivery_id,
    case
      when promised = 0 then 'delivery_not_promised'
      when promised > 1 then 'delivery_promised_twice'
      when queued > 1 then 'delivery_queued_twice'
      when queued = 1 and state <> 1 then 'delivery_queued_after_its_end'
      when queued = 0 and coalesce(state, 1) = 1 then 'delivery_lost'
      when awaited > 1 then 'receipt_awaited_twice'
      when awaited = 1 and state is distinct from 10 then 'receipt_awaited_after_its_end'
      when awaited = 0 and state = 10 then 'receipt_awaited_by_nobody'
    end as kind
  from place
)
select coalesce(kind, 'fine') as kind, count(*) as n, (array_agg(delivery_id::text order by delivery_id) filter (where kind is not null))[1:$3] as ids
from judged group by 1`;

/** Steps that push.delivery_transitions does not know. What has no step yet, and what went back, is queued or sending. */
export const illegalSteps = /* sql */ `
with step as (
  select delivery_id, state, lag(state) over (partition by delivery_id order by chunk_id nulls last, state <> 10, at, state) as previous
  from push.deliveries where created_at >= $1 and created_at < $2
), illegal as (
  select delivery_id, coalesce(previous, 1) as previous, state from step s
  where not exists (
    select from push.delivery_transitions t
    where t.to_state = s.state and (t.from_state = s.previous or (coalesce(s.previous, 1) = 1 and t.from_state in (1, 2))))
)
select 'illegal_step:' || f.name || '>' || t.name as kind, count(*) as n, (array_agg(delivery_id::text order by delivery_id))[1:$3] as ids
from illegal i
join push.delivery_states f on f.code = i.previous
join push.delivery_states t on t.code = i.state
group by 1`;

/** Where the ledger's counts differ from the rows', by hour and item. */
export const ledgerDifferences = /* sql */ `
with said as (
  select hour, item, sum(n) as n from (
    select hour, item, n from push.ledger_totals where hour >= $1 and hour < $2
    union all
    select hour, item, n from push.ledger_entries where hour >= $1 and hour < $2
  ) entries
  where item <> 'resent_unknown' group by 1, 2
), decided as (
  select date_trunc('hour', created_at, 'UTC') as hour, verdict, reason, count(*) as n, sum(deliveries) as deliveries
  from push.decisions where verdict <> 2 and created_at >= $1 and created_at < $2 group by 1, 2, 3
), step as (
  select date_trunc('hour', created_at, 'UTC') as hour, state, lead(state) over (partition by delivery_id order by chunk_id nulls last, state <> 10, at, state) is null as last
  from push.deliveries where created_at >= $1 and created_at < $2
), found as (
  select date_trunc('hour', created_at, 'UTC') as hour, 'accepted' as item, count(*) as n
  from (select distinct id, created_at from (${noticeTraces}) t) traced group by 1
  union all
  select hour, case verdict when 1 then 'planned' else 'suppressed:' || reason end, n from decided
  union all
  select hour, 'deliveries', sum(deliveries) from decided where verdict = 1 group by 1
  union all
  select hour, 'state:' || s.name, count(*) from step join push.delivery_states s on s.code = step.state
  where last and state >= 10 group by 1, 2
)
select hour, item, coalesce(s.n, 0)::bigint as said, coalesce(f.n, 0)::bigint as found
from said s full join found f using (hour, item)
where coalesce(s.n, 0) <> coalesce(f.n, 0)
order by 1, 2`;
