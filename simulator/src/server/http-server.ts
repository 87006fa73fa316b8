import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { handleControl } from '../control/routes.js';
import { handleReceipts } from '../protocol/receipts.js';
import { validationError } from '../protocol/request-errors.js';
import { handleSend } from '../protocol/send.js';
import type { ServiceState } from '../service.js';
import { type Answer, reply } from './answer.js';
import { type BodyLimits, decodeBody, readBody } from './body.js';
import { writeAnswer } from './write-answer.js';

const SEND_PATH = '/--/api/v2/push/send';
const RECEIPTS_PATH = '/--/api/v2/push/getReceipts';
const CONTROL_PREFIX = '/simulator';

/** Longer than clients keep idle connections: the client closes first, so no request meets a closing socket. */
const KEEP_ALIVE_MS = 120_000;

/** The HTTP side: one look at the path, then straight to the endpoint. Bare `node:http` because this is the hot path. */
export function createHttpServer(state: ServiceState, limits: BodyLimits): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (req, res) => {
    route(state, limits, req, res);
  });
  server.on('connection', (socket) => {
    state.meters.connectionOpened();
    socket.once('close', () => state.meters.connectionClosed());
  });
  return server;
}

function route(state: ServiceState, limits: BodyLimits, req: IncomingMessage, res: ServerResponse): void {
  const url = req.url ?? '/';
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  if (path === SEND_PATH && req.method === 'POST') {
    receiveSend(state, limits, req, res);
  } else if (path === RECEIPTS_PATH && req.method === 'POST') {
    receiveReceipts(state, limits, req, res);
  } else if (path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`)) {
    handleControl(state, req, res);
  } else {
    req.resume();
    writeAnswer(res, reply(404, '{"errors":[{"code":"NOT_FOUND","message":"There is nothing here."}]}'), false);
  }
}

function receiveSend(state: ServiceState, limits: BodyLimits, req: IncomingMessage, res: ServerResponse): void {
  state.meters.sendBegan();
  res.once('close', () => state.meters.sendEnded());
  receiveText(state, limits, req, res, (text) => {
    handleSend(state, text, req.headers.authorization, (answer) => finish(state, req, res, answer));
  });
}

function receiveReceipts(state: ServiceState, limits: BodyLimits, req: IncomingMessage, res: ServerResponse): void {
  receiveText(state, limits, req, res, (text) => {
    finish(state, req, res, handleReceipts(state, text, req.headers.authorization));
  });
}

function receiveText(
  state: ServiceState,
  limits: BodyLimits,
  req: IncomingMessage,
  res: ServerResponse,
  handle: (text: string) => void,
): void {
  readBody(req, limits.wire, (body) => {
    if (body === null) {
      finish(state, req, res, { ...validationError(`The body is over ${limits.wire} bytes.`), status: 413 });
      return;
    }
    const encoding = req.headers['content-encoding'];
    state.meters.bodyArrived(body.length, encoding === 'gzip');
    const text = decodeBody(body, encoding, limits.plain);
    if (typeof text === 'string') handle(text);
    else finish(state, req, res, { ...validationError(text.message), status: text.status });
  });
}

function finish(state: ServiceState, req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  const { latencyMs, gzipAnswers } = state.settings;
  const gzip = gzipAnswers && (req.headers['accept-encoding']?.includes('gzip') ?? false);
  writeAnswer(res, latencyMs > 0 ? { kind: 'delay', of: answer, ms: latencyMs } : answer, gzip);
}
