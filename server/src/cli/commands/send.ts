import type { Command } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { printable } from '../../logging/printable.js';
import type { ItemResult, NotificationService } from '../../notifications/notification-service.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { parseJsonText, readJson } from '../json-input.js';
import { withDatabase } from '../open-database.js';
import { openService } from '../open-service.js';

interface Options {
  readonly user?: string;
  readonly type?: string;
  readonly title?: string;
  readonly message?: string;
  readonly data?: string;
  readonly at?: string;
  readonly file?: string;
}

/** In one commit, as in one request of the API. */
const mostAtOnce = 1_000;

export function addSend(program: Command, cli: Cli): void {
  const { commands, options, send } = cli.messages;
  const example = `send --user 7d9f6c1e-0b53-4c8e-9f8e-1f2a3b4c5d6e --type reminder --title 'Time to go'`;
  const command = addCommand(program, 'send', { summary: commands.send, example }, cli)
    .option('--user <id>', options.user)
    .option('--type <type>', send.type)
    .option('--title <text>', send.title)
    .option('--message <text>', send.message)
    .option('--data <json>', send.data)
    .option('--at <time>', send.at)
    .option('--file <path>', options.file);
  onCall<Options>(command, cli, async (given) => {
    const { values, single } = await valuesOf(given, cli);
    await refuseWrong(values, single);
    return await withDatabase(cli, async (database, config) => {
      const service = await openService(cli, database, config);
      return single ? await sendOne(service, values[0], cli) : await sendAll(service, values, cli);
    });
  });
}

async function valuesOf(given: Options, cli: Cli): Promise<{ readonly values: readonly unknown[]; readonly single: boolean }> {
  const { send: says } = cli.messages;
  const { user, type, title, message, data, at, file } = given;
  const hasFields = [user, type, title, message, data, at].some((value) => value !== undefined);
  if (file !== undefined) {
    if (hasFields) throw new TodokuError('INVALID_INPUT', { message: says.both, path: 'file' });
    const json = await readJson(file, cli.terminal);
    if (!Array.isArray(json)) return { values: [json], single: true };
    if (json.length === 0) throw new TodokuError('INVALID_INPUT', { message: says.empty, path: 'file' });
    return { values: json, single: false };
  }
  if (user === undefined || type === undefined || title === undefined) throw new TodokuError('INVALID_INPUT', { message: says.missing });
  const value = {
    userId: user,
    type,
    title,
    ...(message === undefined ? {} : { message }),
    ...(data === undefined ? {} : { data: await parseJsonText(data, 'data') }),
    ...(at === undefined ? {} : { sendAt: at }),
  };
  return { values: [value], single: true };
}

/** All of them before the first is stored: exit code 2 means that nothing was. Throws INVALID_INPUT, PAYLOAD_TOO_BIG. */
async function refuseWrong(values: readonly unknown[], single: boolean): Promise<void> {
  const { parseNotification } = await import('../../notifications/notification-input.js');
  for (const [index, value] of values.entries()) parseNotification(value, single ? '' : `[${index}]`);
}

async function sendOne(service: NotificationService, value: unknown, cli: Cli): Promise<Answer> {
  const { id } = await service.send(value);
  return { data: { id }, text: `${cli.messages.send.accepted(1)} ${id}` };
}

async function sendAll(service: NotificationService, values: readonly unknown[], cli: Cli): Promise<Answer> {
  const { send: says, translate } = cli.messages;
  const results: ItemResult[] = [];
  for (let at = 0; at < values.length; at += mostAtOnce) {
    const part = await service.sendMany(values.slice(at, at + mostAtOnce));
    for (const result of part) results.push({ ...result, index: result.index + at });
  }
  const rejected = results.filter((result) => result.status === 'rejected');
  const lines = [says.accepted(results.length - rejected.length)];
  if (rejected.length > 0)
    lines.push(
      says.rejected(rejected.length),
      ...rejected.map(({ index, error }) => `  [${index}] ${error.code}: ${printable(translate(error.message) ?? error.message)}`),
    );
  return { data: { results }, text: lines.join('\n'), exitCode: rejected.length === 0 ? 0 : 1 };
}
