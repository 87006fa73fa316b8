import type { Queryable, Statement } from '../database/database.js';
import { ledgerStatement } from './ledger-statement.js';
import type { Ledger, LedgerGrouping, LedgerQuestion, LedgerRow } from './ledger-types.js';

interface CountedItem {
  hour: Date | null;
  broadcast_id: number | null;
  item: string;
  n: number;
  at: Date;
}

type Counts = Map<string, number>;

/** The ledger as it stands, from one snapshot. With no rows at all the total is one row of zeros. */
export async function readLedger(database: Queryable, question: LedgerQuestion = {}): Promise<Ledger> {
  const by: LedgerGrouping = question.by ?? 'total';
  const withHours = by === 'hour' || question.since !== undefined;
  const items = await database.query<CountedItem>(ledgerStatement(by, withHours), [question.since ?? null, question.broadcastId ?? null]);
  const rows: LedgerRow[] = [];
  for (const [key, counts] of groupItems(items)) rows.push(rowOf(key, counts));
  if (rows.length === 0 && by === 'total') rows.push(rowOf({ hour: null, broadcastId: null }, new Map()));
  return { at: items[0]?.at ?? new Date(), by, rows };
}

interface Key {
  readonly hour: Date | null;
  readonly broadcastId: number | null;
}

function groupItems(items: readonly CountedItem[]): Map<Key, Counts> {
  const groups = new Map<Key, Counts>();
  let key: Key | null = null;
  let counts: Counts = new Map();
  for (const { hour, broadcast_id, item, n } of items) {
    if (key === null || key.hour?.getTime() !== hour?.getTime() || (key.broadcastId ?? 0) !== (broadcast_id ?? 0)) {
      key = { hour, broadcastId: broadcast_id === 0 ? null : broadcast_id };
      counts = new Map();
      groups.set(key, counts);
    }
    counts.set(item, n);
  }
  return groups;
}

function rowOf(key: Key, counts: Counts): LedgerRow {
  const count = (item: string): number => counts.get(item) ?? 0;
  const suppressed = startingWith(counts, 'suppressed:');
  const { accepted_by_expo: awaited = 0, ...ended } = startingWith(counts, 'state:');
  const row = {
    ...key,
    accepted: count('accepted'),
    outbox: count('live:outbox'),
    held: count('live:held'),
    suppressed,
    planned: count('planned'),
    deliveries: count('deliveries'),
    queued: count('live:queued'),
    delayed: count('live:delayed'),
    parked: count('live:parked'),
    sending: count('live:sending'),
    awaitingReceipt: count('live:awaiting_receipt'),
    ended,
    resentUnknown: count('resent_unknown'),
  };
  return { ...row, unaccounted: unaccounted(row, awaited) };
}

/**
 * Three sums have to agree: each accepted notification is in the outbox, held, suppressed or planned; each delivery is in a chunk, awaits its
 * receipt or has ended; and as many receipts are awaited as the ledger's entries say.
 */
function unaccounted(row: Omit<LedgerRow, 'unaccounted'>, awaited: number): number {
  const decided = row.outbox + row.held + sum(row.suppressed) + row.planned;
  const inChunks = row.queued + row.delayed + row.parked + row.sending;
  const delivered = inChunks + awaited + sum(row.ended);
  return Math.abs(row.accepted - decided) + Math.abs(row.deliveries - delivered) + Math.abs(awaited - row.awaitingReceipt);
}

function startingWith(counts: Counts, prefix: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [item, n] of counts) if (item.startsWith(prefix) && n !== 0) found[item.slice(prefix.length)] = n;
  return found;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, n) => total + n, 0);
}

/**
 * Moves up to $1 entries into the totals, and into the minutes in which they were made. One statement, so a reader counts each entry once, here or there. Rows of the totals are taken in
 * the order of their key, so two of these at once can't lock each other out.
 */
const rollUp: Statement = {
  name: 'roll_up_ledger',
  text: /* sql */ `
with taken as (
  delete from push.ledger_entries
  where ctid = any (array(select ctid from push.ledger_entries limit $1 for update skip locked))
  returning hour, coalesce(broadcast_id, 0) as broadcast_id, item, n, at
), moved as (
  insert into push.ledger_totals as t (hour, broadcast_id, item, n)
  select hour, broadcast_id, item, sum(n) from taken group by 1, 2, 3 order by 1, 2, 3
  on conflict (hour, broadcast_id, item) do update set n = t.n + excluded.n
), flowed as (
  insert into push.minutes as m (item, minute, project_id, n)
  select item, date_trunc('minute', at, 'UTC'), 0, sum(n) from taken group by 1, 2 order by 1, 2
  on conflict (item, minute, project_id) do update set n = m.n + excluded.n
)
select count(*)::int as moved from taken`,
};

/** Keeps the ledger's entries few. Returns how many it moved: as many as `most` means that there are more. */
export async function rollUpLedger(database: Queryable, most = 5000): Promise<number> {
  const [row] = await database.query<{ moved: number }>(rollUp, [most]);
  return row?.moved ?? 0;
}
