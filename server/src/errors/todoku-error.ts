import { type ErrorCode, errorCatalogue } from './catalogue.js';

/** The one error class. `path` names the field that is wrong, as in `notifications[3].data`; `cause` is for logs, never for the client. */
export class TodokuError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly remedy: string;
  readonly path: string | null;

  constructor(code: ErrorCode, details: { readonly message?: string; readonly path?: string; readonly cause?: unknown } = {}) {
    const entry = errorCatalogue[code];
    super(details.message ?? entry.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TodokuError';
    this.code = code;
    this.status = entry.status;
    this.remedy = entry.remedy;
    this.path = details.path ?? null;
  }
}
