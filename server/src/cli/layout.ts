/** Plain text for a terminal: columns that also align where characters are two cells wide. */
import { cellsOf } from '../logging/cells.js';
import { printable } from '../logging/printable.js';

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
