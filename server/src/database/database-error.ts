import { DatabaseError as DriverError } from 'pg';

/** SQLSTATE of a lost connection, given to driver errors that have no code of their own. */
export const connectionLost = '08006';
/** SQLSTATE of "no connection could be made". */
export const connectionRefused = '08001';
/** SQLSTATE "too many connections": every connection of the pool stayed busy for the whole wait. */
export const poolExhausted = '53300';

/**
 * What Postgres or the driver answered, without what it says about the values of rows (detail, where, internal query, parameters):
 * those can be tokens, and errors reach logs and answers.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** SQLSTATE, or a system code such as ECONNREFUSED. */
  readonly code: string;
  readonly constraint: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  /** Name of the prepared statement that failed. */
  readonly statement: string | undefined;
  /** Where in the statement's text, counted from 1. */
  readonly position: number | undefined;

  constructor(code: string, message: string, about: Partial<Omit<DatabaseError, 'code' | 'message' | 'name'>> = {}) {
    super(message);
    this.code = code;
    this.constraint = about.constraint;
    this.schema = about.schema;
    this.table = about.table;
    this.column = about.column;
    this.statement = about.statement;
    this.position = about.position;
  }
}

/**
 * Any error of a driver call, made safe. The driver and the system throw plain errors when a connection fails; other classes are faults of
 * the program itself (a parameter that cannot be serialised) or errors of ours, and pass through.
 */
export function toDatabaseError(error: unknown, fallbackCode: string, statement?: string): unknown {
  if (error instanceof DatabaseError) return error;
  if (error instanceof DriverError) {
    const position = Number(error.position);
    return new DatabaseError(error.code ?? fallbackCode, withoutValue(error), {
      constraint: error.constraint,
      schema: error.schema,
      table: error.table,
      column: error.column,
      statement,
      position: Number.isInteger(position) && position > 0 ? position : undefined,
    });
  }
  if (!(error instanceof AggregateError) && !(error instanceof Error && error.constructor === Error)) return error;
  const code: unknown = Reflect.get(error, 'code');
  return new DatabaseError(typeof code === 'string' ? code : fallbackCode, error.message || String(code ?? error.name), { statement });
}

/** Data errors (class 22) quote the value that was refused: `invalid input syntax for type uuid: "…"`. */
function withoutValue(error: DriverError): string {
  return error.code?.startsWith('22') ? error.message.replace(/"[\s\S]*"/, '"…"') : error.message;
}

/**
 * By SQLSTATE: no connection (08), the server ends a session that idled in a transaction (25P03), it ends or starts itself (57P), it can't read or
 * write its own files and panics (58), it is a standby (25006), as a primary becomes that another has taken over from.
 */
const serverIsAtFault = /^(?:08|57P|58|25006|25P03)/;

/** The connection, not the statement, is at fault: the same work may succeed on another one, but whether a commit happened is not known. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return serverIsAtFault.test(error.code) || error.code === poolExhausted || systemCodes.has(error.code);
}

const systemCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Serialization failure and deadlock: nothing happened, and a second try may pass. */
export function isRetryable(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01');
}
