import { DatabaseError, isConnectionError, poolExhausted } from '../database/database-error.js';
import type { ErrorCode } from '../errors/catalogue.js';
import { TodokuError } from '../errors/todoku-error.js';

/** The framework's own refusals that say more than "wrong". */
const frameworkCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'BODY_TOO_LARGE'],
]);

/** SQLSTATE classes and codes: the database is well but can't take more now. */
const busy = /^(?:53|57014|55P03|40)/;
const refusedValue = /^22/;

/** Whatever was thrown, as what the caller may know of it. */
export function toTodokuError(error: unknown): TodokuError {
  if (error instanceof TodokuError) return error;
  if (error instanceof DatabaseError) return new TodokuError(codeOfDatabaseError(error), { cause: error });
  if (!(error instanceof Error)) return new TodokuError('INTERNAL', { cause: error });
  const known = frameworkCodes.get(String(Reflect.get(error, 'code')));
  if (known !== undefined) return new TodokuError(known, { cause: error });
  const status: unknown = Reflect.get(error, 'statusCode');
  const isCallers = typeof status === 'number' && status >= 400 && status < 500;
  return isCallers
    ? new TodokuError('INVALID_INPUT', { message: 'The request can’t be read.', cause: error })
    : new TodokuError('INTERNAL', { cause: error });
}

function codeOfDatabaseError(error: DatabaseError): ErrorCode {
  if (error.code === poolExhausted || busy.test(error.code)) return 'OVERLOADED';
  if (isConnectionError(error)) return 'DATABASE_UNAVAILABLE';
  return refusedValue.test(error.code) ? 'INVALID_INPUT' : 'INTERNAL';
}

/** Seconds for the Retry-After header; null: trying again does not help. */
export function retryAfterOf(code: ErrorCode): number | null {
  return retrySeconds.get(code) ?? null;
}

const retrySeconds: ReadonlyMap<ErrorCode, number> = new Map([
  ['RATE_LIMITED', 1],
  ['OVERLOADED', 1],
  ['IDEMPOTENCY_KEY_BUSY', 1],
  ['DATABASE_UNAVAILABLE', 5],
  ['INTAKE_STOPPED', 30],
]);
