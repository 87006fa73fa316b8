import type { Queryable } from '../../../database/database.js';
import { countFlows, flowItems, flowReading, isDelivered, isLost } from '../../flow-figures.js';
import { readFlowsBetween } from '../../flows-between.js';
import type { Flow } from '../../tallies.js';
import type { ReportDays } from '../report-period.js';
import { type CountedReason, type EngagementOfType, type ReportNotSent, type ReportTotal, totalNames } from '../report-types.js';

const mostTypes = 15;
/** As the tallies have it: types that are not counted by name. */
const OTHER = '*';
const prefixes = { type: 'type:', engaged: 'engaged:', suppressed: 'suppressed:', held: 'held:' } as const;

const items = [
  ...['accepted', 'deliveries', 'sent', 'engaged', 'resent_unknown'],
  ...flowItems.delivery_success_rate,
  ...Object.values(prefixes).map((prefix) => `${prefix}*`),
];

export interface TotalSections {
  readonly totals: readonly ReportTotal[];
  readonly byType: readonly EngagementOfType[];
  readonly notSent: ReportNotSent;
}

/** Everything that is counted once over the whole period, and once over the one before. */
export async function readTotals(database: Queryable, { span, before }: ReportDays): Promise<TotalSections> {
  const now = await readFlowsBetween(database, items, span);
  const earlier = await readFlowsBetween(database, items, before);
  const [held] = await database.query<{ n: number }>('select count(*) as n from push.held');
  return {
    totals: totalNames.map((name) => ({ name, n: totalOf(name, now), before: totalOf(name, earlier) })),
    byType: engagementByType(now, earlier),
    notSent: {
      suppressed: reasons(prefixes.suppressed, now, earlier),
      held: reasons(prefixes.held, now, earlier),
      heldNow: held?.n ?? 0,
    },
  };
}

function totalOf(name: ReportTotal['name'], flows: readonly Flow[]): number {
  if (name === 'delivered') return countFlows(flows, isDelivered);
  if (name === 'lost') return countFlows(flows, isLost);
  return countFlows(flows, ({ item }) => item === name);
}

/** What follows a prefix, with how many. */
function countBy(prefix: string, flows: readonly Flow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { item, n } of flows) {
    if (item.startsWith(prefix)) counts.set(item.slice(prefix.length), (counts.get(item.slice(prefix.length)) ?? 0) + n);
  }
  return counts;
}

function reasons(prefix: string, now: readonly Flow[], earlier: readonly Flow[]): CountedReason[] {
  const [counts, before] = [countBy(prefix, now), countBy(prefix, earlier)];
  return [...new Set([...counts.keys(), ...before.keys()])]
    .map((reason) => ({ reason, n: counts.get(reason) ?? 0, before: before.get(reason) ?? 0 }))
    .sort((a, b) => b.n - a.n || b.before - a.before || (a.reason < b.reason ? -1 : 1));
}

function engagementByType(now: readonly Flow[], earlier: readonly Flow[]): EngagementOfType[] {
  const counted = [now, earlier].map((flows) => ({ accepted: countBy(prefixes.type, flows), engaged: countBy(prefixes.engaged, flows) }));
  const [current, before] = counted;
  if (current === undefined || before === undefined) return [];
  const ranked = [...new Set([...current.accepted.keys(), ...current.engaged.keys()])]
    .filter((type) => type !== OTHER)
    .sort((a, b) => (current.accepted.get(b) ?? 0) - (current.accepted.get(a) ?? 0) || (a < b ? -1 : 1));
  const named = ranked.slice(0, mostTypes);
  const sum = (counts: ReadonlyMap<string, number>, types: readonly string[]): number =>
    types.reduce((total, type) => total + (counts.get(type) ?? 0), 0);
  const row = (type: string, types: readonly string[]): EngagementOfType => ({
    type,
    accepted: sum(current.accepted, types),
    engaged: sum(current.engaged, types),
    rate: rateOf(sum(current.engaged, types), sum(current.accepted, types)),
    rateBefore: rateOf(sum(before.engaged, types), sum(before.accepted, types)),
  });
  const rest = row(OTHER, [OTHER, ...ranked.slice(mostTypes)]);
  return [...named.map((type) => row(type, [type])), ...(rest.accepted > 0 || rest.engaged > 0 ? [rest] : [])];
}

/** By the one definition of engagement, with the type's own numbers. */
function rateOf(engaged: number, accepted: number): number | null {
  const flows = [
    { item: 'engaged', n: engaged, ms: 0 },
    { item: 'accepted', n: accepted, ms: 0 },
  ];
  return flowReading('engagement_rate', flows).value;
}
