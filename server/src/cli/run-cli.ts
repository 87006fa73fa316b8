import { Command, CommanderError, Help } from 'commander';
import { cellsOf } from '../logging/cells.js';
import { printable, printableLines } from '../logging/printable.js';
import type { Cli } from './cli.js';
import { addCommands } from './commands.js';
import { chooseLanguage, messagesIn } from './language.js';
import type { Messages } from './messages/en.js';
import { printError, renderError } from './render-error.js';
import type { Terminal } from './terminal.js';

/** Carries one command out and resolves to its exit code: 0 ok, 1 failed, 2 bad input (and nothing was changed). */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const language = chooseLanguage(argv, terminal.env);
  const messages = messagesIn(language);
  let exitCode = 0;
  const cli: Cli = {
    terminal,
    language,
    messages,
    actor: `cli:${terminal.login}`,
    finish: (code) => {
      exitCode = code;
    },
  };
  const json = argv.includes('--json');
  try {
    await programOf(cli, json).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return badArguments(error, json, cli);
    const rendered = renderError(error, messages);
    terminal.err(printError(rendered, json, messages));
    return rendered.exitCode;
  }
}

function programOf(cli: Cli, json: boolean): Command {
  const program = new Command('todoku').description(cli.messages.program);
  program.exitOverride();
  program.configureOutput({
    writeOut: (text) => cli.terminal.out(text),
    // With --json there is one error, and it is JSON.
    writeErr: (text) => {
      if (!json) cli.terminal.err(printableLines(text));
    },
    outputError: (text, write) => write(`${cli.messages.error} ${printable(argumentError(text, cli.messages))}\n`),
  });
  program.configureHelp(helpIn(cli.messages));
  program.helpOption('-h, --help', cli.messages.options.help);
  program.helpCommand(false);
  program.showHelpAfterError(cli.messages.tryHelp);
  addCommands(program, cli);
  return program;
}

/** What the argument parser says of a wrong command line, without its `error:`. */
function argumentError(text: string, messages: Messages): string {
  const said = text
    .replace(/^error: /, '')
    .replace(/\s*\n\(/, ' (')
    .trim();
  return messages.translate(said) ?? said;
}

/** The parser's own help, with its headings and notes in the language of the rest. */
function helpIn({ headings, optionNotes }: Messages): Partial<Help> {
  const words = (text: string): string => text.replaceAll(/\[(options|command)\]/g, (all) => headings[all] ?? all);
  const notes = (text: string): string =>
    text.replaceAll(/(?<=[(] ?|, )(choices|default)(?=: )/g, (note) => optionNotes[note as 'choices' | 'default']);
  return {
    styleTitle: (title) => headings[title] ?? title,
    styleOptionDescription: notes,
    styleUsage: words,
    // Before it is padded: the styles come after.
    subcommandTerm: (command) => words(new Help().subcommandTerm(command)),
    displayWidth: cellsOf,
  };
}

/** Help that was asked for is an answer; help that is shown because something is missing is not. */
function badArguments(error: CommanderError, json: boolean, { terminal, messages }: Cli): number {
  if (error.exitCode === 0) return 0;
  const message = argumentError(error.message, messages);
  if (json) terminal.err(printError({ code: 'INVALID_INPUT', message, remedy: messages.tryHelp, path: null, exitCode: 2 }, true, messages));
  return 2;
}
