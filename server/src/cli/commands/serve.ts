import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import { addCommand } from '../define-command.js';
import { configOf } from '../open-database.js';

/** After the end of everything: a handle that somebody forgot, or a phase that hangs, must not keep the process. */
const leaveMs = 5_000;

export function addServe(program: Command, cli: Cli): void {
  const text = { summary: cli.messages.commands.serve, example: 'serve' };
  addCommand(program, 'serve', text, cli).action(async () => {
    const { runServe } = await import('../serve.js');
    try {
      cli.finish(await runServe(await configOf(cli), cli.messages));
    } finally {
      // With the exit code that the command has ended with by then, also when it could not start.
      setTimeout(() => process.exit(), leaveMs).unref();
    }
  });
}
