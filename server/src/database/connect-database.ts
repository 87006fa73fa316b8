import { Pool, type PoolClient } from 'pg';
import { clientQueries } from './client-queries.js';
import { clientConfig, type DatabaseOptions, prepareSession } from './connection-options.js';
import type { Database, Queryable } from './database.js';
import { connectionRefused, DatabaseError, isConnectionError, poolExhausted, toDatabaseError } from './database-error.js';
import { createListener } from './listener.js';
import { runTransaction } from './transaction.js';

const idleMs = 30_000;

/** Opens nothing yet: the first statement does, so a system can be put together while Postgres is away. */
export function connectDatabase(options: DatabaseOptions): Database {
  const { log } = options;
  const pool = new Pool({
    ...clientConfig(options),
    max: options.maxConnections,
    idleTimeoutMillis: idleMs,
    onConnect: (client) => prepareSession(client, options),
  });
  const lost = (error: Error): void => log.warn({ err: toDatabaseError(error, connectionRefused) }, 'database connection lost');
  pool.on('error', lost);
  // The pool listens for errors of idle connections only; one that breaks while it is lent out must not end the process either.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const listener = createListener(options);

  async function borrow(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw toDatabaseError(error, pool.totalCount >= options.maxConnections ? poolExhausted : connectionRefused);
    }
  }

  async function lend<T>(work: (client: PoolClient, discard: () => void) => Promise<T>): Promise<T> {
    const client = await borrow();
    let broken = false;
    try {
      return await work(client, () => {
        broken = true;
      });
    } catch (error) {
      broken ||= isUnusableAfter(error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  const once = <T>(ask: (queries: Queryable) => Promise<T>): Promise<T> => lend((client) => ask(clientQueries(client)));
  return {
    query: (sql, params) => once((queries) => queries.query(sql, params)),
    rows: (sql, params) => once((queries) => queries.rows(sql, params)),
    transaction: (work, transactionOptions) => runTransaction(lend, work, transactionOptions),
    listen: (channel, onNotify, onReconnect) => listener.listen(channel, onNotify, onReconnect),
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

/** After these a connection is closed rather than lent again: it is gone, or its prepared statements no longer fit the schema. */
function isUnusableAfter(error: unknown): boolean {
  return isConnectionError(error) || (error instanceof DatabaseError && stalePlan.has(error.code));
}

const stalePlan: ReadonlySet<string> = new Set(['0A000', '26000']);
