import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/database/connect-database.js';
import { silentLogger } from '../../src/logging/logger.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { DocumentedAnswers } from '../support/documented-answers.js';
import { HttpDoor } from '../support/http-door.js';

let db: TestDatabase;
let door: HttpDoor;

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
});
afterAll(async () => {
  await door.close();
  await db.close();
});

/** Sends bytes and gives what came back until the connection ended. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(door.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
  });
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('every answer', () => {
  it('has headers that keep browsers from doing anything with it, and no word of what serves it', async () => {
    for (const [path, as] of [
      ['/health', null],
      ['/v1/status', door.keys.operate],
      ['/v1/status', null],
      ['/v1/nothing', null],
      ['/v1/%', null],
    ] as const) {
      const { headers } = await door.get(path, as);
      expect(Object.fromEntries(headers), path).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers.get('server')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('has a request id of our own making', async () => {
    const { headers, body } = await door.call('GET', '/v1/status', { headers: { 'x-request-id': 'mine', 'request-id': 'mine' } });
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{8}-/);
    expect(body).toMatchObject({ error: { requestId: headers.get('x-request-id') } });
  });

  it('tells what is wrong with a request that no route ever saw', async () => {
    expect(await door.get('/v1/notifications/%zz', door.keys.send)).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_INPUT' } },
    });
  });

  /** The answer as far as callers read it. */
  function read(answer: string) {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const [line = '', ...fields] = head.split('\r\n');
    const headers = Object.fromEntries(fields.map((field) => field.toLowerCase().split(': ') as [string, string]));
    return { status: Number(line.split(' ')[1]), headers, body: JSON.parse(body) as { error: { code: string; requestId: string } } };
  }

  const post = 'POST /v1/notifications HTTP/1.1\r\nHost: x\r\n';
  it.each([
    ['what is not HTTP', 'NOT HTTP\r\n\r\n', 400, 'INVALID_INPUT'],
    ['an unknown version', 'GET /health HTTP/9.9\r\nHost: x\r\n\r\n', 400, 'INVALID_INPUT'],
    ['an unknown method', 'FETCH /health HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'INVALID_INPUT'],
    ['headers too large', `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['a URL too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['two lengths', `${post}Connection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'INVALID_INPUT'],
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'INVALID_INPUT'],
    ['an expectation', `${post}Expect: the-unexpected\r\nContent-Length: 2\r\n\r\n{}`, 417, 'INVALID_INPUT'],
  ])('answers %s in the form of every error', async (_name, bytes, status, code) => {
    const answer = read(await raw(bytes));
    expect(answer).toMatchObject({
      status,
      headers: { connection: 'close', 'x-content-type-options': 'nosniff', 'content-type': 'application/json; charset=utf-8' },
      body: { error: { code, path: null, message: expect.any(String), remedy: expect.any(String), requestId: expect.any(String) } },
    });
    expect(answer.headers['x-request-id']).toBe(answer.body.error.requestId.toLowerCase());
    expect(answer.body.error.requestId).toMatch(/^[\w-]{8}-/);
  });

  it('answers a request that does not arrive in time in the form of every error', async () => {
    const arrived = once(door.app.server, 'connection');
    const answer = raw(`${post}Content-Length: 10\r\n\r\n{`);
    const [socket] = await arrived;
    // As Node says it when the time is over.
    door.app.server.emit('clientError', Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    expect(read(await answer)).toMatchObject({ status: 408, body: { error: { code: 'REQUEST_TIMEOUT', requestId: expect.any(String) } } });
  });
});

describe('documentation', () => {
  it('describes every route as OpenAPI 3.1, with who may call it', async () => {
    const { body } = await door.get('/openapi.json', null);
    const { openapi, paths } = body as { openapi: string; paths: Record<string, Record<string, { security: object[]; summary: string }>> };
    expect(openapi).toBe('3.1.0');
    for (const { method, url, access } of door.app.declaredRoutes.filter((one) => !one.url.startsWith('/docs'))) {
      const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
      expect(operation?.summary, `${method} ${url}`).toBeTruthy();
      expect(operation?.security).toHaveLength(access === 'public' ? 0 : access.includes('user') && access.length > 1 ? 2 : 1);
    }
    expect(Object.keys(paths).some((path) => path.startsWith('/docs'))).toBe(false);
    expect(JSON.stringify(body)).toContain('"#/components/schemas/Error"');
  });

  it('is held against answers by the tests', async () => {
    const documented = new DocumentedAnswers((await door.get('/openapi.json', null)).body);
    expect(documented.fault('GET', '/v1/inbox?limit=1', 200, { items: [], nextCursor: null })).toBeNull();
    expect(documented.fault('GET', '/v1/inbox?limit=1', 200, { items: [] })).toContain('nextCursor');
    expect(documented.fault('GET', '/v1/inbox', 400, { error: { code: 'NOT_A_CODE' } })).toContain('code');
  });

  it('has a page that works with scripts of its own only', async () => {
    const page = await door.get('/docs', null);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('swagger-ui') });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-eval');
    // Under another name than localhost and on plain http it would ask for its own scripts by https.
    for (const path of ['/docs', '/docs/', '/docs/static/index.html', '/docs/static/swagger-ui.css'])
      expect((await door.get(path, null)).headers.get('content-security-policy'), path).not.toContain('upgrade-insecure-requests');
    expect((await door.get('/docs/static/swagger-ui-bundle.js', null)).status).toBe(200);
    expect((await door.get('/docs/static/../../package.json', null)).status).toBe(404);
    expect((await door.get('/docs/static/%2e%2e%2f%2e%2e%2fpackage.json', null)).status).toBe(404);
  });
});

describe('closing', () => {
  it('answers everything that it has taken in, and takes nothing in that it does not answer', async () => {
    const closing = await HttpDoor.open(db.database);
    const one = () => closing.post('/v1/notifications', closing.keys.send, { userId: randomUUID(), type: 'x', title: 'closing' });
    await one();
    const answers = Array.from({ length: 200 }, one);
    await Promise.race(answers);
    await closing.close();
    const settled = await Promise.allSettled(answers);
    const statuses = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.status] : []));
    expect(statuses.length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([202]));
    const [row] = await db.admin.query<{ n: number }>("select count(*) as n from notifications where title = 'closing'");
    expect(row?.n).toBe(statuses.length + 1);
  });
});

describe('without a database', () => {
  it('says so, and is alive but not ready', async () => {
    const nowhere = connectDatabase({ url: 'postgres://x:x@127.0.0.1:1/x', maxConnections: 1, applicationName: 'x', log: silentLogger });
    const apiKeys = { verify: async () => ({ keyId: '000000000000', name: 'x', scopes: ['admin'] }) };
    const lonely = await HttpDoor.withParts({ ...door.parts, database: nowhere, apiKeys: apiKeys as never });
    const answer = await lonely.get('/v1/ledger', door.keys.admin);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'DATABASE_UNAVAILABLE' } } });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await lonely.get('/ready', null)).toMatchObject({
      status: 503,
      body: { ready: false, checks: { database: 'does not answer' } },
    });
    expect((await lonely.get('/health', null)).status).toBe(200);
    await lonely.close();
    await nowhere.close();
  });

  it('tells nobody what went wrong inside', async () => {
    const broken = { query: () => Promise.reject(new Error('secret inside')) };
    const lonely = await HttpDoor.withParts({ ...door.parts, database: { ...db.database, ...broken } });
    const answer = await lonely.get('/v1/ledger', door.keys.admin);
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL', message: 'Something went wrong inside.' } } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    await lonely.close();
  });
});
