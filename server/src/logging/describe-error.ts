import { redact } from './redact.js';

/** What is worth knowing of an error, and may be known. A driver's error also carries the values of the row (detail, where, parameters). */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  /** Our error code, a SQLSTATE or a system error such as ECONNREFUSED. */
  readonly code?: string;
  /** For a failed statement: which constraint, table and column. */
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  /** Name of the prepared statement. */
  readonly statement?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

const deepest = 5;

export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: redact(String(error)) };
  return {
    name: error.name,
    message: redact(error.message),
    ...text(error, 'code'),
    ...text(error, 'constraint'),
    ...text(error, 'table'),
    ...text(error, 'column'),
    ...text(error, 'statement'),
    ...(error.stack === undefined ? {} : { stack: redact(error.stack) }),
    ...(error.cause === undefined || depth === deepest ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

function text<Field extends string>(error: Error, field: Field): { readonly [name in Field]?: string } {
  const value: unknown = Reflect.get(error, field);
  const found: { [name in Field]?: string } = {};
  if (typeof value === 'string' || typeof value === 'number') found[field] = String(value);
  return found;
}
