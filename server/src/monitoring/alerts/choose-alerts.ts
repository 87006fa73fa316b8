import { figureDefinitions } from '../figures.js';
import type { AlertEpisode, AlertRule, Silence } from './alert-types.js';
import type { NoticeAlert } from './notice-types.js';
import type { Severity } from './severity.js';
import { severities } from './severity.js';
import { silenceOf } from './silences.js';

/** An episode that is open, or over without having been told to be over. */
export interface UntoldEpisode extends Omit<AlertEpisode, 'acknowledgedBy' | 'acknowledgedNote' | 'valueFired' | 'valueWorst'> {
  /** null: never told, or only once. */
  readonly toldLastAt: Date | null;
  readonly value: number | null;
}

interface Chosen {
  readonly episode: UntoldEpisode;
  readonly change: NoticeAlert['change'];
}

/**
 * What there is to tell. It follows from what stands, not from what has just happened: an alert that fired under a silence is told when the
 * silence ends and it still fires; one that was told to fire is told to be over, silence or not; an unacknowledged page is told again.
 */
export function chooseAlerts(
  episodes: readonly UntoldEpisode[],
  silences: readonly Silence[],
  { now, remindMs }: { readonly now: Date; readonly remindMs: number | null },
): Chosen[] {
  return episodes.flatMap((episode): Chosen[] => {
    if (episode.resolvedAt !== null) return episode.toldAt === null ? [] : [{ episode, change: 'resolved' }];
    if (silenceOf(silences, episode) !== undefined) return [];
    if (episode.toldAt === null) return [{ episode, change: 'firing' }];
    const last = episode.toldLastAt ?? episode.toldAt;
    const due = remindMs !== null && now.getTime() - last.getTime() >= remindMs;
    return due && episode.severity === 'page' && episode.acknowledgedAt === null ? [{ episode, change: 'reminder' }] : [];
  });
}

/** Texts are those of the rule as it stands, or of the figure when the rule is gone. */
export function tell({ episode, change }: Chosen, rule: AlertRule | undefined): NoticeAlert {
  const figure = figureDefinitions.find((definition) => definition.name === episode.figure);
  return {
    id: episode.id,
    change,
    rule: episode.rule,
    subject: episode.subject,
    severity: episode.severity,
    figure: episode.figure,
    unit: figure?.unit ?? 'count',
    comparison: episode.comparison,
    threshold: episode.threshold,
    clearThreshold: rule?.clearThreshold ?? episode.threshold,
    value: episode.value,
    since: episode.breachedAt.toISOString(),
    resolvedAt: episode.resolvedAt?.toISOString() ?? null,
    resolvedWhy: episode.resolvedWhy,
    summaryEn: rule?.summaryEn ?? figure?.summary.en ?? episode.rule,
    summaryJa: rule?.summaryJa ?? figure?.summary.ja ?? episode.rule,
    runbook: rule?.runbook ?? 'alerts.md',
    command: rule?.command ?? 'todoku alerts',
  };
}

/** Whether a route that wants at least `least` wants this. */
export function weighs(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}

/** Of one alert the latest news is enough; the weightiest comes first, what is over last. */
export function joinAlerts(earlier: readonly NoticeAlert[], later: readonly NoticeAlert[]): NoticeAlert[] {
  const byId = new Map([...earlier, ...later].map((alert) => [alert.id, alert]));
  const rank = ({ change, severity }: NoticeAlert): number => (change === 'resolved' ? 10 : 0) + severities.indexOf(severity);
  return [...byId.values()].sort((one, other) => rank(one) - rank(other) || one.id - other.id);
}
