import { type Command, Option } from 'commander';
import { printableLines } from '../logging/printable.js';
import { reasonText } from './arguments.js';
import type { Answer, Cli } from './cli.js';
import { languages } from './language.js';

interface CommandText {
  readonly summary: string;
  /** Without the leading `todoku`. */
  readonly example: string;
}

/**
 * A command that does something: has --json, --lang, and an example in its help. `usage`: its name and arguments. `isDefault`: it is what its
 * group does when it is called without a command.
 */
export function addCommand(
  parent: Command,
  usage: string,
  { summary, example }: CommandText,
  cli: Cli,
  { isDefault = false }: { readonly isDefault?: boolean } = {},
): Command {
  const command = parent.command(usage, { isDefault }).description(summary);
  command.option('--json', cli.messages.options.json);
  command.addOption(new Option('--lang <language>', cli.messages.options.lang).choices(languages));
  command.addHelpText('after', `\n${cli.messages.example}\n  $ todoku ${example}`);
  return command;
}

/** A command that only holds others. Called without one, it shows its help and fails. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary).helpCommand(false);
}

/** For acts that the audit keeps. */
export function needsReason(command: Command, cli: Cli): Command {
  return command.requiredOption('--reason <text>', cli.messages.options.reason, reasonText);
}

/** For acts that can be tried first: what changes nothing is not kept in the audit, and asks for no reason. The reason of a trial is ''. */
export function needsReasonUnlessDry(command: Command, cli: Cli, dryRun: string): Command {
  return needsReason(command, cli).addOption(new Option('--dry-run', dryRun).implies({ reason: '' }));
}

/** What is done when the command is called. `options`: as its option parsers made them. */
export function onCall<Options extends object>(
  command: Command,
  cli: Cli,
  work: (options: Options & { readonly json?: boolean }, args: readonly string[]) => Promise<Answer>,
): void {
  command.action(async () => {
    const options = command.opts<Options & { readonly json?: boolean }>();
    // The arguments as they were written: their parsers only judge them.
    const answer = await work(options, command.args);
    cli.terminal.out(options.json === true ? `${JSON.stringify(answer.data, null, 2)}\n` : `${printableLines(answer.text)}\n`);
    cli.finish(answer.exitCode ?? 0);
  });
}
