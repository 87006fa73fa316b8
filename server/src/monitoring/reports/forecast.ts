import { Temporal } from 'temporal-polyfill';
import type { Forecast } from './report-types.js';

/** A line through fewer points says nothing. */
const fewestPoints = 3;
const farthestDays = 730;

/** The straight line nearest to values that lie one step apart; null: too few. `end`: its height at the last one. */
export function lineThrough(values: readonly number[]): { readonly slope: number; readonly end: number } | null {
  if (values.length < fewestPoints) return null;
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [i, value] of values.entries()) {
    above += (i - middle) * (value - mean);
    below += (i - middle) ** 2;
  }
  const slope = above / below;
  return { slope, end: mean + slope * middle };
}

/** When what stands at `now` and grows by so much a day reaches the limit, counted from `day`. */
export function forecast({ now, perDay, limit, day }: { now: number; perDay: number | null; limit: number | null; day: string }): Forecast {
  if (limit === null) return { kind: 'no_limit' };
  if (now >= limit) return { kind: 'reached' };
  if (perDay === null) return { kind: 'not_enough_data' };
  if (perDay <= 0) return { kind: 'not_growing' };
  const days = Math.ceil((limit - now) / perDay);
  if (days > farthestDays) return { kind: 'beyond_two_years' };
  return { kind: 'reached_on', day: Temporal.PlainDate.from(day).add({ days }).toString() };
}
