import type { Config } from '../config/config.js';
import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Cli } from './cli.js';
import { stderrLogger } from './stderr-logger.js';

const role = 'todoku_worker';
const connectTimeoutMs = 5_000;
/** Long enough for a catch-up or a proof over days; a command that hangs longer is wrong. */
const statementTimeoutMs = 600_000;

export async function configOf(cli: Cli): Promise<Config> {
  const { loadConfig } = await import('../config/load-config.js');
  return loadConfig(cli.terminal.env);
}

/** The owner's URL: of DATABASE_URL, or of the embedded Postgres that runs here. Throws DATABASE_UNAVAILABLE when there is neither. */
export async function findDatabaseUrl(config: Config, cli: Cli): Promise<string> {
  if (config.database.url !== null) return config.database.url.reveal();
  const { readAccess, urlOf } = await import('../database/embedded/connection-file.js');
  const { pathsIn } = await import('../database/embedded/data-directory.js');
  const access = readAccess(pathsIn(config.dataDirectory));
  if (access === undefined) throw nothingRuns(config, cli);
  return urlOf(access);
}

function nothingRuns(config: Config, cli: Cli, cause?: unknown): TodokuError {
  return new TodokuError('DATABASE_UNAVAILABLE', { message: cli.messages.nothingRuns(config.dataDirectory), cause });
}

/** Lends the database to `work`, in the role in which the system itself works, and closes it. */
export async function withDatabase<T>(cli: Cli, work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const config = await configOf(cli);
  const { connectDatabase } = await import('../database/connect-database.js');
  const database = connectDatabase({
    url: await findDatabaseUrl(config, cli),
    role,
    maxConnections: 2,
    applicationName: `todoku cli ${cli.terminal.login}`,
    connectTimeoutMs,
    statementTimeoutMs,
    // What the pool says of a connection is said again by the statement that needed it.
    log: { ...stderrLogger(cli.terminal), warn: () => undefined },
  });
  try {
    await knock(database, config, cli);
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** The first connection: is anybody there, and is it a database of ours? */
async function knock(database: Database, config: Config, cli: Cli): Promise<void> {
  const { DatabaseError, isConnectionError } = await import('../database/database-error.js');
  try {
    const [row] = await database.query<{ ready: boolean }>("select to_regclass('push.controls') is not null as ready");
    if (row?.ready === true) return;
  } catch (error) {
    if (isConnectionError(error) && config.database.url === null) throw nothingRuns(config, cli, error);
    // Before the first migration the role is not there: invalid_parameter_value.
    if (!(error instanceof DatabaseError && error.code === '22023')) throw error;
  }
  throw new TodokuError('DATABASE_UNAVAILABLE', { message: cli.messages.notMigrated });
}
