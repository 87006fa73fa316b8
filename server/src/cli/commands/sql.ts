import type { Command } from 'commander';
import type { SqlAnswer } from '../../database/run-sql.js';
import { TodokuError } from '../../errors/todoku-error.js';
import { isStorableText } from '../../notifications/storable-text.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';
import { table } from '../layout.js';
import { findDatabaseUrl, withDatabase } from '../open-database.js';
import { stderrLogger } from '../stderr-logger.js';

/** `sql`: for those who have no psql. `database-url`: for those who have one, or another tool. */
export function addSql(program: Command, cli: Cli): void {
  const { commands, sql: says } = cli.messages;
  const text = { summary: commands.sql, example: `sql 'select id, type, title from notifications order by created_at desc limit 5'` };
  // A statement may begin with a comment, and a comment with what looks like an option.
  const command = addCommand(program, 'sql [statement]', text, cli).allowUnknownOption().addHelpText('after', `\n${says.note}`);
  onCall(command, cli, async (_, [statement]) => {
    if (statement !== undefined && /^--?[\w-]+(=|$)/.test(statement)) command.error(`error: unknown option '${statement}'`);
    const asked = statementIn(statement ?? (await cli.terminal.readInput()), cli);
    const { runSql } = await import('../../database/run-sql.js');
    // Asked for first: it says it plainly when nothing runs.
    const url = await withDatabase(cli, (_database, config) => findDatabaseUrl(config, cli));
    const options = { url, maxConnections: 1, applicationName: `todoku sql ${cli.terminal.login}`, log: stderrLogger(cli.terminal) };
    const { answers, oneByOne } = await runSql(options, asked);
    const shown = answers.map(render).join('\n\n');
    return { data: { answers: answers.map(withNames), oneByOne }, text: oneByOne ? `${shown}\n\n${says.oneByOne}` : shown };
  });
}

/** Throws INVALID_INPUT. Standard input that nobody wrote to is empty, too. */
function statementIn(text: string, { messages: { sql: says } }: Cli): string {
  if (text.trim() === '') throw new TodokuError('INVALID_INPUT', { message: says.nothing });
  if (!isStorableText(text))
    throw new TodokuError('INVALID_INPUT', { message: 'statement: must be well-formed text without NUL', path: 'statement' });
  return text;
}

/** An answer for programs: rows as objects. */
function withNames({ columns, rows, ...rest }: SqlAnswer): object {
  return { ...rest, rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))) };
}

function render({ command, count, columns, rows }: SqlAnswer): string {
  const done = count === null ? command : `${command} ${count}`;
  return columns.length === 0 ? done : `${table(columns, rows)}\n${done}`;
}

export function addDatabaseUrl(program: Command, cli: Cli): void {
  const { commands, sql: says } = cli.messages;
  const text = { summary: commands.databaseUrl, example: 'database-url --env' };
  const command = addCommand(program, 'database-url', text, cli).option('--env', says.env);
  onCall<{ readonly env?: boolean }>(command, cli, async ({ env = false }) => {
    const url = await withDatabase(cli, (_, config) => findDatabaseUrl(config, cli));
    return { data: { url }, text: env ? exportsOf(url) : url };
  });
}

/** What libpq's programs read from the environment, where, unlike arguments, other users do not see it. */
function exportsOf(text: string): string {
  const url = new URL(text);
  const values = {
    PGHOST: decodeURIComponent(url.hostname),
    PGPORT: url.port === '' ? '5432' : url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: url.searchParams.get('sslmode') ?? '',
  };
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}
