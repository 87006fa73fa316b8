/**
 * Postgres array literals, made by hand: pg's own conversion of a 2,000-element array escapes every element and costs ten times as much.
 */

/** For elements that need no quotes: numbers, uuids, booleans. */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

const QUOTED = /["\\]/g;

/** For any text. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(QUOTED, '\\$&')}"`)).join(',')}}`;
}
