import { type Command, InvalidArgumentError } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import type { NotificationSettings, SettingsPatch } from '../../settings/settings-form.js';
import { onOff, uuidText } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, onCall } from '../define-command.js';
import { fields } from '../layout.js';
import type { Messages } from '../messages/en.js';
import { withDatabase } from '../open-database.js';

export function addSettings(program: Command, cli: Cli): void {
  const settings = addGroup(program, 'settings', cli.messages.commands.settings);
  addGet(settings, cli);
  addSet(settings, cli);
}

const someone = '7d9f6c1e-0b53-4c8e-9f8e-1f2a3b4c5d6e';

function addGet(settings: Command, cli: Cli): void {
  const text = { summary: cli.messages.commands.settingsGet, example: `settings get ${someone}` };
  const command = addCommand(settings, 'get', text, cli).argument('<user>', cli.messages.options.user, uuidText);
  onCall(command, cli, async (_, [user = '']) => {
    const { NotificationSettingsManager } = await import('../../settings/notification-settings-manager.js');
    const found = await withDatabase(cli, (database) => new NotificationSettingsManager(database).getSettings(user));
    return { data: found, text: renderSettings(found, cli.messages) };
  });
}

interface SetOptions {
  readonly push?: boolean;
  readonly timezone?: string;
  readonly quietHours?: SettingsPatch['quietHours'];
  readonly typeOn?: readonly string[];
  readonly typeOff?: readonly string[];
  readonly reason: string;
}

function addSet(settings: Command, cli: Cli): void {
  const { commands, options, settings: says } = cli.messages;
  const example = `settings set ${someone} --timezone Asia/Tokyo --quiet-hours 22:00-07:00 --reason 'she asked the support'`;
  const command = needsReason(addCommand(settings, 'set', { summary: commands.settingsSet, example }, cli), cli)
    .argument('<user>', options.user, uuidText)
    .option('--push <on|off>', says.push, onOff)
    .option('--timezone <zone>', says.timezone)
    .option('--quiet-hours <span>', says.quietHours, quietHours)
    .option('--type-on <type...>', says.typeOn)
    .option('--type-off <type...>', says.typeOff);
  onCall<SetOptions>(command, cli, async ({ reason, ...asked }, [user = '']) => {
    const both = asked.typeOn?.find((type) => asked.typeOff?.includes(type));
    if (both !== undefined) throw new TodokuError('INVALID_INPUT', { message: says.onAndOff(both), path: `types.${both}` });
    const patch = patchOf(asked);
    if (Object.keys(patch).length === 0) throw new TodokuError('INVALID_INPUT', { message: says.nothing });
    const { changeSettingsFor } = await import('../../settings/change-settings-for.js');
    const changed = await withDatabase(cli, (database) => changeSettingsFor(database, user, patch, { actor: cli.actor, reason }));
    return { data: changed, text: renderSettings(changed, cli.messages) };
  });
}

/** `22:00-07:00` switches them on, `off` off. */
function quietHours(text: string): NonNullable<SettingsPatch['quietHours']> {
  if (text === 'off') return { enabled: false };
  const [, start, end] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  if (start === undefined || end === undefined) throw new InvalidArgumentError('It has to be a span such as 22:00-07:00, or off.');
  return { enabled: true, start, end };
}

function patchOf({ push, timezone, quietHours: quiet, typeOn = [], typeOff = [] }: Omit<SetOptions, 'reason'>): SettingsPatch {
  const types = [
    ...typeOn.map((type) => [type, { enabled: true }] as const),
    ...typeOff.map((type) => [type, { enabled: false }] as const),
  ];
  return {
    ...(push === undefined ? {} : { pushEnabled: push }),
    ...(timezone === undefined ? {} : { timezone: timezone === '-' ? null : timezone }),
    ...(quiet === undefined ? {} : { quietHours: quiet }),
    ...(types.length === 0 ? {} : { types: Object.fromEntries(types) }),
  };
}

function quietText({ enabled, start, end }: NotificationSettings['quietHours'], says: Messages['settings']): string {
  if (!enabled) return 'off';
  return start === end ? says.quietNone(start) : `${start}-${end}`;
}

function renderSettings({ pushEnabled, timezone, quietHours: quiet, types }: NotificationSettings, { settings: says }: Messages): string {
  return fields([
    [says.pushName, pushEnabled ? 'on' : 'off'],
    [says.timezoneName, timezone],
    [says.quietName, quietText(quiet, says)],
    ...Object.entries(types).map(([type, { enabled }]) => [type, enabled ? 'on' : 'off'] as const),
  ]);
}
