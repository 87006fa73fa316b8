import type { FastifyInstance } from 'fastify';
import { TodokuError } from '../errors/todoku-error.js';
import { errorBody } from './error-answer.js';
import { securityHeaders } from './security-headers.js';

/** What Node would refuse by itself, without a body: a request that names no host, and an `Expect` that nobody knows. */
export function answerNodeRefusals(app: FastifyInstance, nextId: () => string): void {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw new TodokuError('INVALID_INPUT', { message: 'The Host header is missing.' });
  });
  app.server.on('checkExpectation', (_request, response) => {
    const requestId = nextId();
    const refused = new TodokuError('INVALID_INPUT', { message: 'The Expect header asks for something other than 100-continue.' });
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    const body = Buffer.from(JSON.stringify(errorBody(refused, requestId)));
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length, 'x-request-id': requestId };
    response.writeHead(417, { connection: 'close', ...headers });
    response.end(body);
  });
}
