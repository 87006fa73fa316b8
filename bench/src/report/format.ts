import type { Figure, Target, Unit } from '../figures.js';

/** Three digits that matter: more would pretend a precision that no run has. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = digits === 0 ? Number(value.toPrecision(3)) : Number(value.toFixed(digits));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: digits });
}

const withUnit = (text: string, unit: Unit): string =>
  unit === '/s' || unit === '×' || unit === '%' ? `${text}${unit}` : `${text} ${unit}`;

export const formatMedian = ({ value, unit }: Figure): string => withUnit(formatNumber(value.median), unit);

/** Empty for a single value. */
export const formatRange = ({ value }: Figure): string =>
  value.values.length < 2 ? '' : `${formatNumber(value.lowest)} … ${formatNumber(value.highest)}`;

export function formatTarget(target: Target | null, unit: Unit): string {
  if (target === null) return '';
  return 'atLeast' in target ? `≥ ${withUnit(formatNumber(target.atLeast), unit)}` : `≤ ${withUnit(formatNumber(target.atMost), unit)}`;
}
