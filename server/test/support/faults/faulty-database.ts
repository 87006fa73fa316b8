import type { Database, Queryable, Statement } from '../../../src/database/database.js';
import { DatabaseError } from '../../../src/database/database-error.js';
import type { Fault, FaultDraw } from './fault-draw.js';

/**
 * A database whose statements, transactions and commits fail as Postgres and the network fail. The work goes to a real Postgres; a refused
 * statement of a transaction is refused by Postgres itself, so that what comes after is what really comes after.
 */
export function faultyDatabase(inner: Database, draw: FaultDraw): Database {
  const loose = faultyQueries(inner, draw, async (fault) => {
    throw errorOf(fault);
  });
  return {
    query: loose.query,
    rows: loose.rows,
    async transaction(work, options) {
      const begin = draw.next();
      if (begin?.kind === 'cut') throw errorOf(begin);
      let lost: DatabaseError | null = null;
      const result = await inner.transaction(async (tx) => {
        const connection = new FaultyConnection(tx, draw);
        const done = await work(connection.queries);
        connection.check();
        lost = await commitFault(tx, draw.next());
        return done;
      }, options);
      if (lost !== null) throw lost as DatabaseError;
      return result;
    },
    listen: (channel, onNotify, onReconnect) =>
      inner.listen(channel, (payload) => (draw.losesHint() ? undefined : onNotify(payload)), onReconnect),
    close: () => inner.close(),
  };
}

/** The connection of one transaction: once it is gone, it is gone. */
class FaultyConnection {
  readonly queries: Queryable;
  #gone: DatabaseError | null = null;

  constructor(tx: Queryable, draw: FaultDraw) {
    const alive: Queryable = {
      query: async (sql, params) => {
        this.check();
        return await tx.query(sql, params);
      },
      rows: async (sql, params) => {
        this.check();
        return await tx.rows(sql, params);
      },
    };
    this.queries = faultyQueries(alive, draw, async (fault) => {
      this.check();
      if (fault.kind === 'refused') await refuse(tx, fault);
      this.#gone = errorOf(fault);
      throw this.#gone;
    });
  }

  /** Throws when it is gone: work that swallowed the error must not be committed. */
  check(): void {
    if (this.#gone !== null) throw this.#gone;
  }
}

function faultyQueries(inner: Queryable, draw: FaultDraw, fail: (fault: Fault) => Promise<never>): Queryable {
  async function meeting<T>(ask: () => Promise<T>): Promise<T> {
    const fault = draw.next();
    if (fault === null) return await ask();
    if (fault.kind === 'answer_lost') await ask();
    return await fail(fault);
  }
  return {
    query: <Row extends object>(sql: string | Statement, params?: readonly unknown[]) => meeting(() => inner.query<Row>(sql, params)),
    rows: (sql, params) => meeting(() => inner.rows(sql, params)),
  };
}

/** Thrown before the commit: it did not happen. Returned: it will have happened, and nobody hears of it. */
async function commitFault(tx: Queryable, fault: Fault | null): Promise<DatabaseError | null> {
  if (fault === null) return null;
  if (fault.kind === 'answer_lost') return errorOf(fault);
  if (fault.kind === 'refused') await refuse(tx, fault);
  throw errorOf(fault);
}

async function refuse(tx: Queryable, { code, message }: Fault): Promise<void> {
  await tx.query(`do $do$ begin raise exception using errcode = '${code}', message = '${message}'; end $do$`);
}

function errorOf({ code, message }: Fault): DatabaseError {
  return new DatabaseError(code, message);
}
