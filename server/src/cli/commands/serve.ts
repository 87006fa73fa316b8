import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addCommand } from '../define-command.js';
import { configOf } from '../open-database.js';

/** After the end of everything: a handle that somebody forgot must not keep the process. */
const leaveMs = 5_000;

export function addServe(program: Command, cli: Cli): void {
  const text = { summary: cli.messages.commands.serve, example: 'serve' };
  addCommand(program, 'serve', text, cli).action(async () => {
    const { runServe } = await import('../serve.js');
    const exitCode = await runServe(await configOf(cli));
    cli.finish(exitCode);
    setTimeout(() => process.exit(exitCode), leaveMs).unref();
  });
}
