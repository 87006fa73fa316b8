import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { TodokuError } from '../errors/todoku-error.js';
import { admit } from './authenticate.js';
import type { Caller } from './caller.js';
import { answerClientError } from './client-error.js';
import { type DeclaredRoute, refuseUndeclared } from './declared-routes.js';
import { addDocumentation } from './documentation.js';
import { endConnectionsWhenClosing } from './drain.js';
import { answerError, errorBody } from './error-answer.js';
import { registerExpoIngest } from './expo-ingest/register-expo-ingest.js';
import { addHttpMetrics } from './http-metrics.js';
import type { HttpParts } from './http-parts.js';
import { answerNodeRefusals } from './node-refusals.js';
import { decompressBody, parseBody } from './read-body.js';
import { readOutRefusedBodies } from './refused-bodies.js';
import { registerRoute } from './register-route.js';
import type { Access } from './route.js';
import { apiRoutes } from './routes/api-routes.js';
import { setSecurityHeaders } from './security-headers.js';
import { toTodokuError } from './to-todoku-error.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    /** The JSON body as it came, decompressed; null when there was none. */
    bodyBytes: Buffer | null;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyInstance {
    /** Every route with who may call it, complete once the server is ready. */
    declaredRoutes: readonly DeclaredRoute[];
  }
}

const bodyLimit = 1_048_576;
/** From the first byte of a request to its last: whoever drips a body in does not hold a connection for longer. */
const requestTimeoutMs = 30_000;
/** Node's own bound, in bytes, of the request line with the headers. */
const longestRequestLine = 16_384;

/**
 * The HTTP door. Listens when it is told to; `close` lets requests under way finish. Nothing is answered without a declared access, and a
 * route that declares none keeps the server from becoming ready.
 */
export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const nextId = requestIds();
  const app = fastify({
    http: { requireHostHeader: false },
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    exposeHeadRoutes: false,
    // What arrives on a connection that is open while the server closes is still answered; new connections are not taken.
    return503OnClosing: false,
    trustProxy: false,
    requestIdHeader: false,
    // What is too long for a parameter its schema says, by name; the request line as a whole is bounded by Node.
    routerOptions: { maxParamLength: longestRequestLine },
    genReqId: nextId,
    logger: false,
    frameworkErrors: (error, request, reply) => refuseUnroutable(error, request.id, reply as unknown as FastifyReply),
    clientErrorHandler: answerClientError(parts.log, nextId),
  });
  app.decorateRequest('caller');
  app.decorateRequest('bodyBytes', null);
  addHttpMetrics(app, parts.metrics);
  endConnectionsWhenClosing(app);
  answerNodeRefusals(app, nextId);
  guardDoor(app, parts);
  readOutRefusedBodies(app);
  takeJsonOnly(app);
  refuseUndeclared(app);
  await addDocumentation(app);
  for (const one of apiRoutes(parts, () => app.swagger())) registerRoute(app, one);
  await registerExpoIngest(app, parts);
  return app;
}

/** A URL that can't be read never meets a hook. */
function refuseUnroutable(error: Error, requestId: string, reply: FastifyReply): void {
  const known = toTodokuError(error);
  setSecurityHeaders(reply);
  void reply.code(known.status).send(errorBody(known, requestId));
}

function guardDoor(app: FastifyInstance, parts: HttpParts): void {
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { access } = request.routeOptions.config;
    if (access === undefined) throw new TodokuError('FORBIDDEN');
    request.caller = await admit(request, access, parts);
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    setSecurityHeaders(reply);
    reply.header('x-request-id', request.id);
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts.log));
  app.setNotFoundHandler(() => {
    throw new TodokuError('NOT_FOUND', { message: 'There is no such route.' });
  });
}

function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, received: Buffer) => {
    const bytes = await decompressBody(request.headers['content-encoding'], received, request.routeOptions.bodyLimit);
    request.bodyBytes = bytes;
    return parseBody(bytes);
  });
}

/** Unique over restarts and processes, and cheap. */
function requestIds(): () => string {
  const prefix = randomBytes(6).toString('base64url');
  let count = 0;
  return () => `${prefix}-${(++count).toString(36)}`;
}
