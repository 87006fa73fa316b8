import { Argument, type Command } from 'commander';
import { reasonText, spanArgument } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, onCall } from '../define-command.js';
import { show } from '../layout.js';
import { withDatabase } from '../open-database.js';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
type Level = (typeof levels)[number];
const DAY_MS = 86_400_000;

interface LevelOptions {
  readonly for?: number;
  readonly reason?: string;
}

/** `logs level`: what every running process logs, for a while. */
export function addLogs(program: Command, cli: Cli): void {
  const { logs: says, options } = cli.messages;
  const logs = addGroup(program, 'logs', says.group);
  const text = { summary: says.level, example: `logs level debug --for 30m --reason 'a user gets nothing'` };
  const command = addCommand(logs, 'level', text, cli)
    .addArgument(new Argument('[level]', says.which).choices([...levels, 'default']))
    .option('--for <span>', says.for, spanArgument(DAY_MS, '1d'))
    .option('--reason <text>', options.reason, reasonText);
  onCall<LevelOptions>(command, cli, async ({ for: ms, reason }, [level]) => {
    const { endLogLevel, readLogLevel, setLogLevel } = await import('../../operations/log-level.js');
    if (level !== undefined && (reason === undefined || (level !== 'default' && ms === undefined))) {
      return command.error(says.incomplete, { exitCode: 2 });
    }
    const by = { actor: cli.actor, reason: reason ?? '' };
    const set = await withDatabase(cli, (database) => {
      if (level === undefined) return readLogLevel(database);
      return level === 'default' ? endLogLevel(database, by) : setLogLevel(database, level as Level, (ms ?? 0) / 1000, by);
    });
    const said = set.level === null ? says.own : says.set(set.level, show(set.until), show(set.setBy), show(set.reason));
    return { data: set, text: said };
  });
}
