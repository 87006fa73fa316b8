/**
 * Reads the product's tables in one snapshot, by statements of the checker's own. The order of a delivery's steps is that of its chunks, which
 * are numbered as they are made, and only then that of the clock: the run sets clocks back.
 */
import type { Client } from 'pg';
import { ACCEPTED_BY_EXPO } from '../states.js';
import type {
  AttemptRow,
  BroadcastRow,
  DatabaseFacts,
  DecisionRow,
  NotificationRow,
  PolicyRow,
  ProjectRow,
  Step,
  TokenRow,
  TypeRow,
  WaitingDelivery,
} from './facts.js';

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const statements = {
  now: /* sql */ `select ${ms('clock_timestamp()')} as now`,
  notifications: /* sql */ `
    select id, user_id as "userId", type, title,
      md5(concat_ws(chr(31), type, title, message, data::text, coalesce(extract(epoch from send_at)::text, ''), coalesce(token_id::text, ''))) as content,
      ${ms('created_at')} as "createdAt",
      case when isfinite(send_at) then ${ms('send_at')} end as "sendAt",
      case when isfinite(expires_at) then ${ms('expires_at')} end as "expiresAt",
      broadcast_id::text as "broadcastId", token_id as "tokenId"
    from public.notifications`,
  decisions: /* sql */ `
    select notification_id as "notificationId", ${ms('decided_at')} as "decidedAt",
      (array['send', 'hold', 'suppress'])[verdict] as verdict, reason, ${ms('hold_until')} as "holdUntil",
      first_delivery::float8 as "firstDelivery", deliveries::int
    from push.decisions order by decided_at`,
  steps: /* sql */ `
    select delivery_id::text as "deliveryId", ${ms('at')} as at, state::int, attempt::int, chunk_id::text as "chunkId",
      notification_id as "notificationId",
      token_id as "tokenId", ticket_id as "ticketId", code
    from push.deliveries order by delivery_id, chunk_id nulls last, at, state`,
  attempts: /* sql */ `
    select chunk_id::text as "chunkId", epoch, worker, ${ms('at')} as at, duration_ms as "durationMs", recipients::int, outcome, code,
      split_from::text as "splitFrom"
    from push.attempts order by at`,
  waiting: /* sql */ `
    select u.delivery_id::text as "deliveryId", u.notification_id as "notificationId", u.token_id as "tokenId", 'chunk' as place,
      c.state::int as "chunkState", ${ms('c.due_at')} as "dueAt"
    from push.chunks c, unnest(c.delivery_ids, c.notification_ids, c.token_ids) as u(delivery_id, notification_id, token_id)
    union all
    select u.delivery_id::text, u.notification_id, u.token_id, 'receipts', null, ${ms('b.due_at')}
    from push.receipt_batches b, unnest(b.delivery_ids, b.notification_ids, b.token_ids) as u(delivery_id, notification_id, token_id)`,
  outbox: /* sql */ `select unnest(notification_ids) as id from push.outbox`,
  held: /* sql */ `select notification_id as id, ${ms('release_at')} as release from push.held`,
  broadcasts: /* sql */ `
    select id::text, state, audience ->> 'kind' as audience, created::float8, ${ms('started_at')} as "startedAt", ${ms('finished_at')} as "finishedAt"
    from push.broadcasts order by push.broadcasts.id`,
  recipients: /* sql */ `select broadcast_id::text as broadcast, user_id as "user" from push.broadcast_recipients`,
  tokens: /* sql */ `select id, user_id as "userId", state from public.push_tokens`,
  types: /* sql */ `
    select type, urgent, enabled, capped, ttl_seconds as "ttlSeconds", dedupe_seconds as "dedupeSeconds",
      unknown_policy = 'resend' as "resendUnknown"
    from push.notification_types`,
  policy: /* sql */ `
    select default_timezone as "defaultTimezone", cap_limit as "capLimit", cap_window_seconds as "capWindowSeconds",
      max_attempts::int as "maxAttempts" from push.policy`,
  projects: /* sql */ `select id::int, name, rate_budget as "rateBudget", rate_burst as "rateBurst" from push.projects`,
  ledger: /* sql */ `
    select item, sum(n)::float8 as n from (
      select item, n from push.ledger_entries union all select item, n from push.ledger_totals
    ) e group by item having sum(n) <> 0`,
} as const;

/** `clockHeld`: the database's clock never went back, so that within a chunk it tells the order. */
export async function readFacts(client: Client, clockHeld = true): Promise<DatabaseFacts> {
  await client.query('begin isolation level repeatable read read only');
  try {
    return await read(client, clockHeld);
  } finally {
    await client.query('rollback');
  }
}

async function read(client: Client, clockHeld: boolean): Promise<DatabaseFacts> {
  const rows = async <T>(name: keyof typeof statements): Promise<T[]> => (await client.query(statements[name])).rows as T[];
  const [clock] = await rows<{ now: number }>('now');
  const [policy] = await rows<PolicyRow>('policy');
  if (clock === undefined || policy === undefined) throw new Error('The database has no policy: it is not the product’s.');
  const recipients = new Map<string, Set<string>>();
  for (const { broadcast, user } of await rows<{ broadcast: string; user: string }>('recipients')) add(recipients, broadcast, user);
  const steps = grouped(await rows<Step>('steps'), (row) => row.deliveryId);
  return {
    now: clock.now,
    notifications: byKey(await rows<NotificationRow>('notifications'), (row) => row.id),
    decisions: grouped(await rows<DecisionRow>('decisions'), (row) => row.notificationId),
    steps: clockHeld ? steps : new Map([...steps].map(([id, list]) => [id, inOrder(list)])),
    attempts: await rows<AttemptRow>('attempts'),
    waiting: await rows<WaitingDelivery>('waiting'),
    outbox: (await rows<{ id: string }>('outbox')).map(({ id }) => id),
    held: new Map((await rows<{ id: string; release: number }>('held')).map(({ id, release }) => [id, release])),
    broadcasts: await rows<BroadcastRow>('broadcasts'),
    recipients,
    tokens: byKey(await rows<TokenRow>('tokens'), (row) => row.id),
    types: byKey(await rows<TypeRow>('types'), (row) => row.type),
    policy,
    projects: await rows<ProjectRow>('projects'),
    ledger: new Map((await rows<{ item: string; n: number }>('ledger')).map(({ item, n }) => [item, n])),
  };
}

/** A chunk's receipts come after its tickets, whatever a clock that went back says. Chunks stay in their order. */
function inOrder(steps: readonly Step[]): Step[] {
  const chunks = [...new Set(steps.map(({ chunkId }) => chunkId))];
  const place = ({ chunkId, state }: Step): number => 2 * chunks.indexOf(chunkId) + (state === ACCEPTED_BY_EXPO ? 0 : 1);
  return steps.toSorted((a, b) => place(a) - place(b));
}

function byKey<T>(rows: readonly T[], key: (row: T) => string): Map<string, T> {
  return new Map(rows.map((row) => [key(row), row]));
}

function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
