import type { FigureName } from '../figures.js';
import type { Severity } from './severity.js';

/** What a reading without a value counts as: as good, as bad, or as no news. */
export const noDataPolicies = ['ok', 'alert', 'keep'] as const;

export const comparisons = ['above', 'below'] as const;
export type Comparison = (typeof comparisons)[number];

/** One figure held against one threshold. Meanings: push.alert_rules. */
export interface AlertRule {
  readonly name: string;
  readonly figure: FigureName;
  readonly comparison: Comparison;
  /** In the figure's unit: a share is 0 … 1, durations are milliseconds. */
  readonly threshold: number;
  readonly clearThreshold: number;
  readonly forSeconds: number;
  readonly severity: Severity;
  readonly enabled: boolean;
  readonly noData: (typeof noDataPolicies)[number];
  /** Page and anchor within docs/manual/<language>/. */
  readonly runbook: string;
  /** The first command to run. */
  readonly command: string;
  readonly summaryEn: string;
  readonly summaryJa: string;
}

export type AlertPhase = 'inactive' | 'pending' | 'firing' | 'resolved';

/** cleared: the value is good again; gone: what it was about is no more; disabled, removed: the rule is. */
export type ResolvedWhy = 'cleared' | 'gone' | 'disabled' | 'removed';

/** Who does it, and why; both go into the audit. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  /** By which it is acknowledged; null while it is pending. */
  readonly id: number | null;
  readonly rule: string;
  /** '' is the whole system. */
  readonly subject: string;
  readonly state: 'pending' | 'firing';
  readonly severity: Severity;
  /** In this state. */
  readonly since: Date;
  /** The latest reading; null: no data. */
  readonly value: number | null;
  readonly noDataSince: Date | null;
  readonly figure: FigureName;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly clearThreshold: number;
  readonly summaryEn: string;
  readonly summaryJa: string;
  readonly runbook: string;
  readonly command: string;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedNote: string | null;
  /** null: no silence covers it. */
  readonly silencedUntil: Date | null;
}

/** An alert that fired, whether it is over or not. */
export interface AlertEpisode {
  readonly id: number;
  readonly rule: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly figure: string;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** The first reading beyond the threshold. */
  readonly breachedAt: Date;
  readonly firedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedWhy: ResolvedWhy | null;
  readonly valueFired: number | null;
  readonly valueWorst: number | null;
  /** null: nobody was told, because a silence covered it. */
  readonly toldAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedNote: string | null;
}

export interface Silence {
  readonly id: number;
  /** null: every rule. */
  readonly rule: string | null;
  /** null: every subject. */
  readonly subject: string | null;
  readonly startsAt: Date;
  readonly until: Date;
  readonly createdBy: string;
  readonly reason: string;
}
