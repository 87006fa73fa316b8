import { type AttributeValue, SpanKind } from '@opentelemetry/api';
import type { Clock } from '../clock/clock.js';
import type { Queryable } from '../database/database.js';
import { laneNames } from '../planning/lane-names.js';
import type { OutboxItem } from '../planning/outbox-rows.js';
import type { Lane } from '../planning/planning-types.js';
import type { Background } from './background.js';
import { byTrace, type NotificationTrace, type TraceContexts } from './trace-contexts.js';
import type { TraceOutput } from './trace-output.js';

interface PlanParts {
  readonly output: TraceOutput;
  readonly contexts: TraceContexts;
  readonly background: Background;
  readonly database: Queryable;
  readonly clock: Clock;
}

interface Decided {
  readonly id: string;
  readonly verdict: 'send' | 'hold' | 'suppress';
  readonly reason: string | null;
  readonly deliveries: number;
}

/** $1 ids. Decisions of this minute only: so few partitions are looked at. */
const decisions = /* sql */ `
select distinct on (notification_id) notification_id as id, (array['send', 'hold', 'suppress'])[verdict] as verdict, reason, deliveries
from push.decisions
where notification_id = any ($1::uuid[]) and decided_at > clock_timestamp() - interval '1 minute'
order by notification_id, decided_at desc`;

/** A row whose created_at lies further back was given its time by the app: its transaction did not last as long. */
const LONGEST_TRANSACTION_MS = 600_000;

/** `todoku.plan`, and `todoku.intake` for what came by SQL, which no door of ours has seen. */
export class PlanTraces {
  readonly #parts: PlanParts;

  constructor(parts: PlanParts) {
    this.#parts = parts;
  }

  /** After the commit of a batch. startedAt: monotonic. Neither throws nor waits. */
  planned(items: readonly OutboxItem[], lane: Lane, startedAt: number): void {
    if (items.length === 0) return;
    const { background, clock } = this.#parts;
    const end = clock.now();
    const start = new Date(end.getTime() - (clock.monotonic() - startedAt));
    background.run(() => this.#tell(items, lane, start, end));
  }

  async #tell(items: readonly OutboxItem[], lane: Lane, start: Date, end: Date): Promise<void> {
    const { contexts, database, output } = this.#parts;
    const traces = await contexts.sampled(items.map(({ id }) => id));
    if (traces.size === 0) return;
    const decided = new Map((await database.query<Decided & object>(decisions, [[...traces.keys()]])).map((row) => [row.id, row]));
    for (const { trace, items: own } of byTrace(items, ({ id }) => traces.get(id))) {
      const fresh = own.filter(({ wasHeld }) => !wasHeld);
      if (trace.from !== 'door' && fresh.length > 0) this.#tellIntake(trace, fresh);
      const attributes = {
        'todoku.lane': laneNames[lane],
        ...describeItems(own),
        ...describeDecisions(own.map(({ id }) => decided.get(id))),
      };
      output.child(trace.context, 'todoku.plan', { kind: SpanKind.CONSUMER, startTime: start, attributes }).end(end);
    }
  }

  /** From the beginning of the app's transaction to when its rows entered the outbox. */
  #tellIntake({ context, from }: NotificationTrace, items: readonly OutboxItem[]): void {
    const { output } = this.#parts;
    const entered = Math.max(...items.map(({ readyAt }) => readyAt.getTime()));
    const began = Math.min(...items.map(({ createdAt }) => createdAt.getTime()));
    const startTime = new Date(began > entered || began < entered - LONGEST_TRANSACTION_MS ? entered : began);
    const options = { kind: SpanKind.SERVER, startTime, attributes: { 'todoku.door': 'sql', ...describeItems(items) } };
    const span = from === 'itself' ? output.root(context, 'todoku.intake', options) : output.child(context, 'todoku.intake', options);
    span.end(new Date(entered));
  }
}

/** One notification is named; many are counted. */
function describeItems(items: readonly OutboxItem[]): Record<string, AttributeValue> {
  const [first] = items;
  const types = [...new Set(items.map(({ type }) => type))];
  return {
    'todoku.notifications': items.length,
    ...(items.length === 1 && first !== undefined ? { 'todoku.notification.id': first.id } : {}),
    ...(types.length === 1 ? { 'todoku.type': types[0] ?? '' } : {}),
    ...(first?.broadcastId == null ? {} : { 'todoku.broadcast.id': first.broadcastId }),
  };
}

function describeDecisions(decided: readonly (Decided | undefined)[]): Record<string, AttributeValue> {
  const known = decided.filter((one) => one !== undefined);
  const verdicts = [...new Set(known.map(({ verdict }) => verdict))];
  const reasons = [...new Set(known.map(({ reason }) => reason).filter((reason) => reason !== null))];
  return {
    'todoku.verdict': verdicts.join(','),
    ...(reasons.length === 0 ? {} : { 'todoku.reason': reasons.join(',') }),
    'todoku.deliveries': known.reduce((sum, { deliveries }) => sum + deliveries, 0),
  };
}
