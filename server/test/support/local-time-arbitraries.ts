import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { QuietHours } from '../../src/planning/planning-types.js';

export const zones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

const from = Date.parse('2024-01-01T00:00:00Z');
const until = Date.parse('2031-01-01T00:00:00Z');

/** When clocks are changed in a zone, 2024 to 2030; as Temporal finds it. */
export function changesOfClocks(zone: string): number[] {
  const found: number[] = [];
  let next = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  while (next !== null && next.epochMilliseconds < until) {
    found.push(next.epochMilliseconds);
    next = next.getTimeZoneTransition('next');
  }
  return found;
}

/** Instants 2024 to 2030, mostly within a day of a change of clocks. */
export function instantNear(zone: string): fc.Arbitrary<number> {
  const anywhere = fc.integer({ min: from, max: until });
  const changes = changesOfClocks(zone);
  if (changes.length === 0) {
    return anywhere;
  }
  const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -26 * 60, max: 26 * 60 }), fc.constantFrom(-1, 0, 1, 30_000));
  return fc.oneof(
    { weight: 1, arbitrary: anywhere },
    { weight: 5, arbitrary: near.map(([change, minutes, ms]) => change + minutes * 60_000 + ms) },
  );
}

/** Never empty. Ends are mostly at night, where clocks are changed. */
export const quietSpan: fc.Arbitrary<QuietHours> = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1439 })))
  .filter(([start, end]) => start !== end)
  .map(([startMinute, endMinute]) => ({ startMinute, endMinute }));
