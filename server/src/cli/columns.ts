import type { Messages } from './messages/en.js';

/** Headings of a table, by what stands under them. */
export function columnsOf({ columns }: Messages, ...names: readonly (keyof Messages['columns'])[]): string[] {
  return names.map((name) => columns[name]);
}
