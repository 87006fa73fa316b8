import type { ClientBase, ClientConfig } from 'pg';
import type { Logger } from '../logging/logger.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Every connection becomes this role (SET ROLE); the user of the URL must be a member of it. */
  readonly role?: string;
  readonly maxConnections: number;
  readonly applicationName: string;
  /** Server-side limit for one statement, milliseconds; none when absent. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a connection, milliseconds; 10 seconds when absent. */
  readonly connectTimeoutMs?: number;
  /** Further settings of every session, by their Postgres names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Logger;
}

const defaultConnectTimeoutMs = 10_000;
const keepAliveDelayMs = 10_000;
/** A connection that answers nothing for this long past the server's own limit is dead (half open). */
const answerGraceMs = 5_000;
/** A transaction of ours never waits for anything but Postgres, so one that idles this long has lost its owner. */
const idleInTransactionMs = 60_000;

export function clientConfig(options: DatabaseOptions): ClientConfig {
  return {
    connectionString: options.url,
    application_name: options.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    connectionTimeoutMillis: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    ...(options.statementTimeoutMs === undefined ? {} : { query_timeout: options.statementTimeoutMs + answerGraceMs }),
  };
}

/**
 * Sets a new connection up, in one round trip. As a statement and not as start-up options, because connection poolers drop those
 * without a word, and a connection that silently stays the owner's would be above row level security.
 */
export async function prepareSession(client: ClientBase, options: DatabaseOptions): Promise<void> {
  const settings: Record<string, string> = {
    timezone: 'UTC',
    jit: 'off',
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    ...options.settings,
  };
  if (options.statementTimeoutMs !== undefined) settings.statement_timeout = String(options.statementTimeoutMs);
  if (options.role !== undefined) settings.role = options.role;
  const sql = 'select set_config(name, value, false) from unnest($1::text[], $2::text[]) as setting(name, value)';
  await client.query(sql, [Object.keys(settings), Object.values(settings)]);
}
