import type { ActiveAlert, AlertEpisode, Comparison, Silence } from '../monitoring/alerts/alert-types.js';
import { formatLimit, formatValue } from '../monitoring/alerts/message/format-value.js';
import type { AlertOverview } from '../monitoring/alerts/read-alerts.js';
import type { StoredRule } from '../monitoring/alerts/rule-book.js';
import { type FigureDefinition, figureDefinitions } from '../monitoring/figures.js';
import type { Cli } from './cli.js';
import { show, table } from './layout.js';
import type { Messages } from './messages/en.js';

type Says = Messages['alerts'];

const headings = ({ columns }: Says, ...names: readonly (keyof Says['columns'])[]): string[] => names.map((name) => columns[name]);

const inWords = (figure: string, value: number | null, says: Says): string => formatValue(value, unitOf(figure), says.values);

const unitOf = (figure: string): FigureDefinition['unit'] => figureDefinitions.find(({ name }) => name === figure)?.unit ?? 'count';

const limitOf = (comparison: Comparison, figure: string, threshold: number, says: Says): string =>
  formatLimit(comparison, threshold, unitOf(figure), says.values);

const aboutOf = (subject: string, says: Says): string => (subject === '' ? says.values.wholeSystem : subject);

/** Whether alerting works comes first when it does not: what is shown below may then be old, or told to nobody. */
export function renderOverview(overview: AlertOverview, cli: Cli): string {
  const says = cli.messages.alerts;
  const parts = [troublesOf(overview, says).join('\n'), renderActive(overview.alerts, cli)];
  if (overview.silences.length > 0) parts.push(`${says.silences}\n${renderSilences(overview.silences, cli)}`);
  parts.push(renderRoutes(overview, says));
  return parts.filter((part) => part !== '').join('\n\n');
}

function troublesOf({ stale, evaluatedAt, undelivered, heartbeatAt, heartbeatError }: AlertOverview, says: Says): string[] {
  return [
    ...(stale ? [says.stale(evaluatedAt === null ? says.never : show(evaluatedAt))] : []),
    ...undelivered.map((one) => says.undelivered(one.route, show(one.waiting), show(one.failed), show(one.oldest), show(one.error))),
    ...(heartbeatError === null ? [] : [says.heartbeatFailed(show(heartbeatAt), heartbeatError)]),
  ];
}

function renderActive(alerts: readonly ActiveAlert[], { language, messages: { alerts: says } }: Cli): string {
  if (alerts.length === 0) return says.nothingFires;
  const rows = alerts.map((alert) => [
    ...[alert.id === null ? null : String(alert.id), says.values.severities[alert.severity], says.states[alert.state], alert.rule],
    ...[aboutOf(alert.subject, says), inWords(alert.figure, alert.value, says)],
    ...[limitOf(alert.comparison, alert.figure, alert.threshold, says), alert.since, notesOf(alert, says)],
  ]);
  const pages = alerts
    .filter(({ state }) => state === 'firing')
    .map(({ rule, summaryEn, summaryJa, command, runbook }) => [
      `${rule}: ${language === 'ja' ? summaryJa : summaryEn}`,
      `  npx ${command}    docs/manual/${language}/${runbook}`,
    ]);
  const list = table(headings(says, 'id', 'severity', 'state', 'rule', 'about', 'value', 'limit', 'since', 'note'), rows);
  return pages.length === 0 ? list : `${list}\n\n${says.whatToDo}\n${[...new Set(pages.flat())].join('\n')}`;
}

function notesOf({ acknowledgedBy, acknowledgedNote, silencedUntil, noDataSince }: ActiveAlert, says: Says): string {
  return [
    ...(acknowledgedBy === null ? [] : [says.acknowledgedBy(acknowledgedBy, acknowledgedNote ?? '')]),
    ...(silencedUntil === null ? [] : [says.silencedUntil(show(silencedUntil))]),
    ...(noDataSince === null ? [] : [says.noDataSince(show(noDataSince))]),
  ].join('; ');
}

function renderRoutes({ routes, heartbeatAt, heartbeatError }: AlertOverview, says: Says): string {
  const lines: string[] = [];
  if (routes.length === 0) lines.push(says.noProcess);
  else if (routes.every(({ route }) => route === 'log')) lines.push(says.onlyLog);
  else
    lines.push(
      says.told(
        routes.map(({ route, target, minSeverity }) => (route === 'log' ? route : says.route(route, target, minSeverity))).join(', '),
      ),
    );
  if (heartbeatAt !== null && heartbeatError === null) lines.push(says.heartbeat(show(heartbeatAt)));
  return lines.join('\n');
}

export function renderSilences(silences: readonly Silence[], { messages: { alerts: says } }: Cli): string {
  const rows = silences.map(({ id, rule, subject, until, createdBy, reason }) => [
    ...[String(id), rule ?? says.everyRule, subject === null ? says.everything : aboutOf(subject, says), until, createdBy, reason],
  ]);
  return table(headings(says, 'id', 'rule', 'about', 'until', 'by', 'why'), rows);
}

export function renderHistory(episodes: readonly AlertEpisode[], { messages: { alerts: says } }: Cli): string {
  const rows = episodes.map((one) => [
    ...[String(one.id), says.values.severities[one.severity], one.rule, aboutOf(one.subject, says)],
    ...[inWords(one.figure, one.valueWorst, says), limitOf(one.comparison, one.figure, one.threshold, says)],
    ...[one.firedAt, one.resolvedAt, one.acknowledgedBy],
  ]);
  return table(headings(says, 'id', 'severity', 'rule', 'about', 'worst', 'limit', 'fired', 'over', 'acknowledged'), rows);
}

export function renderRules(rules: readonly StoredRule[], { messages: { yes, no, alerts: says } }: Cli): string {
  const rows = rules.map((rule) => [
    ...[rule.name, says.values.severities[rule.severity], rule.figure, limitOf(rule.comparison, rule.figure, rule.threshold, says)],
    ...[inWords(rule.figure, rule.clearThreshold, says), `${rule.forSeconds} s`, rule.noData, rule.enabled ? yes : no],
  ]);
  return table(headings(says, 'rule', 'severity', 'figure', 'limit', 'clear', 'for', 'noData', 'enabled'), rows);
}
