import type { Command } from 'commander';
import type { ProjectStatus, SystemStatus } from '../../monitoring/system-status.js';
import type { Controls } from '../../operations/controls.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, onCall } from '../define-command.js';
import { fields, show, table } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';
import { renderDepth } from './queue.js';

export function addStatus(program: Command, cli: Cli): void {
  const command = addCommand(program, 'status', { summary: cli.messages.commands.status, example: 'status' }, cli);
  onCall(command, cli, async () => {
    const { readStatus } = await import('../../monitoring/system-status.js');
    const status = await withDatabase(cli, (database) => readStatus(database));
    return { data: status, text: renderStatus(status, cli.messages) };
  });
}

export function renderStatus(status: SystemStatus, messages: Messages): string {
  const { status: says } = messages;
  return [
    switches(status, messages).join('\n'),
    section(says.workers, status.workers.length === 0 ? messages.none : workersOf(status, messages)),
    section(says.projects, renderProjects(status.projects, messages)),
    section(says.queue, status.queue.length === 0 ? says.queueEmpty : renderDepth(status.queue, messages)),
    section(says.waiting, waitingOf(status, messages)),
  ].join('\n\n');
}

/** What stops pushes now, who did it and why; the first lines, because they are what an operator looks for. */
function switches({ controls, triggerEnabled, workers, projects }: SystemStatus, messages: Messages): string[] {
  const { status: says } = messages;
  const lines = stops(controls, messages);
  for (const { id, provider, name } of projects.filter(({ paused }) => paused)) lines.push(says.projectIsPaused(id, `${provider}/${name}`));
  if (!triggerEnabled) lines.push(says.triggerOff);
  if (!workers.some((worker) => worker.state === 'alive' && worker.roles.includes('worker'))) lines.push(says.noWorker);
  return lines.length === 0 ? [says.sending] : lines;
}

/** What the switches stop; where they stop nothing, that it is sent. */
export function renderControls(controls: Controls, messages: Messages): string {
  const lines = stops(controls, messages);
  return lines.length === 0 ? messages.status.sending : lines.join('\n');
}

function stops(controls: Controls, { status: says }: Messages): string[] {
  const lines: string[] = [];
  const { emergency, emergencyBy, emergencyAt, emergencyReason, paused, pausedBy, pausedAt, pausedReason, pushesEnabled } = controls;
  if (emergency) lines.push(says.emergency(show(emergencyBy), show(emergencyAt), show(emergencyReason)));
  if (paused) lines.push(says.paused(show(pausedBy), show(pausedAt), show(pausedReason)));
  if (!pushesEnabled) lines.push(says.pushesOff);
  return lines;
}

function workersOf({ workers }: SystemStatus, messages: Messages): string {
  const rows = workers.map(({ id, state, roles, version, startedAt, heartbeatAt }) => [
    id,
    state,
    roles.join(' '),
    version,
    startedAt,
    heartbeatAt,
  ]);
  return table(columnsOf(messages, 'id', 'state', 'roles', 'version', 'started', 'lastHeard'), rows);
}

export function renderProjects(projects: readonly ProjectStatus[], messages: Messages): string {
  const { status: says, no } = messages;
  const rows = projects.map((project) => [
    project.id,
    `${project.provider}/${project.name}`,
    project.rateBudget === null ? says.unlimited : says.perSecond(project.rateBudget),
    project.paused ? says.projectPaused(show(project.pausedBy), show(project.pausedAt), show(project.pausedReason)) : no,
    project.breaker === 'open' ? says.breakerOpen(show(project.breakerReason), show(project.breakerProbeAt)) : says.breakerClosed,
    project.backoffUntil,
    project.frozenAt === null ? no : says.frozen(show(project.frozenReason)),
  ]);
  return table(columnsOf(messages, 'id', 'project', 'budget', 'paused', 'breaker', 'backoffUntil', 'frozen'), rows);
}

function waitingOf({ waiting }: SystemStatus, { status: says }: Messages): string {
  return fields([
    [says.outbox, waiting.outbox],
    [says.oldest, waiting.outboxOldest ?? undefined],
    [says.held, waiting.held],
    [says.nextRelease, waiting.nextRelease ?? undefined],
    [says.receipts, waiting.receipts],
    [says.receiptsDue, waiting.receiptsDue],
    [says.oldest, waiting.receiptsOldest ?? undefined],
  ]);
}

function section(title: string, body: string): string {
  return `${title}\n${body.replaceAll(/^/gm, '  ')}`;
}
