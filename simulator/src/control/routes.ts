import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../server/body.js';
import type { ServiceState } from '../service.js';
import { SimulatorControl } from './control.js';
import { InputError, numberIn, oneOrMore, text, wholeIn } from './input.js';
import { advance, expectedIds, faultSpec, namedToken, receiptOverride, settingsChange, tokenChange } from './schemas.js';

interface Call {
  readonly control: SimulatorControl;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Handler = (call: Call) => unknown;

/** A list of a million expected deliveries fits. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;
const MAX_PAGE = 100_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /simulator': () => ({ routes: Object.keys(ROUTES) }),
  'GET /simulator/stats': ({ control }) => control.stats(),
  'GET /simulator/settings': ({ control }) => withoutSecret(control),
  'POST /simulator/settings': ({ control, body }) => {
    control.change(settingsChange(body, ''));
    return withoutSecret(control);
  },
  'POST /simulator/tokens': ({ control, body }) => {
    const changes = oneOrMore(namedToken)(body, '');
    for (const { token, prefix, change } of changes) {
      if (token !== undefined) control.setToken(token, change);
      if (prefix !== undefined) control.setTokenPrefix(prefix, change);
    }
    return { set: changes.length };
  },
  'POST /simulator/default-token': ({ control, body }) => {
    control.setDefaultToken(tokenChange(body, ''));
    return { set: 1 };
  },
  'DELETE /simulator/tokens': ({ control }) => {
    control.clearTokens();
    return { cleared: true };
  },
  'GET /simulator/faults': ({ control }) => ({ faults: control.faults() }),
  'POST /simulator/faults': ({ control, body }) => ({
    ids: oneOrMore(faultSpec)(body, '').map((fault) => control.addFault(fault)),
  }),
  'DELETE /simulator/faults': ({ control }) => {
    control.clearFaults();
    return { cleared: true };
  },
  'GET /simulator/clock': ({ control }) => ({ now: control.now() }),
  'POST /simulator/clock/advance': ({ control, body }) => {
    control.advance(advance(body, ''));
    return { now: control.now() };
  },
  'POST /simulator/receipts': ({ control, body }) => {
    const { id, receipt } = receiptOverride(body, '');
    control.setReceipt(id, receipt);
    return { set: 1 };
  },
  'GET /simulator/ledger': ({ control, query }) => page(control, query),
  'GET /simulator/ledger/duplicates': ({ control }) => ({ duplicates: control.duplicates() }),
  'POST /simulator/ledger/judge': ({ control, body }) => control.judge(expectedIds(body, '')),
  'GET /simulator/ledger/taken': ({ control, query }) => ({ entries: control.takenBy(text(query.get('token'), 'token')) }),
  'GET /simulator/ledger/shown': ({ control, query }) => ({ entries: control.shownOn(text(query.get('token'), 'token')) }),
  'GET /simulator/wait': async ({ control, query }) => ({
    reached: await control.waitForAccepted(
      numberFrom(query, 'accepted', 0, Number.MAX_SAFE_INTEGER),
      numberFrom(query, 'timeoutMs', 0, 600_000, 30_000),
    ),
    accepted: control.stats().accepted,
  }),
  'POST /simulator/reset': ({ control }) => {
    control.reset();
    return { reset: true };
  },
};

/** The control API: for this machine only, and not for web pages that happen to run in a browser on it. */
export function handleControl(state: ServiceState, req: IncomingMessage, res: ServerResponse): void {
  const url = new URL(req.url ?? '/', 'http://localhost');
  const handler = ROUTES[`${req.method} ${url.pathname}`];
  if (!isFromThisMachine(req)) {
    req.resume();
    fail(res, 403, 'FORBIDDEN', 'The control API answers programs on this machine only.');
  } else if (handler === undefined) {
    req.resume();
    fail(res, 404, 'NOT_FOUND', 'GET /simulator lists what there is.');
  } else {
    readBody(req, MAX_BODY_BYTES, (body) => {
      if (body === null) fail(res, 413, 'TOO_LARGE', `The body is over ${MAX_BODY_BYTES} bytes.`);
      else void run(handler, new SimulatorControl(state), url.searchParams, body, res);
    });
  }
}

async function run(handler: Handler, control: SimulatorControl, query: URLSearchParams, body: Buffer, res: ServerResponse): Promise<void> {
  try {
    answer(res, 200, await handler({ control, query, body: body.length === 0 ? {} : JSON.parse(body.toString('utf8')) }));
  } catch (error) {
    if (error instanceof InputError) fail(res, 400, 'INVALID_INPUT', error.message, error.path);
    else if (error instanceof SyntaxError) fail(res, 400, 'INVALID_INPUT', 'The body is not valid JSON.', '');
    else fail(res, 500, 'INTERNAL', error instanceof Error ? error.message : String(error));
  }
}

/** Also refuses a name that merely resolves to this machine (DNS rebinding) and anything a web page sends. */
function isFromThisMachine(req: IncomingMessage): boolean {
  const address = req.socket.remoteAddress ?? '';
  const near = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return near && req.headers.origin === undefined && LOOPBACK.test(req.headers.host ?? '');
}

/** `after` = how many entries the caller has seen; `next` is what to ask for then. */
function page(control: SimulatorControl, query: URLSearchParams): object {
  const after = numberFrom(query, 'after', 0, Number.MAX_SAFE_INTEGER, 0);
  const limit = numberFrom(query, 'limit', 1, MAX_PAGE, 1000);
  const all = control.entries();
  const entries = all.slice(after, after + limit);
  return { total: all.length, next: after + entries.length, entries };
}

function numberFrom(query: URLSearchParams, name: string, least: number, most: number, otherwise?: number): number {
  const value = query.get(name);
  if (value === null && otherwise !== undefined) return otherwise;
  if (value === null) return numberIn(least, most)(undefined, name);
  return wholeIn(least, most)(value.trim() === '' ? Number.NaN : Number(value), name);
}

/** Settings, with the access token only as set or not. */
function withoutSecret(control: SimulatorControl): object {
  const { accessToken, ...rest } = control.settings();
  return { ...rest, accessTokenSet: accessToken !== null };
}

function fail(res: ServerResponse, status: number, code: string, message: string, path?: string): void {
  answer(res, status, { error: { code, path, message } });
}

function answer(res: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
