import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { clientQueries } from './client-queries.js';
import type { Queryable, TransactionOptions } from './database.js';
import { connectionLost, DatabaseError, isConnectionError, isRetryable, toDatabaseError } from './database-error.js';
import { takeTurns } from './take-turns.js';

const defaultRetries = 5;
const firstPauseMs = 10;

/** Lends a connection for the time of `work`; `discard` says that it must not be lent again. */
type Lend = <T>(work: (client: PoolClient, discard: () => void) => Promise<T>) => Promise<T>;

export async function runTransaction<T>(lend: Lend, work: (tx: Queryable) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
  const retries = options.retries ?? defaultRetries;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await lend((client, discard) => attemptOnce(client, discard, work));
    } catch (error) {
      if (attempt >= retries || !isRetryable(error)) throw error;
      // Full jitter: those who collided must not meet again.
      await delay(Math.random() * firstPauseMs * 2 ** attempt);
    }
  }
}

async function attemptOnce<T>(client: PoolClient, discard: () => void, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const queries = clientQueries(client);
  await queries.query('begin');
  const tx = oneAfterAnother(queries);
  let result: T;
  try {
    result = await work(tx.queries);
  } catch (error) {
    await tx.end();
    if (!isConnectionError(error)) await queries.query('rollback').catch(discard);
    throw error;
  }
  await tx.end();
  await commit(client);
  return result;
}

/** Postgres answers COMMIT of a failed transaction with ROLLBACK, and no error: work that swallowed a statement's error must hear of it. */
async function commit(client: PoolClient): Promise<void> {
  const answer = await client.query('commit').catch((error: unknown) => {
    throw toDatabaseError(error, connectionLost);
  });
  if (answer.command !== 'COMMIT') throw new DatabaseError('25P02', 'rolled back: a statement of this transaction had failed');
}

/**
 * Statements started side by side go out in turn, and none after the end, when the connection already serves somebody else
 * (a forgotten `await`).
 */
function oneAfterAnother(queries: Queryable): { readonly queries: Queryable; end(): Promise<void> } {
  const inTurn = takeTurns();
  let open = true;
  const whileOpen = <T>(ask: () => Promise<T>): Promise<T> =>
    open ? inTurn(ask) : Promise.reject(new Error('this transaction has ended: is an await missing?'));
  return {
    queries: {
      query: (sql, params) => whileOpen(() => queries.query(sql, params)),
      rows: (sql, params) => whileOpen(() => queries.rows(sql, params)),
    },
    end() {
      open = false;
      return inTurn(() => Promise.resolve());
    },
  };
}
