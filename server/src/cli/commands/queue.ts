import type { Command } from 'commander';
import { laneNames } from '../../planning/lane-names.js';
import type { QueueDepth } from '../../queue/queue-engine.js';
import { pastInstant, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, needsReasonUnlessDry, onCall } from '../define-command.js';
import { show, table, tally } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';
import { withQueueManager } from '../open-queue-manager.js';

interface Reason {
  readonly reason: string;
}

export function addQueue(program: Command, cli: Cli): void {
  const queue = addGroup(program, 'queue', cli.messages.commands.queue);
  for (const add of [addStats, addPause, addResume, addCatchUp, addRetryFailed, addClearStale]) add(queue, cli);
}

function addStats(queue: Command, cli: Cli): void {
  const command = addCommand(queue, 'stats', { summary: cli.messages.commands.queueStats, example: 'queue stats' }, cli);
  onCall(command, cli, async () => {
    const stats = await withDatabase(cli, (database, config) =>
      withQueueManager(cli, database, config, (manager) => manager.getDetailedQueueStats()),
    );
    const { depth } = stats;
    return { data: stats, text: depth.length === 0 ? cli.messages.status.queueEmpty : renderDepth(depth, cli.messages) };
  });
}

export function renderDepth(depth: readonly QueueDepth[], messages: Messages): string {
  const rows = depth.map(({ lane, state, chunks, deliveries, oldest }) => [laneNames[lane], state, chunks, deliveries, oldest]);
  return table(columnsOf(messages, 'lane', 'state', 'chunks', 'deliveries', 'oldestDue'), rows);
}

function addPause(queue: Command, cli: Cli): void {
  const { commands, queue: says, status } = cli.messages;
  const text = { summary: commands.queuePause, example: `queue pause --reason 'Expo has an incident'` };
  const command = needsReason(addCommand(queue, 'pause', text, cli), cli);
  onCall<Reason>(command, cli, async ({ reason }) => {
    const { ControlPanel } = await import('../../operations/controls.js');
    const controls = await withDatabase(cli, (database) => new ControlPanel(database).pause({ actor: cli.actor, reason }));
    const { pausedBy, pausedAt, pausedReason } = controls;
    return { data: controls, text: `${says.paused}\n${status.paused(show(pausedBy), show(pausedAt), show(pausedReason))}` };
  });
}

function addResume(queue: Command, cli: Cli): void {
  const { commands, queue: says } = cli.messages;
  const text = { summary: commands.queueResume, example: `queue resume --reason 'the incident is over'` };
  const command = needsReason(addCommand(queue, 'resume', text, cli), cli);
  onCall<Reason>(command, cli, async ({ reason }) => {
    const { ControlPanel } = await import('../../operations/controls.js');
    const controls = await withDatabase(cli, (database) => new ControlPanel(database).resume({ actor: cli.actor, reason }));
    return { data: controls, text: says.resumed };
  });
}

function addCatchUp(queue: Command, cli: Cli): void {
  const { commands, options, queue: says } = cli.messages;
  const text = { summary: commands.queueCatchUp, example: `queue catch-up --since 2h --reason 'the trigger is on again'` };
  const command = needsReason(addCommand(queue, 'catch-up', text, cli), cli)
    .requiredOption('--since <when>', options.since, pastInstant)
    .option('--until <when>', says.until, pastInstant);
  onCall<Reason & { readonly since: Date; readonly until?: Date }>(command, cli, async ({ since, until, reason }) => {
    const { catchUp } = await import('../../operations/catch-up.js');
    const span = { since, until };
    const taken = await withDatabase(cli, (database) => catchUp(database, span, { actor: cli.actor, reason }));
    return { data: { taken, ...span }, text: says.caughtUp(show(taken)) };
  });
}

function addClearStale(queue: Command, cli: Cli): void {
  const { tend: says } = cli.messages;
  const text = { summary: says.clearStale, example: `queue clear-stale --reason 'after the outage'` };
  const command = needsReason(addCommand(queue, 'clear-stale', text, cli), cli);
  onCall<Reason>(command, cli, async ({ reason }) => {
    const cleared = await withDatabase(cli, (database, config) =>
      withQueueManager(cli, database, config, (manager) => manager.clearStaleItems({ actor: cli.actor, reason })),
    );
    return { data: cleared, text: says.cleared(show(cleared.expired), show(cleared.strays), show(cleared.abandoned)) };
  });
}

interface RetryOptions extends Reason {
  readonly hours: number;
  readonly dryRun?: boolean;
}

function addRetryFailed(queue: Command, cli: Cli): void {
  const { commands, queue: says } = cli.messages;
  const text = { summary: commands.queueRetry, example: `queue retry-failed --hours 6 --reason 'the credentials are mended'` };
  const command = needsReasonUnlessDry(addCommand(queue, 'retry-failed', text, cli), cli, says.dryRun).option(
    '--hours <n>',
    says.hours,
    wholeNumber(1, 24 * 90),
    24,
  );
  onCall<RetryOptions>(command, cli, async ({ hours, dryRun = false, reason }) => {
    const { countRetryable, requeueFailed } = await import('../../queue/requeue.js');
    const until = new Date();
    const span = { since: new Date(until.getTime() - hours * 3_600_000), until };
    const count = await withDatabase(cli, (database, config) =>
      dryRun
        ? countRetryable(database, span)
        : requeueFailed(database, span, { actor: cli.actor, reason }, { chunkSize: config.planning.chunkSize }),
    );
    const said = dryRun ? says.wouldRequeue(show(count.deliveries)) : says.requeued(show(count.deliveries));
    const left = tally(count.left);
    return { data: { dryRun, ...span, ...count }, text: left === '' ? said : `${said}\n${says.skipped(left)}` };
  });
}
