import type { Command } from 'commander';
import { formatValue } from '../../monitoring/alerts/message/format-value.js';
import { englishWords, japaneseWords } from '../../monitoring/alerts/message/message-words.js';
import type { ErrorStats } from '../../monitoring/errors/notification-error-handler.js';
import { type FigureDefinition, figureOf } from '../../monitoring/figures.js';
import type { HealthReport } from '../../monitoring/health/health-check.js';
import type { SystemHealth } from '../../monitoring/health/system-health.js';
import type { CurrentMetrics } from '../../monitoring/notification-monitoring-manager.js';
import { pastInstant } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { show, table } from '../layout.js';
import { withDatabase } from '../open-database.js';
import { withHealthParts } from '../open-health.js';

export function addMonitoring(program: Command, cli: Cli): void {
  addHealth(program, cli);
  addMetrics(program, cli);
  addErrors(program, cli);
}

function addHealth(program: Command, cli: Cli): void {
  const { monitoring: says } = cli.messages;
  const command = addCommand(program, 'health', { summary: says.health, example: 'health --check' }, cli).option('--check', says.check);
  onCall<{ readonly check?: boolean }>(command, cli, async ({ check }) => {
    const { NotificationMonitoringManager: Manager } = await import('../../monitoring/notification-monitoring-manager.js');
    const health = await withDatabase(cli, (database) => new Manager(database).getSystemHealth());
    const parts = check === true ? await lookAtParts(cli) : null;
    const data = parts === null ? health : { ...health, parts };
    const isWell = health.status !== 'unhealthy' && parts?.status !== 'unhealthy';
    return { data, text: renderHealth(health, parts, cli), exitCode: isWell ? 0 : 1 };
  });
}

async function lookAtParts(cli: Cli): Promise<HealthReport> {
  const { healthCheck } = await import('../../monitoring/health/health-check.js');
  return await withHealthParts(cli, healthCheck);
}

function addMetrics(program: Command, cli: Cli): void {
  const command = addCommand(program, 'metrics', { summary: cli.messages.monitoring.metrics, example: 'metrics --json' }, cli);
  onCall(command, cli, async () => {
    const { NotificationMonitoringManager: Manager } = await import('../../monitoring/notification-monitoring-manager.js');
    const metrics = await withDatabase(cli, (database) => new Manager(database).getCurrentMetrics());
    return { data: metrics, text: renderMetrics(metrics, cli) };
  });
}

function addErrors(program: Command, cli: Cli): void {
  const { monitoring: says } = cli.messages;
  const text = { summary: says.errors, example: 'errors --since 1h' };
  const command = addCommand(program, 'errors', text, cli).option('--since <when>', says.since, pastInstant);
  onCall<{ readonly since?: Date }>(command, cli, async ({ since }) => {
    const { NotificationErrorHandler: Handler } = await import('../../monitoring/errors/notification-error-handler.js');
    const stats = await withDatabase(cli, (database) => new Handler(database).getErrorStats(since === undefined ? {} : { since }));
    return { data: stats, text: renderErrors(stats, cli) };
  });
}

function renderHealth({ status, issues, activeAlerts }: SystemHealth, parts: HealthReport | null, { messages, language }: Cli): string {
  const { monitoring: says } = messages;
  const lines = [
    says.status[status],
    ...issues.map(({ severity, message }) => `${severity === 'critical' ? '!!' : ' -'} ${message[language]}`),
  ];
  if (activeAlerts > 0) lines.push(says.alerts(show(activeAlerts)));
  for (const [part, { status: state, detail, durationMs }] of Object.entries(parts?.checks ?? {})) {
    lines.push(
      `${says.parts[part as keyof typeof says.parts]}: ${state === 'ok' ? says.ok : says.failed} (${detail[language]}; ${durationMs} ms)`,
    );
  }
  return lines.join('\n');
}

function renderMetrics({ figures }: CurrentMetrics, { messages, language }: Cli): string {
  const { monitoring: says } = messages;
  const { columns } = says;
  const readable = ({ unit }: FigureDefinition, value: number | null): string =>
    formatValue(value, unit, language === 'ja' ? japaneseWords : englishWords);
  const target = (definition: FigureDefinition): string => {
    if (definition.target === null || definition.unit === 'flag') return '';
    const value = 'atLeast' in definition.target ? definition.target.atLeast : definition.target.atMost;
    return 'atLeast' in definition.target ? says.atLeast(readable(definition, value)) : says.atMost(readable(definition, value));
  };
  const rows = figures.map(({ name, subject, value, window, meetsTarget }) => {
    const definition = figureOf(name);
    const now = readable(definition, value);
    return [
      `${meetsTarget ? '  ' : '! '}${definition.summary[language]}`,
      subject,
      now,
      target(definition),
      window === null ? says.now : spanOf(window),
    ];
  });
  return table([`  ${columns.figure}`, columns.about, columns.value, columns.target, columns.window], rows);
}

const spanOf = (seconds: number): string =>
  seconds >= 86_400 ? `${seconds / 86_400} d` : seconds >= 3600 ? `${seconds / 3600} h` : `${seconds / 60} min`;

function renderErrors(stats: ErrorStats, { messages, language }: Cli): string {
  const { monitoring: says } = messages;
  const { columns } = says;
  if (stats.total === 0) return says.noErrors(show(stats.since));
  const rate = `${(100 * (stats.rate ?? 0)).toFixed(1)} %`;
  const rows = stats.errors.map(({ code, provider, project, count, firstSeen, lastSeen }) => [
    code,
    `${provider}/${project}`,
    count,
    firstSeen,
    lastSeen,
  ]);
  const codes = [...new Map(stats.errors.map(({ code, advice }) => [code, advice[language]]))];
  const steps = stats.trend.map(({ from, errors, sent }) => [from, errors, sent]);
  return [
    `${says.total(show(stats.total), rate, show(stats.since))} ${says.before(show(stats.before), stats.direction)}`,
    table([columns.code, columns.project, columns.count, columns.first, columns.last], rows),
    `${says.advice}\n${codes.map(([code, advice]) => `  ${code}: ${advice}`).join('\n')}`,
    `${says.trend}\n${table([columns.from, columns.errors, columns.sent], steps)}`,
  ].join('\n\n');
}
