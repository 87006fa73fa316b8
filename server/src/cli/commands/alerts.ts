import { Argument, type Command } from 'commander';
import type { RouteName } from '../../monitoring/alerts/route-directory.js';
import { id as number, pastInstant, plainText, spanArgument, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { show } from '../layout.js';
import { withAlerts } from '../with-alerts.js';
import { addAlertRules } from './alert-rules.js';

const routes = ['log', 'webhook', 'slack', 'email'] as const satisfies readonly RouteName[];
const longestMs = 30 * 86_400_000;

export function addAlerts(program: Command, cli: Cli): void {
  const alerts = addGroup(program, 'alerts', cli.messages.alerts.commands.alerts);
  for (const add of [addActive, addHistory, addAlertRules, addAck, addSilence, addSilences, addUnsilence, addTestRoute]) add(alerts, cli);
}

function addActive(alerts: Command, cli: Cli): void {
  const command = addCommand(alerts, 'active', { summary: cli.messages.alerts.commands.active, example: 'alerts active --json' }, cli, {
    isDefault: true,
  });
  onCall(command, cli, async () => {
    const { renderOverview } = await import('../render-alerts.js');
    const overview = await withAlerts(cli, (manager) => manager.overview());
    return { data: overview, text: renderOverview(overview, cli) };
  });
}

function addHistory(alerts: Command, cli: Cli): void {
  const { options, none, alerts: says } = cli.messages;
  const text = { summary: says.commands.history, example: 'alerts history --since 7d' };
  const command = addCommand(alerts, 'history', text, cli)
    .option('--since <when>', options.since, pastInstant)
    .option('--rule <name>', says.columns.rule)
    .option('--limit <n>', options.limit, wholeNumber(1, 1_000), 100);
  onCall<{ readonly since?: Date; readonly rule?: string; readonly limit: number }>(command, cli, async ({ since, rule, limit }) => {
    const { renderHistory } = await import('../render-alerts.js');
    const question = { limit, ...(since === undefined ? {} : { since }), ...(rule === undefined ? {} : { rule }) };
    const episodes = await withAlerts(cli, (manager) => manager.history(question));
    return { data: { alerts: episodes }, text: episodes.length === 0 ? none : renderHistory(episodes, cli) };
  });
}

function addAck(alerts: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = { summary: says.commands.ack, example: `alerts ack 17 --reason 'looking at the credentials'` };
  const command = needsReason(addCommand(alerts, 'ack', text, cli), cli).argument('<id>', says.columns.id, number);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [which]) => {
    const episode = await withAlerts(cli, (manager) => manager.acknowledge(Number(which), { actor: cli.actor, reason }));
    return { data: episode, text: says.acked(episode.id, episode.acknowledgedBy ?? cli.actor) };
  });
}

interface SilenceOptions {
  readonly for: number;
  readonly subject?: string;
  readonly reason: string;
}

function addSilence(alerts: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = { summary: says.commands.silence, example: `alerts silence engagement-low --for 7d --reason 'the campaign ends on Friday'` };
  const command = needsReason(addCommand(alerts, 'silence', text, cli), cli)
    .argument('<rule>', says.allOr, plainText)
    .requiredOption('--for <span>', says.for, spanArgument(longestMs, '30d'))
    .option('--subject <subject>', says.subject);
  onCall<SilenceOptions>(command, cli, async ({ for: ms, subject, reason }, [rule = 'all']) => {
    const which = { ...(rule === 'all' ? {} : { rule }), ...(subject === undefined ? {} : { subject }) };
    const until = new Date(Date.now() + ms);
    const silence = await withAlerts(cli, (manager) => manager.silence({ ...which, until }, { actor: cli.actor, reason }));
    return { data: silence, text: says.silenced(silence.id, show(silence.until)) };
  });
}

function addSilences(alerts: Command, cli: Cli): void {
  const { none, alerts: says } = cli.messages;
  const command = addCommand(alerts, 'silences', { summary: says.commands.silences, example: 'alerts silences' }, cli);
  onCall(command, cli, async () => {
    const { renderSilences } = await import('../render-alerts.js');
    const silences = await withAlerts(cli, (manager) => manager.silences());
    return { data: { silences }, text: silences.length === 0 ? none : renderSilences(silences, cli) };
  });
}

function addUnsilence(alerts: Command, cli: Cli): void {
  const { nothingChanged, alerts: says } = cli.messages;
  const text = { summary: says.commands.unsilence, example: `alerts unsilence 3 --reason 'mended'` };
  const command = needsReason(addCommand(alerts, 'unsilence', text, cli), cli).argument('<id>', says.columns.id, number);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [which]) => {
    const ended = await withAlerts(cli, (manager) => manager.unsilence(Number(which), { actor: cli.actor, reason }));
    return { data: { id: Number(which), ended }, text: ended ? says.unsilenced(Number(which)) : nothingChanged };
  });
}

function addTestRoute(alerts: Command, cli: Cli): void {
  const { alerts: says } = cli.messages;
  const text = { summary: says.commands.testRoute, example: `alerts test-route slack --reason 'a new channel'` };
  const command = needsReason(addCommand(alerts, 'test-route', text, cli), cli).addArgument(
    new Argument('<route>', says.routeName).choices(routes),
  );
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [which]) => {
    const route = routes.find((one) => one === which) ?? 'log';
    const test = await withAlerts(cli, (manager) => manager.testRoute(route, { actor: cli.actor, reason }));
    const said = test.ok ? says.sent(route, test.answer ?? '') : says.notSent(route, test.error ?? '');
    return { data: test, text: said, exitCode: test.ok ? 0 : 1 };
  });
}
