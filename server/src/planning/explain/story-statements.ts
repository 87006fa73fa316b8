import { PAYLOAD_BYTES_SQL } from '../payload-size.js';

/**
 * The notification, its user's settings and its broadcast. $1 id, $2 and $3: between these times. Ids made by the system say when they were
 * made, so one or two partitions are looked at instead of all.
 */
export const findNotification = /* sql */ `
select n.id, n.created_at as "createdAt", n.user_id as "userId", n.type, n.title, n.send_at as "sendAt", n.expires_at as "expiresAt",
  n.broadcast_id as "broadcastId", n.read_at as "readAt", n.opened_at as "openedAt", ${PAYLOAD_BYTES_SQL} as "payloadBytes",
  b.state as "broadcastState", s.timezone
from public.notifications n
left join push.broadcasts b on b.id = n.broadcast_id
left join public.notification_settings s on s.user_id = n.user_id
where n.id = $1 and n.created_at between $2 and $3`;

/** $1 notification. One index probe a day that is kept. */
export const findDecisions = /* sql */ `
select created_at as "createdAt", decided_at as "at", verdict, reason, hold_until as "holdUntil", first_delivery as "firstDelivery", deliveries, inputs
from push.decisions where notification_id = $1 order by decided_at`;

/** $1 notification, $2 its created_at. */
export const findWaiting = /* sql */ `
select exists (select from push.outbox where $1 = any (notification_ids)) as "inOutbox",
  (select json_build_object('until', release_at, 'reason', reason) from push.held where notification_id = $1 order by release_at limit 1) as held`;

/** $1 delivery numbers, $2 not before. */
export const findSteps = /* sql */ `
select d.delivery_id as "deliveryId", d.at, s.name as state, d.code, d.ticket_id as "ticketId", d.chunk_id as "chunkId", d.token_id as "tokenId"
from push.deliveries d join push.delivery_states s on s.code = d.state
where d.delivery_id = any ($1::bigint[]) and d.at >= $2
order by d.delivery_id, d.chunk_id nulls last, d.state <> 10, d.at, d.state`;

/** Chunks and ticket batches of one hour that hold any of these deliveries. $1 delivery numbers, $2 the notification's created_at. */
export const findChunks = /* sql */ `
select c.id, c.due_at as "dueAt", c.leased_by as "leasedBy", c.last_code as "lastCode", c.split_from as "splitFrom", c.project_id as "projectId", c.delivery_ids as "deliveryIds", c.token_ids as "tokenIds",
  case when c.state = 2 then 'sending' when c.state = 3 then 'parked' when c.due_at > clock_timestamp() then 'delayed' else 'ready' end as state
from push.chunks c where c.hour = date_trunc('hour', $2::timestamptz, 'UTC') and c.delivery_ids && $1::bigint[]`;

export const findReceiptBatches = /* sql */ `
select due_at as "dueAt", delivery_ids as "deliveryIds"
from push.receipt_batches where hour = date_trunc('hour', $2::timestamptz, 'UTC') and delivery_ids && $1::bigint[]`;

/** Those of the chunks, and of the chunks that they were split from. $1 chunks, $2 not before. */
export const findAttempts = /* sql */ `
with recursive family(id) as (
  select unnest($1::bigint[])
  union
  select a.split_from from family f join push.attempts a on a.chunk_id = f.id and a.at >= $2 where a.split_from is not null
)
select chunk_id as "chunkId", split_from as "splitFrom", at, duration_ms as "durationMs", outcome, http_status as "httpStatus", code, worker, recipients, request_id as "requestId"
from push.attempts where chunk_id in (select id from family) and at >= $2 order by at`;

/** Nothing of the token itself. */
const devices = /* sql */ `
select t.id, t.user_id as "userId", t.platform, t.app_version as "appVersion", right(t.device_id, 4) as "deviceId",
  t.user_id || coalesce(' ' || t.device_id, t.id::text) as same, t.state,
  t.state_reason as "stateReason", t.registered_at as "registeredAt", t.state_at as "stateAt", t.project_id as "projectId",
  p.frozen_at as "frozenAt", p.frozen_reason as "frozenReason"
from public.push_tokens t join push.projects p on p.id = t.project_id`;

/** $1 tokens. */
export const findDevices = /* sql */ `${devices} where t.id = any ($1::uuid[])`;

/** $1 user. */
export const findDevicesOfUser = /* sql */ `${devices} where t.user_id = $1 order by t.registered_at desc, t.id limit 100`;

/** $1 user. */
export const findSettings = /* sql */ `
select push_enabled as "pushEnabled", timezone, quiet_hours_enabled as "quietHoursEnabled", quiet_hours_start as "quietHoursStart",
  quiet_hours_end as "quietHoursEnd",
  array(select key from jsonb_each(types) where value -> 'enabled' = 'false'::jsonb order by key) as "disabledTypes"
from public.notification_settings where user_id = $1`;

/**
 * The user's latest notifications and what became of them, in few words. $1 user, $2 how many. Of deliveries that wait, only their number is
 * told ("in flight"): chunks are not searched.
 */
export const findRecent = /* sql */ `
with latest as materialized (
  select id, created_at, type, title from public.notifications where user_id = $1 order by created_at desc limit $2
)
select l.id, l.created_at as "createdAt", l.type, l.title, d.verdict, d.reason, d.deliveries, h.release_at as "heldUntil",
  (d.verdict is null and exists (select from push.outbox o where l.id = any (o.notification_ids))) as "inOutbox",
  (
    select json_object_agg(state, n) from (
      select s.name as state, count(*) as n from (
        select distinct on (e.delivery_id) e.delivery_id, e.state from push.deliveries e
        where e.delivery_id between d.first_delivery and d.first_delivery + d.deliveries - 1 and e.at >= d.decided_at - interval '1 minute'
        order by e.delivery_id, e.chunk_id desc nulls first, e.state <> 10 desc, e.at desc, e.state desc
      ) last join push.delivery_states s on s.code = last.state where last.state <> 1 group by 1
    ) counted
  ) as states, (
    select count(distinct coalesce(t.user_id || ' ' || t.device_id, e.token_id::text)) from push.deliveries e left join public.push_tokens t on t.id = e.token_id
    where e.delivery_id between d.first_delivery and d.first_delivery + d.deliveries - 1 and e.at >= d.decided_at - interval '1 minute'
  ) as devices
from latest l
left join lateral (
  select * from push.decisions x where x.notification_id = l.id order by decided_at desc limit 1
) d on true
left join push.held h on h.notification_id = l.id and h.created_at = l.created_at
order by l.created_at desc`;
