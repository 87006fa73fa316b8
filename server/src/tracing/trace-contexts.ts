import type { SpanContext } from '@opentelemetry/api';
import type { Queryable } from '../database/database.js';
import { ownContext, parseTraceparent, traceparentOf } from './trace-context.js';
import type { TraceOutput } from './trace-output.js';

/** Whose spans a notification's are below. */
export interface NotificationTrace {
  readonly context: SpanContext;
  /** Who brought the context: the notification itself, the app's transaction, or a door of ours, which has told of the intake. */
  readonly from: 'itself' | 'app' | 'door';
}

const keep = /* sql */ `
insert into push.trace_contexts (notification_id, traceparent, from_door)
select id, $2, true from unnest($1::uuid[]) id on conflict (notification_id) do nothing`;

const read = /* sql */ `
select notification_id as id, traceparent, from_door as "fromDoor" from push.trace_contexts where notification_id = any ($1::uuid[])`;

interface Stored {
  readonly id: string;
  readonly traceparent: string;
  readonly fromDoor: boolean;
}

/** Which notifications are traced, and where. Stored is only what their ids don't say. */
export class TraceContexts {
  readonly #database: Queryable;
  readonly #output: Pick<TraceOutput, 'samples'>;

  constructor(database: Queryable, output: Pick<TraceOutput, 'samples'>) {
    this.#database = database;
    this.#output = output;
  }

  /** For notifications that a door is about to take: before they are committed, so that whoever plans them finds it. */
  async keep(notificationIds: readonly string[], context: SpanContext): Promise<void> {
    await this.#database.query(keep, [notificationIds, traceparentOf(context)]);
  }

  /** Those that are to be traced. */
  async sampled(notificationIds: readonly string[]): Promise<Map<string, NotificationTrace>> {
    const traces = new Map<string, NotificationTrace>();
    if (notificationIds.length === 0) return traces;
    const stored = new Map<string, Stored>();
    for (const row of await this.#database.query<Stored & object>(read, [notificationIds])) stored.set(row.id, row);
    for (const id of notificationIds) {
      const trace = this.#traceOf(id, stored.get(id));
      if (trace !== null) traces.set(id, trace);
    }
    return traces;
  }

  #traceOf(id: string, stored: Stored | undefined): NotificationTrace | null {
    const brought = parseTraceparent(stored?.traceparent);
    const context = brought ?? ownContext(id);
    if (context === null || !this.#output.samples(context.traceId, brought)) return null;
    return { context: { ...context, traceFlags: 1 }, from: brought === null ? 'itself' : stored?.fromDoor === true ? 'door' : 'app' };
  }
}

/** Forgets contexts of notifications that are gone with their partition. Returns how many. */
export async function pruneTraceContexts(database: Queryable, most: number): Promise<number> {
  const rows = await database.rows(
    /* sql */ `
delete from push.trace_contexts where ctid = any (array(
  select ctid from push.trace_contexts
  where at < greatest(now() - interval '40 days', (select min(low) from push.partitions('public.notifications')))
  order by at limit $1 for update skip locked))
returning 1`,
    [most],
  );
  return rows.length;
}

/** What belongs to one trace, together: a request's notifications, or a chunk's deliveries, are often many in one. */
export function byTrace<Item>(
  items: Iterable<Item>,
  traceOf: (item: Item) => NotificationTrace | undefined,
): { readonly trace: NotificationTrace; readonly items: Item[] }[] {
  const groups = new Map<string, { readonly trace: NotificationTrace; readonly items: Item[] }>();
  for (const item of items) {
    const trace = traceOf(item);
    if (trace === undefined) continue;
    const key = `${trace.context.traceId}${trace.context.spanId}`;
    const group = groups.get(key) ?? { trace, items: [] };
    groups.set(key, group);
    group.items.push(item);
  }
  return [...groups.values()];
}
