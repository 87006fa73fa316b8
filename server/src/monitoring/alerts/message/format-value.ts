import type { FigureDefinition } from '../../figures.js';
import type { Comparison } from '../alert-types.js';
import type { MessageWords } from './message-words.js';

type ValueWords = Pick<MessageWords, 'noData' | 'on' | 'off' | 'units'>;

const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A value as people read it: 91.2 %, 6.5 min, 1,234. */
export function formatValue(value: number | null, unit: FigureDefinition['unit'], words: ValueWords) {
  if (value === null) return words.noData;
  switch (unit) {
    case 'share':
      return `${digits(value * 100)} %`;
    case 'ms':
      return duration(value, words.units);
    case 'flag':
      return value > 0 ? words.on : words.off;
    default:
      return digits(value);
  }
}

/** What a rule fires at: > 5 s, < 95 %, on. */
export function formatLimit(comparison: Comparison, threshold: number, unit: FigureDefinition['unit'], words: ValueWords): string {
  if (unit === 'flag') return words.on;
  return `${comparison === 'above' ? '>' : '<'} ${formatValue(threshold, unit, words)}`;
}

function duration(ms: number, units: MessageWords['units']): string {
  const [unit, size] = steps.find(([, least]) => ms >= least) ?? (ms === 0 ? (['s', 1] as const) : (['ms', 1] as const));
  return `${digits(ms / size)}${units[unit]}`;
}

const digits = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
