import { type Command, Option } from 'commander';
import type { NotificationType, NotificationTypeChange } from '../../planning/notification-types.js';
import { onOff, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { laneNames } from '../lanes.js';
import { table } from '../layout.js';
import { withDatabase } from '../open-database.js';

export function addTypes(program: Command, cli: Cli): void {
  const types = addGroup(program, 'types', cli.messages.commands.types);
  addList(types, cli);
  addSet(types, cli);
}

function addList(types: Command, cli: Cli): void {
  const command = addCommand(types, 'list', { summary: cli.messages.commands.typesList, example: 'types list' }, cli);
  onCall(command, cli, async () => {
    const { listNotificationTypes } = await import('../../planning/notification-types.js');
    const found = await withDatabase(cli, (database) => listNotificationTypes(database));
    return { data: { types: found }, text: renderTypes(found) };
  });
}

function renderTypes(types: readonly NotificationType[]): string {
  const rows = types.map((one) => [
    ...[one.type, one.lane === null ? 'policy' : laneNames[one.lane], one.urgent, one.enabled, one.capped],
    ...[one.ttlSeconds, one.dedupeSeconds, one.unknownPolicy],
  ]);
  return table(['type', 'lane', 'urgent', 'enabled', 'capped', 'ttl s', 'dedupe s', 'unknown'], rows);
}

interface SetOptions {
  readonly lane?: (typeof laneNames)[number] | 'policy';
  readonly urgent?: boolean;
  readonly enabled?: boolean;
  readonly capped?: boolean;
  readonly ttl?: number;
  readonly dedupe?: number;
  readonly unknown?: 'resend' | 'drop';
  readonly reason: string;
}

function addSet(types: Command, cli: Cli): void {
  const { commands, types: says } = cli.messages;
  const seconds = wholeNumber(0, 365 * 86_400);
  const text = { summary: commands.typesSet, example: `types set alarm --urgent on --lane critical --reason 'alarms are for nights'` };
  const command = needsReason(addCommand(types, 'set <type>', text, cli), cli)
    .addOption(new Option('--lane <lane>', says.lane).choices([...laneNames, 'policy']))
    .option('--urgent <on|off>', says.urgent, onOff)
    .option('--enabled <on|off>', says.enabled, onOff)
    .option('--capped <on|off>', says.capped, onOff)
    .option('--ttl <seconds>', says.ttl, seconds)
    .option('--dedupe <seconds>', says.dedupe, seconds)
    .addOption(new Option('--unknown <policy>', says.unknown).choices(['resend', 'drop']));
  onCall<SetOptions>(command, cli, async ({ reason, ...options }, [type = '']) => {
    const { setNotificationType } = await import('../../planning/notification-types.js');
    const set = await withDatabase(cli, (database) => setNotificationType(database, changeOf(type, options), { actor: cli.actor, reason }));
    return { data: set, text: `${says.saved(type)}\n${renderTypes([set])}` };
  });
}

function changeOf(type: string, options: Omit<SetOptions, 'reason'>): NotificationTypeChange {
  const { lane, urgent, enabled, capped, ttl, dedupe, unknown } = options;
  const laneNumber = lane === undefined || lane === 'policy' ? null : ([0, 1, 2] as const)[laneNames.indexOf(lane)];
  return {
    type,
    ...(lane === undefined ? {} : { lane: laneNumber ?? null }),
    urgent,
    enabled,
    capped,
    ttlSeconds: ttl,
    dedupeSeconds: dedupe,
    unknownPolicy: unknown,
  };
}
