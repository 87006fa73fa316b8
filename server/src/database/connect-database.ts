import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { clientQueries } from './client-queries.js';
import { clientConfig, type DatabaseOptions, prepareSession } from './connection-options.js';
import type { Database, Queryable } from './database.js';
import { connectionLost, connectionRefused, DatabaseError, isConnectionError, poolExhausted, toDatabaseError } from './database-error.js';
import { createListener } from './listener.js';
import { runTransaction } from './transaction.js';

const idleMs = 30_000;
/** A server that is gone does not say goodbye. */
const endTimeoutMs = 1_000;

/** Opens nothing yet: the first statement does, so a system can be put together while Postgres is away. */
export function connectDatabase(options: DatabaseOptions): Database {
  const { log } = options;
  const pool = new Pool({
    ...clientConfig(options),
    max: options.maxConnections,
    idleTimeoutMillis: idleMs,
    onConnect: (client) => prepareSession(client, options),
  });
  let closing = false;
  pool.on('error', (error) => {
    if (!closing) log.warn({ err: toDatabaseError(error, connectionLost) }, 'database connection lost');
  });
  const ends = new Set<Promise<void>>();
  pool.on('connect', (client) => {
    // The pool listens for errors of idle connections only; one that breaks while it is lent out must not end the process either.
    client.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => client.once('end', resolve)).then(() => void ends.delete(ended));
    ends.add(ended);
  });
  const listener = createListener(options);

  async function borrow(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw refusal(toDatabaseError(error, pool.totalCount >= options.maxConnections ? poolExhausted : connectionRefused));
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
      closing = true;
      await listener.close();
      await pool.end();
      // The pool forgets its connections before they have ended, and a server that is stopped next would complain of them.
      await Promise.race([Promise.all(ends), delay(endTimeoutMs, undefined, { ref: false })]);
    },
  };
}

/** A server whose disk is full may say "internal error" before a session has begun: it made no connection, and no statement is to blame. */
function refusal(error: unknown): unknown {
  return error instanceof DatabaseError && error.code.startsWith('XX') ? new DatabaseError(connectionRefused, error.message) : error;
}

/** After these a connection is closed rather than lent again: it is gone, or its prepared statements no longer fit the schema. */
function isUnusableAfter(error: unknown): boolean {
  return isConnectionError(error) || (error instanceof DatabaseError && stalePlan.has(error.code));
}

const stalePlan: ReadonlySet<string> = new Set(['0A000', '26000']);
