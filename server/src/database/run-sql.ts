import { Client, type QueryArrayResult } from 'pg';
import { clientConfig, type DatabaseOptions } from './connection-options.js';
import { connectionRefused, DatabaseError, isConnectionError, toDatabaseError } from './database-error.js';

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

  constructor({ code, message, position }: DatabaseError) {
    super(position === undefined ? message : `${message} (character ${position})`);
    this.code = code;
  }
}

/**
 * Runs what a person wrote, one statement or several (then in one transaction), as the owner of the URL. Throws SqlRefusedError, or
 * DatabaseError when the connection is at fault.
 */
export async function runSql(options: DatabaseOptions, text: string): Promise<SqlAnswer[]> {
  const client = new Client({ ...clientConfig(options), types: { getTypeParser: () => (value: string) => value } });
  client.on('error', () => undefined);
  let isConnected = false;
  try {
    await client.connect();
    isConnected = true;
    const answered = (await client.query({ text, rowMode: 'array' })) as unknown as Answered | Answered[];
    return [answered].flat().map(({ command, rowCount, fields, rows }) => ({
      ...{ command, count: rowCount, columns: fields.map((field) => field.name), rows },
    }));
  } catch (error) {
    const told = toDatabaseError(error, connectionRefused);
    throw isConnected && told instanceof DatabaseError && !isConnectionError(told) ? new SqlRefusedError(told) : told;
  } finally {
    await client.end().catch(() => undefined);
  }
}

type Answered = QueryArrayResult<(string | null)[]>;
