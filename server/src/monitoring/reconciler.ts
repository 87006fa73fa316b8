import type { Database, Queryable } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import { deliveryFindings, illegalSteps, ledgerDifferences, noticeFindings } from './reconcile-statements.js';

/** What is wrong, with how many and which. `untaken` is no fault: rows that were inserted while the trigger was off. */
export interface Finding {
  readonly kind: string;
  readonly n: number;
  /** At most 100 of each kind: notification ids for kinds that begin with "notification" and for untaken, else delivery ids. */
  readonly ids: readonly string[];
  readonly hour?: string;
  readonly said?: number;
  readonly found?: number;
}

export interface Reconciliation {
  readonly at: Date;
  readonly fromHour: Date;
  /** Exclusive. */
  readonly toHour: Date;
  readonly durationMs: number;
  /** False: the time limit came first, and nothing is proved. */
  readonly complete: boolean;
  readonly notifications: number;
  readonly deliveries: number;
  readonly unaccounted: number;
  readonly untaken: number;
  readonly findings: readonly Finding[];
}

export interface ReconcileOptions {
  /** Whole hours are looked at: from the one of `from` to the one of `to`, the last three when absent. */
  readonly from?: Date;
  readonly to?: Date;
  /** For one statement, of which there are four; milliseconds. */
  readonly timeLimitMs?: number;
}

const hourMs = 3_600_000;
const namedIds = 100;
const keepDays = 30;
const queryCanceled = '57014';

interface KindCount {
  kind: string;
  n: number;
  ids: string[] | null;
}

interface Difference {
  hour: Date;
  item: string;
  said: number;
  found: number;
}

/** Counts the rows of some hours one by one, and holds them against what the ledger says. The result is stored and returned. */
export async function reconcile(database: Database, options: ReconcileOptions = {}): Promise<Reconciliation> {
  const hours = hoursOf(options);
  const startedAt = performance.now();
  let proved: Proved;
  try {
    proved = await database.transaction((tx) => lookAt(tx, hours, options.timeLimitMs ?? 20_000), { retries: 0 });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== queryCanceled) throw error;
    proved = { ...hours, complete: false, notifications: 0, deliveries: 0, unaccounted: 0, untaken: 0, findings: [] };
  }
  return await store(database, { durationMs: Math.round(performance.now() - startedAt), ...proved });
}

type Proved = Omit<Reconciliation, 'at' | 'durationMs'>;
type Hours = Pick<Reconciliation, 'fromHour' | 'toHour'>;

function hoursOf({ from, to }: ReconcileOptions): Hours {
  const last = to?.getTime() ?? Date.now();
  const first = Math.min(from?.getTime() ?? last - 2 * hourMs, last);
  return { fromHour: new Date(Math.floor(first / hourMs) * hourMs), toHour: new Date(Math.floor(last / hourMs + 1) * hourMs) };
}

async function lookAt(tx: Queryable, asked: Hours, timeLimitMs: number): Promise<Proved> {
  await tx.query('set transaction isolation level repeatable read read only');
  // Worker connections are tuned for lookups by key; this reads whole hours.
  await tx.query(
    /* sql */ `
    select set_config('statement_timeout', $1, true), set_config('enable_hashjoin', 'on', true), set_config('enable_seqscan', 'on', true),
      set_config('enable_mergejoin', 'on', true), set_config('work_mem', '64MB', true), set_config('plan_cache_mode', 'auto', true)`,
    [String(timeLimitMs)],
  );
  const { fromHour, toHour } = await stillKept(tx, asked);
  const hours = [fromHour, toHour];
  const notices = await tx.query<KindCount>(noticeFindings, [...hours, namedIds]);
  const deliveries = await tx.query<KindCount>(deliveryFindings, [...hours, namedIds]);
  const steps = await tx.query<KindCount>(illegalSteps, [...hours, namedIds]);
  const differences = await tx.query<Difference>(ledgerDifferences, hours);
  return { fromHour, toHour, complete: true, ...judge(notices, deliveries, steps, differences) };
}

/** What dropped partitions held can't be counted any more, so no hour before the oldest that is left. */
async function stillKept(tx: Queryable, { fromHour, toHour }: Hours): Promise<Hours> {
  const [kept] = await tx.query<{ since: Date | null }>(/* sql */ `
    select max(oldest) as since from (
      select min(low) as oldest from push.partitions('push.decisions')
      union all
      select min(low) from push.partitions('push.deliveries')
    ) parents`);
  const first = Math.max(fromHour.getTime(), kept?.since?.getTime() ?? 0);
  return { fromHour: new Date(first), toHour: new Date(Math.max(first, toHour.getTime())) };
}

function judge(notices: KindCount[], deliveries: KindCount[], steps: KindCount[], differences: Difference[]) {
  const total = (counts: readonly KindCount[]): number => counts.reduce((sum, { n }) => sum + n, 0);
  const untraced = notices.find(({ kind }) => kind === 'untaken')?.n ?? 0;
  // More accepted than can be found anywhere: so many of the rows without a trace are not untaken but lost.
  const lost = differences.reduce((sum, { item, said, found }) => sum + (item === 'accepted' ? Math.max(0, said - found) : 0), 0);
  const findings: Finding[] = [
    ...[...notices, ...deliveries, ...steps].filter(({ kind }) => kind !== 'fine').map(({ kind, n, ids }) => ({ kind, n, ids: ids ?? [] })),
    ...differences.map(({ hour, item, said, found }) => ({
      kind: `ledger:${item}`,
      n: Math.abs(said - found),
      ids: [],
      hour: hour.toISOString(),
      said,
      found,
    })),
  ];
  const faults = findings.filter(({ kind }) => kind !== 'untaken');
  return {
    notifications: total(notices),
    deliveries: total(deliveries),
    unaccounted: faults.reduce((sum, { n }) => sum + n, 0),
    untaken: Math.max(0, untraced - lost),
    findings,
  };
}

async function store(database: Queryable, result: Omit<Reconciliation, 'at'>): Promise<Reconciliation> {
  const [row] = await database.query<{ at: Date }>(
    /* sql */ `
    with old as (delete from push.reconciliations where at < now() - make_interval(days => ${keepDays}))
    insert into push.reconciliations (from_hour, to_hour, duration_ms, complete, notifications, deliveries, unaccounted, untaken, findings)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning at`,
    [
      result.fromHour,
      result.toHour,
      result.durationMs,
      result.complete,
      result.notifications,
      result.deliveries,
      result.unaccounted,
      result.untaken,
      JSON.stringify(result.findings),
    ],
  );
  if (row === undefined) throw new Error('nothing was stored');
  return { at: row.at, ...result };
}

interface StoredRow {
  at: Date;
  from_hour: Date;
  to_hour: Date;
  duration_ms: number;
  complete: boolean;
  notifications: number;
  deliveries: number;
  unaccounted: number;
  untaken: number;
  findings: Finding[];
}

/** The last one that came to its end; null before the first. */
export async function lastReconciliation(database: Queryable): Promise<Reconciliation | null> {
  const [row] = await database.query<StoredRow>(/* sql */ `
    select at, from_hour, to_hour, duration_ms, complete, notifications, deliveries, unaccounted, untaken, findings
    from push.reconciliations where complete order by at desc limit 1`);
  if (row === undefined) return null;
  const { from_hour, to_hour, duration_ms, ...rest } = row;
  return { ...rest, fromHour: from_hour, toHour: to_hour, durationMs: duration_ms };
}
