import type { Spread } from './statistics.js';

/** What the main path has to reach; a figure without one is there to be compared with. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

export type Unit = '/s' | 'ms' | 'µs' | 'MB' | 'bytes' | '×' | '%';

/** One line of the table. */
export interface Figure {
  /** Stable name for programs that read the JSON: `throughput.todoku`. */
  readonly id: string;
  readonly what: string;
  readonly unit: Unit;
  readonly value: Spread;
  readonly target: Target | null;
}

/** What one suite found. */
export interface SuiteResult {
  readonly figures: readonly Figure[];
  /** What the reader of the figures must know: who could not be measured, and why. */
  readonly notes?: readonly string[];
  /** Everything behind the figures, for the JSON only. */
  readonly details: unknown;
}

/** Whether the median is where it should be; null without a target. */
export function isMet({ value, target }: Figure): boolean | null {
  if (target === null) return null;
  return 'atLeast' in target ? value.median >= target.atLeast : value.median <= target.atMost;
}
