import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { Command } from 'commander';
import { TodokuError } from '../../errors/todoku-error.js';
import { printableLines } from '../../logging/printable.js';
import { plainText, uuidText } from '../arguments.js';
import type { Answer, Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { withDatabase } from '../open-database.js';
import { withProviders } from '../open-health.js';
import type { ReplHouse } from '../repl/open-repl.js';

interface Options {
  readonly eval?: string;
  readonly file?: string;
  readonly user?: string;
}

export function addRepl(program: Command, cli: Cli): void {
  const { repl: says } = cli.messages;
  const text = { summary: says.summary, example: `repl --eval 'await notificationMonitoringManager.getSystemHealth()'` };
  const command = addCommand(program, 'repl', text, cli)
    .option('--eval <code>', says.eval, plainText)
    .option('--file <path>', says.file, plainText)
    .option('--user <id>', says.user, uuidText);
  onCall<Options>(command, cli, async (options) => {
    const code = options.eval ?? (options.file === undefined ? null : await codeIn(options.file));
    return await withDatabase(cli, async (database, config) => {
      const { openRepl } = await import('../repl/open-repl.js');
      return await withProviders(cli, config, async (providers) => {
        const house = await openRepl(cli, database, config, { userId: options.user ?? null, providers });
        return code === null ? await converse(house, cli) : await run(code, house, cli);
      });
    });
  });
}

async function codeIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TodokuError('INVALID_INPUT', { path: '--file', message: `${file} can't be read`, cause: error });
  }
}

async function run(code: string, { names, settle }: ReplHouse, cli: Cli): Promise<Answer> {
  const { runCode } = await import('../repl/run-code.js');
  try {
    const { value, hasValue } = await runCode(code, names);
    await settle();
    return answerWith(value, hasValue);
  } catch (error) {
    if (error instanceof TodokuError) throw error;
    // The code's own fault, not ours: as its writer expects to see it.
    cli.terminal.err(`${printableLines(inspect(error))}\n`);
    return { data: null, text: '', exitCode: 1 };
  }
}

function answerWith(value: unknown, hasValue: boolean): Answer {
  return { data: value ?? null, text: hasValue && value !== undefined ? inspect(value, { depth: 6, maxArrayLength: 50 }) : '' };
}

/** A prompt; every line or block is run like --eval, and what it says is shown. */
async function converse(house: ReplHouse, cli: Cli): Promise<Answer> {
  const { start } = await import('node:repl');
  const { runCode } = await import('../repl/run-code.js');
  cli.terminal.out(`${cli.messages.repl.greeting(Object.keys(house.names).join(', '))}\n`);
  const server = start({
    prompt: 'todoku> ',
    eval: (code, _context, _file, done) => {
      runCode(code, house.names).then(
        ({ value }) => done(null, value),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), undefined),
      );
    },
  });
  await new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await house.settle();
  return { data: null, text: '' };
}
