import type { AlertPhase, AlertRule, ResolvedWhy } from './alert-types.js';

/**
 * How a rule stands for one subject.
 *
 * States: inactive → pending (beyond the threshold, not for long enough) → firing → resolved → pending …
 *
 * - inactive, resolved: nothing is wrong. resolved remembers that something was.
 * - pending: left for firing when every reading was beyond the threshold for the rule's duration (at once, when that is 0); left for inactive
 *   by the first reading that is not beyond it.
 * - firing: left for resolved by a reading that has reached the clear threshold, and by nothing else: between the two thresholds it stays.
 *
 * A reading without a value counts as the rule says: as good, as bad, or as no news. No news changes no state, and starts no firing: pending
 * waits for the next value.
 */
export interface AlertState {
  readonly phase: AlertPhase;
  /** In this phase. */
  readonly since: Date;
  /** The latest reading; null: no data. */
  readonly value: number | null;
  readonly noDataSince: Date | null;
}

/** gone: the figure has no reading for this subject any more (a worker that said goodbye, a project that is no more). */
type RuleReading = { readonly value: number | null } | 'gone';

interface Transition {
  readonly from: AlertPhase;
  readonly to: AlertPhase;
  /** Of a transition to resolved. */
  readonly why: ResolvedWhy | null;
}

interface Evaluated {
  readonly state: AlertState;
  /** null: the phase is the same. */
  readonly transition: Transition | null;
}

/** What a rule's evaluation needs of it. */
export type Condition = Pick<AlertRule, 'comparison' | 'threshold' | 'clearThreshold' | 'forSeconds' | 'noData' | 'enabled'>;

/** Pure: the same inputs give the same answer, in every process and after every restart. `previous`: null for a subject not seen before. */
export function evaluate(rule: Condition, reading: RuleReading, previous: AlertState | null, now: Date): Evaluated {
  const value = reading === 'gone' ? null : reading.value;
  const before = previous ?? { phase: 'inactive', since: now, value: null, noDataSince: null };
  const noDataSince = value === null && reading !== 'gone' ? (before.noDataSince ?? now) : null;
  const verdict = judge(rule, reading);
  const phase = nextPhase(rule, verdict, before, now);
  const state = { phase, since: phase === before.phase ? before.since : now, value, noDataSince };
  if (phase === before.phase) return { state, transition: null };
  return { state, transition: { from: before.phase, to: phase, why: phase === 'resolved' ? whyResolved(rule, reading) : null } };
}

/** bad: beyond the threshold; good: at the clear threshold or better; between: neither; no_news: nothing is known. */
type Verdict = 'bad' | 'good' | 'between' | 'no_news';

function judge(rule: Condition, reading: RuleReading): Verdict {
  if (!rule.enabled || reading === 'gone') return 'good';
  if (reading.value === null) return ({ ok: 'good', alert: 'bad', keep: 'no_news' } as const)[rule.noData];
  const sign = rule.comparison === 'above' ? 1 : -1;
  if (sign * reading.value > sign * rule.threshold) return 'bad';
  return sign * reading.value <= sign * rule.clearThreshold ? 'good' : 'between';
}

function nextPhase({ forSeconds }: Condition, verdict: Verdict, { phase, since }: AlertState, now: Date): AlertPhase {
  switch (phase) {
    case 'inactive':
    case 'resolved':
      if (verdict !== 'bad') return phase;
      return forSeconds === 0 ? 'firing' : 'pending';
    case 'pending':
      if (verdict === 'no_news') return 'pending';
      if (verdict !== 'bad') return 'inactive';
      return now.getTime() - since.getTime() >= forSeconds * 1_000 ? 'firing' : 'pending';
    case 'firing':
      return verdict === 'good' ? 'resolved' : 'firing';
  }
}

function whyResolved(rule: Condition, reading: RuleReading): ResolvedWhy {
  if (!rule.enabled) return 'disabled';
  return reading === 'gone' ? 'gone' : 'cleared';
}

/** Of two values of a figure, the one that is further beyond the threshold; a value is worse than none. */
export function worse(comparison: Condition['comparison'], one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return comparison === 'above' ? Math.max(one, other) : Math.min(one, other);
}
