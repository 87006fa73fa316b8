import { Client, type QueryArrayResult } from 'pg';
import { clientConfig, type DatabaseOptions } from './connection-options.js';
import { connectionRefused, DatabaseError, isConnectionError, toDatabaseError } from './database-error.js';
import { splitStatements } from './split-statements.js';

/** What one statement answered; values are as Postgres writes them. */
export interface SqlAnswer {
  /** As in `INSERT`, `SELECT`. */
  readonly command: string;
  /** Rows returned or changed; null where there is nothing to count. */
  readonly count: number | null;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Postgres took the statement and refuses it: the fault is in what the person wrote. */
class SqlRefusedError extends Error {
  override readonly name = 'SqlRefusedError';
  /** SQLSTATE. */
  readonly code: string;
  /** Statements before it that are done and stay done. */
  readonly done: number;

  constructor({ code, message, position }: DatabaseError, done: number) {
    super(position === undefined ? message : `${message} (character ${position})`);
    this.code = code;
    this.done = done;
  }
}

/** As in "REINDEX TABLE cannot run inside a transaction block". */
const activeTransaction = '25001';

export interface SqlAnswers {
  readonly answers: readonly SqlAnswer[];
  /** Each statement committed by itself, because one of them can't be in a transaction. */
  readonly oneByOne: boolean;
}

/**
 * Runs what a person wrote, one statement or several, as the owner of the URL. Several are one transaction; when one of them can't be in any
 * (REINDEX of partitions, ALTER SYSTEM, VACUUM), nothing has happened and they run one by one. Throws SqlRefusedError, or DatabaseError when the
 * connection is at fault.
 */
export async function runSql(options: DatabaseOptions, text: string): Promise<SqlAnswers> {
  const client = new Client({ ...clientConfig(options), types: { getTypeParser: () => (value: string) => value } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await runOn(client, text);
  } catch (error) {
    throw error instanceof SqlRefusedError ? error : toDatabaseError(error, connectionRefused);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function runOn(client: Client, text: string): Promise<SqlAnswers> {
  try {
    return { answers: await ask(client, text, 0), oneByOne: false };
  } catch (error) {
    const statements = splitStatements(text);
    if (!(error instanceof SqlRefusedError && error.code === activeTransaction && statements.length > 1)) throw error;
    const answers: SqlAnswer[] = [];
    for (const [done, statement] of statements.entries()) answers.push(...(await ask(client, statement, done)));
    return { answers, oneByOne: true };
  }
}

async function ask(client: Client, text: string, done: number): Promise<SqlAnswer[]> {
  try {
    const answered = (await client.query({ text, rowMode: 'array' })) as unknown as Answered | Answered[];
    return [answered].flat().map(({ command, rowCount, fields, rows }) => ({
      ...{ command, count: rowCount, columns: fields.map((field) => field.name), rows },
    }));
  } catch (error) {
    const told = toDatabaseError(error, connectionRefused);
    throw told instanceof DatabaseError && !isConnectionError(told) ? new SqlRefusedError(told, done) : told;
  }
}

type Answered = QueryArrayResult<(string | null)[]>;
