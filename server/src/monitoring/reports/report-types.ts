import type { AlertRule } from '../alerts/alert-types.js';
import type { Advice } from '../errors/error-advice.js';
import type { FigureDefinition } from '../figures.js';
import type { ReportPeriod } from './report-period.js';

/** Times are ISO 8601 in UTC, days are days of the report's zone, shares 0 … 1; null is no data. It is JSON as it stands. */
export interface PerformanceReport {
  readonly period: ReportPeriod;
  /** IANA name: whose days and hours these are. */
  readonly zone: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly from: string;
  readonly to: string;
  /** The same span before, with which everything is compared. */
  readonly before: { readonly from: string; readonly to: string };
  /** false: its last day is not over, and only what has come by now is counted, then as well as before. */
  readonly complete: boolean;
  readonly madeAt: string;
  /** When counting began, if that was within the time that is compared: the period before is not known whole then. */
  readonly countedSince: string | null;
  readonly verdict: 'good' | 'attention' | 'no_data';
  readonly figures: readonly ReportFigure[];
  readonly totals: readonly ReportTotal[];
  readonly course: ReportCourse;
  readonly errors: ReportErrors;
  readonly engagement: ReportEngagement;
  readonly notSent: ReportNotSent;
  readonly tokens: readonly PlatformTokens[];
  readonly incidents: ReportIncidents;
  readonly stops: readonly ReportStop[];
  /** The slowest first; hours with too few deliveries are left out. */
  readonly slowestHours: readonly SlowHour[];
  readonly capacity: ReportCapacity;
  readonly ledger: ReportLedger;
}

/** A figure of figures.ts, over the whole period. */
export interface ReportFigure {
  readonly name: FigureDefinition['name'];
  readonly unit: FigureDefinition['unit'];
  readonly summary: FigureDefinition['summary'];
  readonly target: FigureDefinition['target'];
  readonly value: number | null;
  readonly before: number | null;
  /** Of how many events. */
  readonly samples: number;
  readonly status: 'met' | 'missed' | 'no_data';
}

export const totalNames = ['accepted', 'deliveries', 'sent', 'delivered', 'lost', 'engaged', 'resent_unknown'] as const;

export interface ReportTotal {
  readonly name: (typeof totalNames)[number];
  readonly n: number;
  readonly before: number;
}

/** What happened in one step, an hour of a daily report and a day of the others. */
export interface CourseStep {
  readonly from: string;
  /** As it stands under a chart: 14, 11-28. */
  readonly label: string;
  readonly accepted: number;
  readonly acceptedBefore: number;
  readonly delivered: number;
  readonly lost: number;
  readonly errors: number;
  readonly successRate: number | null;
  readonly averageDeliveryMs: number | null;
}

export interface ReportCourse {
  readonly step: 'hour' | 'day';
  readonly steps: readonly CourseStep[];
}

export interface ErrorOfType {
  readonly code: string;
  readonly count: number;
  readonly before: number;
  /** Of all errors. */
  readonly share: number;
  readonly lastSeen: string;
  readonly advice: Advice;
}

export interface ReportErrors {
  readonly total: number;
  readonly before: number;
  /** The most frequent first, at most 20. */
  readonly byType: readonly ErrorOfType[];
  /** How many kinds are left out. */
  readonly more: number;
}

export interface EngagementOfType {
  /** '*': all types that are not counted by name, or not shown. */
  readonly type: string;
  readonly accepted: number;
  readonly engaged: number;
  readonly rate: number | null;
  readonly rateBefore: number | null;
}

export interface EngagementOfHour {
  /** Of the clock, 0 … 23. */
  readonly hour: number;
  readonly accepted: number;
  readonly engaged: number;
}

interface ReportEngagement {
  /** The most frequent first, at most 15 and the rest. */
  readonly byType: readonly EngagementOfType[];
  readonly byHour: readonly EngagementOfHour[];
}

export interface CountedReason {
  readonly reason: string;
  readonly n: number;
  readonly before: number;
}

export interface ReportNotSent {
  readonly suppressed: readonly CountedReason[];
  readonly held: readonly CountedReason[];
  /** Notifications that are held at this moment. */
  readonly heldNow: number;
}

export interface PlatformTokens {
  readonly platform: string;
  /** Now. */
  readonly active: number;
  readonly quarantined: number;
  readonly invalid: number;
  readonly signedOut: number;
  /** Within the period, of those that are still stored. */
  readonly registered: number;
  readonly lost: number;
  /** Of the lost and the active. */
  readonly lostShare: number | null;
}

export interface ReportIncident {
  readonly id: number;
  readonly rule: string;
  readonly subject: string;
  readonly severity: AlertRule['severity'];
  readonly summary: { readonly en: string; readonly ja: string };
  readonly unit: FigureDefinition['unit'];
  readonly worst: number | null;
  readonly firedAt: string;
  /** null: it still fires. */
  readonly resolvedAt: string | null;
  /** Until its end, or until the end of the period. */
  readonly durationMs: number;
  readonly acknowledgedBy: string | null;
  /** From firing to acknowledgement. */
  readonly acknowledgedAfterMs: number | null;
  readonly told: boolean;
}

export interface ReportIncidents {
  readonly total: number;
  readonly before: number;
  readonly unacknowledgedPages: number;
  /** The weightiest and longest first, at most 30. */
  readonly listed: readonly ReportIncident[];
}

export interface ReportStop {
  readonly kind: 'pause' | 'emergency' | 'pushes_off';
  readonly from: string;
  /** null: it lasts. */
  readonly until: string | null;
  /** What of it falls into the period. */
  readonly durationMs: number;
  readonly by: string;
  readonly reason: string | null;
}

export interface SlowHour {
  readonly from: string;
  readonly averageMs: number;
  readonly sent: number;
}

/** When something that grows will reach a limit. */
export type Forecast =
  | { readonly kind: 'reached_on'; readonly day: string }
  | { readonly kind: 'reached' | 'not_growing' | 'beyond_two_years' | 'no_limit' | 'not_enough_data' };

export interface ProjectUse {
  readonly project: string;
  /** Recipients a second; null: no limit. */
  readonly budget: number | null;
  /** Of the budget, in the busiest hour of the period. */
  readonly busiestHour: number | null;
  /** Of the budget, in the busiest minute. */
  readonly busiestMinute: number | null;
  readonly forecast: Forecast;
}

export interface ReportCapacity {
  /** Seven days each, up to fourteen that are known, the oldest first. */
  readonly weeks: readonly { readonly lastDay: string; readonly accepted: number }[];
  /** A week, by a straight line through the weeks; null: fewer than three are known. */
  readonly growthPerWeek: number | null;
  readonly projects: readonly ProjectUse[];
  readonly storage: {
    readonly databaseBytes: number;
    readonly notificationsBytes: number;
    /** Of history, in the last seven days that are whole; null: not so many are known. */
    readonly bytesPerDay: number | null;
    /** null: nobody has said how much there is. */
    readonly limitBytes: number | null;
    readonly forecast: Forecast;
  };
}

export interface ReportLedger {
  /** Now. Anything but 0 is a fault. */
  readonly unaccounted: number;
  /** How often the rows themselves were counted within the period, and the worst that was found. */
  readonly proofs: number;
  readonly proofUnaccounted: number | null;
  /** Rows that never entered the outbox, because the trigger was disabled; the most that one proof found. */
  readonly untaken: number | null;
}
