import type { Statement } from '../../database/database.js';

/** Ends ready or parked chunks past their expiry, at most $1 of them. Their deliveries were never on the wire after their last outcome. */
export const expireChunks: Statement = {
  name: 'expire_chunks',
  text: /* sql */ `
with overdue as (
  delete from push.chunks c
  where c.id = any (array(
    select id from push.chunks where state in (1, 3) and expires_at <= statement_timestamp() order by expires_at limit $1 for update skip locked
  ))
  returning c.*
), item as (
  select o.id as chunk_id, o.attempt, u.*
  from overdue o, unnest(o.delivery_ids, o.notification_ids, o.created_ats, o.token_ids) as u(delivery_id, notification_id, created_at, token_id)
), recorded as (
  insert into push.deliveries (delivery_id, state, attempt, chunk_id, notification_id, created_at, token_id, code)
  select delivery_id, 31, attempt, chunk_id, notification_id, created_at, token_id, 'EXPIRED' from item
), counted as (
  insert into push.ledger_entries (hour, broadcast_id, item, n)
  select hour, broadcast_id, 'state:expired', sum(n) from overdue group by 1, 2
)
select coalesce(sum(n), 0)::int as expired from overdue`,
};
