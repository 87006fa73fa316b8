import type { Statement } from '../../database/database.js';
import { PAYLOAD_BYTES_SQL } from '../payload-size.js';

/**
 * Takes up to $2 notifications of one lane out of the outbox and loads what `decide()` wants to know of them, history apart.
 *
 * $1 lane, $2 notifications, $3 outbox rows, $4 low-water mark of ids, $5 planning time (null: the database's).
 *
 * One row for each notification and active token of its user, one with a null token when there is none. (outbox id, nr) tells notifications
 * apart; created_at is in microseconds since 1970, which costs a third of its text; the time of planning comes with the first of an outbox row.
 *
 * The same words for another time (send_at) are another content: reminders for a week may be inserted at once. So are they for another device
 * (token_id): a sender to bare tokens does not know which of them are one user's. The last column, when the row entered the outbox, is where
 * the time of delivery starts.
 *
 * Rejected, measured on 2 cores with batches of 2,000 (µs a notification):
 * - content history in this statement too: 21 instead of 11 and 5 (`noteRecent`): materialised rows, a sort for the window, three array_aggs;
 * - dedupe and cap of the type joined here: 3 more than taking them from the policy that the worker has;
 * - aggregating a user's tokens into arrays: 3 more than one row a token;
 * - locking 500 outbox rows whatever they hold: one lock is one WAL record, and other planners find nothing.
 */
const take = (content: string): string => /* sql */ `
with locked as materialized (
  select id, n from push.outbox
  where lane = $1 and id >= $4
  order by lane, id limit $3
  for update skip locked
), picked as (
  select id from (select id, sum(n) over (order by id) - n as before from locked) counted where before < $2
), taken as (
  delete from push.outbox o where o.id = any (array(select id from picked))
  returning o.id, o.at, o.broadcast_id, o.was_held, o.notification_ids, o.created_ats
)
select o.id, u.nr, u.id, (date_part('epoch', u.created_at) * 1000000)::bigint, o.broadcast_id, (select b.state from push.broadcasts b where b.id = o.broadcast_id), n.user_id, n.type,
  date_part('epoch', n.send_at), date_part('epoch', n.expires_at),
  case when n.user_id is not null then ${PAYLOAD_BYTES_SQL} end,
  hashtextextended(n.type || chr(31) || n.title || chr(31) || n.message || chr(31) || n.data::text
    || coalesce(chr(31) || date_part('epoch', n.send_at)::text, '') || coalesce(chr(31) || n.token_id::text, ''), 0),
  t.id, t.project_id,
  s.push_enabled, s.timezone, s.quiet_hours_enabled, s.quiet_hours_start, s.quiet_hours_end,
  s.types -> n.type -> 'enabled' = 'false'::jsonb,
  case when u.nr = 1 then date_part('epoch', coalesce($5, clock_timestamp())) end, o.was_held,
  date_part('epoch', o.at)${content}
from taken o
cross join unnest(o.notification_ids, o.created_ats) with ordinality as u(id, created_at, nr)
left join public.notifications n on n.id = u.id and n.created_at = u.created_at
left join public.notification_settings s on s.user_id = n.user_id
left join public.push_tokens t on t.user_id = n.user_id and t.is_active and (n.token_id is null or t.id = n.token_id)`;

export const takeOutbox: Statement = { name: 'take_outbox', text: take('') };

/**
 * As stored. What may be sent is at most 4 kB as JSON, and seven times that as jsonb; a batch of rows of a megabyte, which planning only suppresses,
 * must not fill the memory.
 */
const WORTH_LOADING_BYTES = 32_768;
const unlessBig = (column: string, text: string): string =>
  `case when pg_column_size(${column}) <= ${WORTH_LOADING_BYTES} then ${text} end`;

/**
 * With what the messages say and where they go, for deliveries that are sent as soon as they are planned. A null title, message or data: the row is
 * gone, or too big.
 */
export const takeOutboxWithContent: Statement = {
  name: 'take_outbox_with_content',
  text: take(
    `, ${unlessBig('n.title', `case when pg_column_size(n.push) > ${WORTH_LOADING_BYTES} then null else n.title end`)},
  ${unlessBig('n.message', 'n.message')}, ${unlessBig('n.data', 'n.data::text')}, ${unlessBig('n.push', 'n.push::text')},
  n.collapse_key, t.platform, t.token_ciphertext`,
  ),
};
