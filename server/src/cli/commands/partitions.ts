import { type Command, Option } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { pastInstant } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { table } from '../layout.js';
import { withDatabase } from '../open-database.js';

const parents = ['public.notifications', 'push.decisions', 'push.deliveries', 'push.attempts'] as const;
/** Receipts are awaited for a day, and the ledger is proved over the last hours: what is younger is being worked with. */
const youngestMs = 3 * 86_400_000;

interface Which {
  readonly parent?: (typeof parents)[number];
}

export function addPartitions(program: Command, cli: Cli): void {
  const partitions = addGroup(program, 'partitions', cli.messages.commands.partitions);
  for (const add of [addEnsure, addList, addDrop]) add(partitions, cli);
}

function addEnsure(partitions: Command, cli: Cli): void {
  const { commands, partitions: says } = cli.messages;
  const command = addCommand(partitions, 'ensure', { summary: commands.partitionsEnsure, example: 'partitions ensure' }, cli);
  onCall(command, cli, async () => {
    const { ensurePartitions } = await import('../../operations/partitions.js');
    const made = await withDatabase(cli, (database) => ensurePartitions(database));
    return { data: { made }, text: says.made(made) };
  });
}

function addList(partitions: Command, cli: Cli): void {
  const { commands, partitions: says, none } = cli.messages;
  const text = { summary: commands.partitionsList, example: 'partitions list --parent push.deliveries' };
  const command = addCommand(partitions, 'list', text, cli).addOption(new Option('--parent <table>', says.parent).choices(parents));
  onCall<Which>(command, cli, async ({ parent }) => {
    const { listPartitions } = await import('../../operations/partitions.js');
    const found = await withDatabase(cli, (database) => listPartitions(database, parent));
    const rows = found.map(({ parent: of, name, from, to, bytes }) => [of, name, from, to, bytes]);
    return {
      data: { partitions: found },
      text: found.length === 0 ? none : table(columnsOf(cli.messages, 'table', 'partition', 'from', 'to', 'bytes'), rows),
    };
  });
}

function addDrop(partitions: Command, cli: Cli): void {
  const { commands, partitions: says } = cli.messages;
  const example = `partitions drop --parent push.attempts --before 90d --reason 'retention'`;
  const command = needsReason(addCommand(partitions, 'drop', { summary: commands.partitionsDrop, example }, cli), cli)
    .addOption(new Option('--parent <table>', says.parent).choices(parents).makeOptionMandatory())
    .requiredOption('--before <when>', says.before, pastInstant);
  onCall<Required<Which> & { readonly before: Date; readonly reason: string }>(command, cli, async ({ parent, before, reason }) => {
    if (before.getTime() > Date.now() - youngestMs) throw new TodokuError('INVALID_INPUT', { message: says.tooYoung, path: 'before' });
    const { dropPartitions } = await import('../../operations/partitions.js');
    const dropped = await withDatabase(cli, (database) => dropPartitions(database, parent, before, { actor: cli.actor, reason }));
    return { data: { dropped }, text: [says.dropped(dropped.length), ...dropped.map((name) => `  ${name}`)].join('\n') };
  });
}
