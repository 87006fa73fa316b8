/** Plain text for a terminal: columns that also align where characters are two cells wide. */
import { printable } from '../logging/printable.js';

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Takes no cell of its own: accents that stand apart, joiners, variation selectors. */
const joined = /\p{Mn}|\p{Me}|[\u200b-\u200d]/u;

/** Terminal cells that a text takes. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += joined.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return cells;
}

export type Cell = string | number | boolean | Date | null | undefined;

/** As people read it: 12,345; 2026-08-01 09:00:05Z; – for nothing. */
export function show(value: Cell): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  if (value instanceof Date && Number.isNaN(value.getTime())) return '?';
  if (value instanceof Date) return `${value.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return printable(String(value));
}

/** Rows under their headings; columns of numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [headings, ...rows.map((row) => headings.map((_, column) => show(row[column])))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => cellsOf(row[column] ?? ''))));
  const toRight = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] == null),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const gap = ' '.repeat((widths[column] ?? 0) - cellsOf(cell));
          return toRight[column] === true ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names with their values, one a line; numbers stand to the right, what is undefined is left out. */
export function fields(pairs: readonly (readonly [string, Cell])[], indent = ''): string {
  const shown = pairs.filter(([, value]) => value !== undefined).map(([name, value]) => [printable(name), value] as const);
  const width = Math.max(0, ...shown.map(([name]) => cellsOf(name)));
  const digits = Math.max(0, ...shown.map(([, value]) => (typeof value === 'number' ? show(value).length : 0)));
  const said = (value: Cell): string => (typeof value === 'number' ? show(value).padStart(digits) : show(value));
  return shown.map(([name, value]) => `${indent}${name}${' '.repeat(width - cellsOf(name))}  ${said(value)}`).join('\n');
}

/** `{a: 1, b: 2}` as "a 1, b 2". */
export function tally(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, n]) => n !== 0)
    .map(([name, n]) => `${printable(name)} ${show(n)}`)
    .join(', ');
}
