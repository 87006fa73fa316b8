import type { FigureDefinition } from '../figures.js';
import type { PerformanceReport } from '../reports/report-types.js';
import type { AlertRule, Comparison, ResolvedWhy } from './alert-types.js';
import type { Severity } from './severity.js';

/** What happened to an alert, as it is told: everything that a message needs, so that every attempt says the same. Times are ISO 8601. */
export interface NoticeAlert {
  /** The episode's number. */
  readonly id: number;
  /** reminder: it still fires and nobody has acknowledged it. */
  readonly change: 'firing' | 'reminder' | 'resolved';
  readonly rule: string;
  /** '' is the whole system. */
  readonly subject: string;
  readonly severity: Severity;
  readonly figure: string;
  readonly unit: FigureDefinition['unit'];
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly clearThreshold: number;
  /** The latest reading; null: no data. */
  readonly value: number | null;
  /** The first reading beyond the threshold. */
  readonly since: string;
  readonly resolvedAt: string | null;
  readonly resolvedWhy: ResolvedWhy | null;
  readonly summaryEn: string;
  readonly summaryJa: string;
  readonly runbook: AlertRule['runbook'];
  readonly command: AlertRule['command'];
}

export interface NoticeContent {
  readonly alerts: readonly NoticeAlert[];
  /** Of a message that is a report. */
  readonly report?: PerformanceReport;
}

export type NoticeKind = 'alerts' | 'test' | 'report';

/** A message to one route, as its senders get it. */
export interface Notice {
  /** The same at every attempt: receivers drop what they have seen. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly createdAt: Date;
  readonly content: NoticeContent;
}
