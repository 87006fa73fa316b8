import type { Queryable } from '../database/database.js';
import { type FigureName, figureOf, type Reading } from './figures.js';
import { readFlowsBetween, type Span } from './flows-between.js';
import { type Flow, readFlows } from './tallies.js';

const DELIVERED = ['state:accepted_by_platform', 'state:acked_by_device'];
/** Ended without having reached a platform. What was cancelled was not meant to. */
const LOST = ['state:failed', 'state:expired', 'state:unknown', 'state:receipt_missing', 'state:dead_letter'];
const ERRORS = 'error:';

/** The figures that come from flows, and the items that each is computed from. */
export const flowItems = {
  delivery_success_rate: [...DELIVERED, ...LOST],
  error_rate: ['sent', `${ERRORS}*`],
  average_delivery_ms: ['sent'],
  engagement_rate: ['engaged', 'accepted'],
} as const satisfies Partial<Record<FigureName, readonly string[]>>;

export type FlowFigure = keyof typeof flowItems;
const flowFigures = Object.keys(flowItems) as FlowFigure[];

type Part = (flow: Pick<Flow, 'item'>) => boolean;

export const isDelivered: Part = ({ item }) => DELIVERED.includes(item);
export const isLost: Part = ({ item }) => LOST.includes(item);
export const isError: Part = ({ item }) => item.startsWith(ERRORS);

/** A figure as it follows from flows of whatever span; flows of other items do not count. */
export function flowReading(name: FlowFigure, flows: readonly Pick<Flow, 'item' | 'n' | 'ms'>[]): Reading {
  const count = (which: Part): number => countFlows(flows, which);
  const taken = (): number => count(({ item }) => item === 'sent');
  switch (name) {
    case 'delivery_success_rate':
      return share(name, count(isDelivered), count(isDelivered) + count(isLost));
    case 'error_rate':
      return share(name, count(isError), taken() + count(isError));
    case 'average_delivery_ms':
      return average(flows.filter(({ item }) => item === 'sent'));
    // A notification may be opened in another window than it came in.
    case 'engagement_rate':
      return share(
        name,
        count(({ item }) => item === 'engaged'),
        count(({ item }) => item === 'accepted'),
      );
    default:
      return name satisfies never;
  }
}

/** An operator's requeue takes a failure back: a window may then count less than nothing. */
export function countFlows(flows: readonly Pick<Flow, 'item' | 'n'>[], which: Part): number {
  return Math.max(
    0,
    flows.filter(which).reduce((total, { n }) => total + n, 0),
  );
}

/** The figures that look back over a window, each over its own. */
export async function readFlowFigures(database: Queryable): Promise<[FigureName, readonly Reading[]][]> {
  const figures: [FigureName, readonly Reading[]][] = [];
  for (const name of flowFigures) {
    figures.push([name, [flowReading(name, await readFlows(database, flowItems[name], figureOf(name).window ?? 0))]]);
  }
  const [now] = await database.query<{ from: Date }>('select clock_timestamp() - make_interval(secs => $1) as from', [
    figureOf('token_invalidation_rate').window,
  ]);
  figures.push(['token_invalidation_rate', [await readLostTokens(database, now?.from ?? new Date(0), null)]]);
  return figures;
}

/** The same over a span of which both ends are given. */
export async function readFlowFiguresBetween(database: Queryable, span: Span): Promise<ReadonlyMap<FigureName, Reading>> {
  const flows = await readFlowsBetween(database, [...new Set(flowFigures.flatMap((name) => flowItems[name] as readonly string[]))], span);
  return new Map<FigureName, Reading>([
    ...flowFigures.map((name) => [name, flowReading(name, flows)] as const),
    ['token_invalidation_rate', await readLostTokens(database, span.from, span.to)],
  ]);
}

/** Of the tokens that are stored now: which of them were lost from `from` on, and before `to`. */
async function readLostTokens(database: Queryable, from: Date, to: Date | null): Promise<Reading> {
  const [tokens] = await database.query<{ lost: number; active: number }>(lostTokens, [from, to]);
  const lost = tokens?.lost ?? 0;
  return share('token_invalidation_rate', lost, lost + (tokens?.active ?? 0));
}

const lostTokens = /* sql */ `
select
  (select count(*) from public.push_tokens
   where state in ('quarantined', 'invalid') and state_at > $1 and ($2::timestamptz is null or state_at <= $2)) as lost,
  (select coalesce(sum(n), 0)::bigint from push.token_tally where state = 'active') as active`;

function share(name: FigureName, part: number, whole: number): Reading {
  const value = whole === 0 || whole < figureOf(name).fewest ? null : Math.min(1, part / whole);
  return { subject: '', value, samples: whole };
}

function average(sent: readonly Pick<Flow, 'n' | 'ms'>[]): Reading {
  const n = sent.reduce((total, flow) => total + flow.n, 0);
  const ms = sent.reduce((total, flow) => total + flow.ms, 0);
  return { subject: '', value: n === 0 ? null : ms / n, samples: n };
}
