import type { Socket } from 'node:net';
import type { ErrorCode } from '../errors/catalogue.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { Logger } from '../logging/logger.js';
import { errorBody } from './error-answer.js';
import { securityHeaders } from './security-headers.js';

/** Node's codes of what fails before there is a request. Everything else is no HTTP. */
const errorCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['HPE_HEADER_OVERFLOW', 'HEADERS_TOO_LARGE'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'BODY_TOO_LARGE'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'REQUEST_TIMEOUT'],
]);
const reasonPhrases: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/** Answers what is not HTTP, or came too slowly: no route and no request exist yet. */
export function answerClientError(log: Logger, nextId: () => string): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const refused = refusalOf(error.code ?? '');
    const requestId = nextId();
    log.debug({ requestId, code: refused.code, cause: error.code }, 'a request was refused');
    const body = JSON.stringify(errorBody(refused, requestId));
    const headers = [
      ...securityHeaders,
      ['connection', 'close'],
      ['content-type', 'application/json; charset=utf-8'],
      ['content-length', String(Buffer.byteLength(body))],
      ['x-request-id', requestId],
    ];
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.end(`HTTP/1.1 ${refused.status} ${reasonPhrases[refused.status] ?? 'Bad Request'}\r\n${head}\r\n${body}`);
  };
}

function refusalOf(code: string): TodokuError {
  const known = errorCodes.get(code);
  return known === undefined
    ? new TodokuError('INVALID_INPUT', { message: 'This is not an HTTP request that can be read.' })
    : new TodokuError(known);
}
