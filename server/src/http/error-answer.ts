import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TodokuError } from '../errors/todoku-error.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import { retryAfterOf, toTodokuError } from './to-todoku-error.js';

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** The field that is wrong, as in `notifications[3].data`. */
    readonly path: string | null;
    readonly remedy: string;
    /** By which the log is searched. */
    readonly requestId: string;
  };
}

export function errorBody({ code, message, path, remedy }: TodokuError, requestId: string): ErrorBody {
  return { error: { code, message, path, remedy, requestId } };
}

/** Answers with the error; what is our own fault goes into the log with its cause, and only there. */
export async function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): Promise<ErrorBody> {
  const error = noteError(thrown, request, log);
  const retryAfter = retryAfterOf(error.code);
  if (retryAfter !== null) reply.header('retry-after', retryAfter);
  reply.code(error.status).type('application/json; charset=utf-8');
  return errorBody(error, request.id);
}

export function noteError(thrown: unknown, request: FastifyRequest, log: Logger): TodokuError {
  const error = toTodokuError(thrown);
  const fields = {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url,
    code: error.code,
    error: describeError(error.cause ?? error),
  };
  if (error.code === 'INTERNAL') logNotificationError(log, error.code, 'a request failed', fields);
  else if (error.status >= 500) log.warn(fields, 'a request was refused');
  else log.debug(fields, 'a request was refused');
  return error;
}
