import { type Command, InvalidArgumentError, Option } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { typeOrAllPattern, typeOrAllRule } from '../../notifications/type-name.js';
import { laneNames } from '../../planning/lane-names.js';
import type { TypeSettings } from '../../planning/policy-manager.js';
import { onOff, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { columnsOf } from '../columns.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { table } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

export function addTypes(program: Command, cli: Cli): void {
  const types = addGroup(program, 'types', cli.messages.commands.types);
  addList(types, cli);
  addSet(types, cli);
}

function addList(types: Command, cli: Cli): void {
  const command = addCommand(types, 'list', { summary: cli.messages.commands.typesList, example: 'types list' }, cli);
  onCall(command, cli, async () => {
    const { PolicyManager } = await import('../../planning/policy-manager.js');
    const found = await withDatabase(cli, (database) => new PolicyManager(database).types());
    return { data: { types: found }, text: renderTypes(found, cli.messages) };
  });
}

type TypeRow = TypeSettings & { readonly type: string };

function renderTypes(types: readonly TypeRow[], messages: Messages): string {
  const rows = types.map((one) => [
    ...[one.type, one.lane === null ? 'policy' : laneNames[one.lane], one.urgent, one.enabled, one.capped],
    ...[one.ttlSeconds, one.dedupeSeconds, one.unknownPolicy],
  ]);
  return table(columnsOf(messages, 'type', 'lane', 'urgent', 'enabled', 'capped', 'ttl', 'dedupe', 'unknown'), rows);
}

interface SetOptions {
  readonly lane?: (typeof laneNames)[number] | 'policy';
  readonly urgent?: boolean;
  readonly enabled?: boolean;
  readonly capped?: boolean;
  readonly ttl?: number;
  readonly dedupe?: number;
  readonly unknown?: 'resend' | 'drop';
}

function addSet(types: Command, cli: Cli): void {
  const { commands, types: says } = cli.messages;
  const seconds = wholeNumber(0, 365 * 86_400);
  const text = { summary: commands.typesSet, example: `types set alarm --urgent on --lane critical --reason 'alarms are for nights'` };
  const command = needsReason(addCommand(types, 'set', text, cli), cli)
    .argument('<type>', '', typeName)
    .addOption(new Option('--lane <lane>', says.lane).choices([...laneNames, 'policy']))
    .option('--urgent <on|off>', says.urgent, onOff)
    .option('--enabled <on|off>', says.enabled, onOff)
    .option('--capped <on|off>', says.capped, onOff)
    .option('--ttl <seconds>', says.ttl, seconds)
    .option('--dedupe <seconds>', says.dedupe, seconds)
    .addOption(new Option('--unknown <policy>', says.unknown).choices(['resend', 'drop']));
  onCall<SetOptions & { readonly reason: string }>(command, cli, async ({ reason, ...options }, [type = '']) => {
    const changes = changesOf(options);
    if (Object.keys(changes).length === 0) throw new TodokuError('INVALID_INPUT', { message: says.nothing });
    const { PolicyManager } = await import('../../planning/policy-manager.js');
    const by = { actor: cli.actor, reason };
    const set = await withDatabase(cli, (database) => new PolicyManager(database).changeType(type, changes, by));
    return { data: set, text: `${says.saved(type)}\n${renderTypes([set], cli.messages)}` };
  });
}

function changesOf({ lane, urgent, enabled, capped, ttl, dedupe, unknown }: SetOptions): Partial<TypeSettings> {
  const changes = {
    lane: lane === undefined ? undefined : lane === 'policy' ? null : laneNames.indexOf(lane),
    ...{ urgent, enabled, capped, ttlSeconds: ttl, dedupeSeconds: dedupe, unknownPolicy: unknown },
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function typeName(text: string): string {
  if (!typeOrAllPattern.test(text)) throw new InvalidArgumentError(`It ${typeOrAllRule}.`);
  return text;
}
