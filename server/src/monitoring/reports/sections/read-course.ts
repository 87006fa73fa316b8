import type { Queryable } from '../../../database/database.js';
import { figureOf } from '../../figures.js';
import { countFlows, flowItems, flowReading, isDelivered, isError, isLost } from '../../flow-figures.js';
import { readFlowSteps, type StepFlow } from '../../flows-between.js';
import { groupBy } from '../group-by.js';
import { type HourClock, hourClock } from '../hour-clock.js';
import type { ReportDays } from '../report-period.js';
import type { CourseStep, EngagementOfHour, ReportCourse, SlowHour } from '../report-types.js';

const HOUR_SECONDS = 3600;
const mostSlowHours = 5;
/** An hour with fewer deliveries says nothing about how fast it was. */
const fewestDeliveries = 20;

const items = [...new Set([...flowItems.delivery_success_rate, ...flowItems.error_rate, ...flowItems.engagement_rate])];

/** One row an item and hour, whatever the number of notifications. Hours are counted from the beginning of the period, not by UTC. */
interface Hour {
  readonly at: Date;
  readonly flows: readonly StepFlow[];
}

export interface CourseSections {
  readonly course: ReportCourse;
  readonly byHour: readonly EngagementOfHour[];
  readonly slowestHours: readonly SlowHour[];
}

/** How the period went, hour by hour and day by day. */
export async function readCourse(database: Queryable, days: ReportDays): Promise<CourseSections> {
  const hours = toHours(days.span.from, days.span.to, await readFlowSteps(database, items, days.span, HOUR_SECONDS));
  const before = toHours(days.before.from, days.before.to, await readFlowSteps(database, ['accepted'], days.before, HOUR_SECONDS));
  const clock = hourClock(days.zone);
  return { course: courseOf(days, hours, before, clock), byHour: byHourOf(hours, clock), slowestHours: slowestOf(hours) };
}

function toHours(from: Date, to: Date, flows: readonly StepFlow[]): Hour[] {
  const count = Math.ceil((to.getTime() - from.getTime()) / (HOUR_SECONDS * 1000));
  const hours = Array.from({ length: Math.max(0, count) }, (_, i) => ({
    at: new Date(from.getTime() + i * HOUR_SECONDS * 1000),
    flows: [] as StepFlow[],
  }));
  for (const flow of flows) hours[flow.step]?.flows.push(flow);
  return hours;
}

/** Steps of the period before stand beside those of this one by their place: the first day beside the first day. */
function courseOf({ period }: ReportDays, hours: readonly Hour[], before: readonly Hour[], clock: HourClock): ReportCourse {
  const step = period === 'daily' ? 'hour' : 'day';
  const keyOf = ({ at }: Hour): string => (step === 'hour' ? at.toISOString() : clock(at).day);
  const earlier = [...groupBy(before, keyOf).values()];
  const steps = [...groupBy(hours, keyOf).values()].map((group, i) => stepOf(group, earlier[i] ?? [], step, clock));
  return { step, steps };
}

function stepOf(hours: readonly Hour[], before: readonly Hour[], step: ReportCourse['step'], clock: HourClock): CourseStep {
  const flows = hours.flatMap((hour) => hour.flows);
  const at = hours[0]?.at ?? new Date(0);
  const { day, hour } = clock(at);
  return {
    from: at.toISOString(),
    label: step === 'hour' ? String(hour) : day.slice(5),
    accepted: accepted(flows),
    acceptedBefore: accepted(before.flatMap((one) => one.flows)),
    delivered: countFlows(flows, isDelivered),
    lost: countFlows(flows, isLost),
    errors: countFlows(flows, isError),
    successRate: flowReading('delivery_success_rate', flows).value,
    averageDeliveryMs: flowReading('average_delivery_ms', flows).value,
  };
}

const accepted = (flows: readonly StepFlow[]): number => countFlows(flows, ({ item }) => item === 'accepted');

function byHourOf(hours: readonly Hour[], clock: HourClock): EngagementOfHour[] {
  const byHour = groupBy(hours, ({ at }) => clock(at).hour);
  return Array.from({ length: 24 }, (_, hour) => {
    const flows = (byHour.get(hour) ?? []).flatMap((one) => one.flows);
    return { hour, accepted: accepted(flows), engaged: countFlows(flows, ({ item }) => item === 'engaged') };
  });
}

function slowestOf(hours: readonly Hour[]): SlowHour[] {
  const fewest = Math.max(fewestDeliveries, figureOf('average_delivery_ms').fewest);
  return hours
    .flatMap(({ at, flows }) => {
      const { value, samples = 0 } = flowReading('average_delivery_ms', flows);
      return value === null || samples < fewest ? [] : [{ from: at.toISOString(), averageMs: value, sent: samples }];
    })
    .sort((a, b) => b.averageMs - a.averageMs)
    .slice(0, mostSlowHours);
}
