import type { FigureName, Reading } from '../figures.js';
import type { StoredAlert } from './alert-store.js';
import type { AlertRule, ResolvedWhy } from './alert-types.js';
import { evaluate } from './evaluate.js';

/** One subject of one rule, before and after a round. */
export interface Step {
  readonly rule: AlertRule;
  readonly before: StoredAlert | null;
  readonly after: Omit<StoredAlert, 'episodeId'>;
  readonly fired: boolean;
  readonly resolved: ResolvedWhy | null;
  /** Nothing is wrong and there is nothing to read: its row can go. */
  readonly forget: boolean;
}

/**
 * Every rule with every reading of its figure, and with every subject that it knew and that has no reading any more. A figure that this version
 * does not read changes nothing: a newer one beside it does.
 */
export function evaluateRules(
  rules: readonly AlertRule[],
  figures: ReadonlyMap<FigureName, readonly Reading[]>,
  states: readonly StoredAlert[],
  now: Date,
): Step[] {
  const known = new Map<string, StoredAlert[]>();
  for (const state of states) known.set(state.rule, [...(known.get(state.rule) ?? []), state]);
  return rules.flatMap((rule) => {
    const readings = figures.get(rule.figure);
    return readings === undefined ? [] : evaluateRule(rule, readings, known.get(rule.name) ?? [], now);
  });
}

function evaluateRule(rule: AlertRule, read: readonly Reading[], known: readonly StoredAlert[], now: Date): Step[] {
  // Where silence is bad news, a figure that reads nothing at all is a system without a value.
  const readings = read.length === 0 && rule.noData === 'alert' ? [{ subject: '', value: null }] : read;
  const bySubject = new Map(known.map((state) => [state.subject, state]));
  const gone = known.filter(({ subject }) => !readings.some((reading) => reading.subject === subject));
  return [
    ...readings.map((reading) => step(rule, reading.subject, reading, bySubject.get(reading.subject) ?? null, now)),
    ...gone.map((state) => step(rule, state.subject, 'gone', state, now)),
  ];
}

function step(rule: AlertRule, subject: string, reading: Reading | 'gone', before: StoredAlert | null, now: Date): Step {
  const { state, transition } = evaluate(rule, reading, before, now);
  return {
    rule,
    before,
    after: { rule: rule.name, subject, ...state },
    fired: transition?.to === 'firing',
    resolved: transition?.to === 'resolved' ? (transition.why ?? 'cleared') : null,
    forget: reading === 'gone' && transition?.to !== 'resolved',
  };
}
