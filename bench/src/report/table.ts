import { type Figure, isMet } from '../figures.js';
import { formatMedian, formatRange, formatTarget } from './format.js';

/** The figures as a table for the terminal. */
export function printTable(figures: readonly Figure[]): string {
  const rows = [
    ['what', 'median', 'lowest … highest', 'target', ''],
    ...figures.map((figure) => [
      figure.what,
      formatMedian(figure),
      formatRange(figure),
      formatTarget(figure.target, figure.unit),
      { true: 'met', false: 'MISSED', null: '' }[String(isMet(figure)) as 'true' | 'false' | 'null'],
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
