import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeServer, listen, type RawServer, refusingUrl, startRawServer } from '../../test/support/raw-server.js';
import { selfSigned } from '../../test/support/self-signed.js';
import { type Exchange, exchange, longestAnswerBytes } from './http-exchange.js';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function poolTo(url: string, options: Pool.Options = {}): Pool {
  const pool = new Pool(url, { connections: 1, pipelining: 1, ...options });
  closers.push(() => pool.destroy());
  return pool;
}

async function serve(answer: Parameters<typeof startRawServer>[0]): Promise<{ server: RawServer; pool: Pool }> {
  const server = await startRawServer(answer);
  closers.push(() => server.close());
  return { server, pool: poolTo(server.url) };
}

/** A server on bare TCP; `onSocket` does what it likes. Its address is given with the scheme asked for. */
async function serveSockets(onSocket: (socket: Socket) => void, scheme = 'http'): Promise<{ pool: Pool }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const url = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return closeServer(server);
  });
  return { pool: poolTo(url.replace('http', scheme)) };
}

const send = (pool: Pool, changes: Partial<Parameters<typeof exchange>[1]> = {}): Promise<Exchange> =>
  exchange(pool, { path: '/push', headers: {}, body: '[]', deadlineMs: 10_000, ...changes });

const answerOf = (end: Exchange): string | null => {
  if (end.kind !== 'answer') throw new Error(`expected an answer, got ${end.code}`);
  return end.text;
};

describe('the request', () => {
  it('carries path, headers and JSON, compressed when that pays', async () => {
    const { server, pool } = await serve((response) => response.end('{}'));
    const long = JSON.stringify(['あ'.repeat(1000)]);
    await send(pool, { headers: { authorization: 'Bearer x' } });
    await send(pool, { body: long });
    const [small, large] = server.received;
    expect(small).toMatchObject({
      path: '/push',
      headers: { authorization: 'Bearer x', 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    });
    expect(small?.headers['content-encoding']).toBeUndefined();
    expect(small?.body.toString()).toBe('[]');
    expect(large?.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(large?.body ?? '').toString()).toBe(long);
  });

  it('is not written once its deadline has passed in the queue', async () => {
    let release = (): void => undefined;
    const { server, pool } = await serve((response) => {
      release = () => response.end('{}');
    });
    const first = send(pool);
    await vi.waitFor(() => expect(server.received).toHaveLength(1));
    expect(await send(pool, { deadlineMs: 50 })).toEqual({ kind: 'not_sent', code: 'DEADLINE_BEFORE_SEND' });
    release();
    expect(answerOf(await first)).toBe('{}');
    const last = send(pool, { path: '/last' });
    await vi.waitFor(() => expect(server.received).toHaveLength(2));
    release();
    await last;
    expect(server.received.map(({ path }) => path)).toEqual(['/push', '/last']);
  });

  it('is written once, also when the service closes the connection after each answer', async () => {
    const { server, pool } = await serve((response) => response.writeHead(200, { connection: 'close' }).end('{}'));
    for (let n = 0; n < 5; n += 1) expect(answerOf(await send(pool))).toBe('{}');
    expect(server.received).toHaveLength(5);
  });

  it('fails like any other when a header can not be written', async () => {
    const { server, pool } = await serve((response) => response.end('{}'));
    expect(await send(pool, { headers: { authorization: 'Bearer a\nb' } })).toMatchObject({ kind: 'not_sent' });
    expect(server.received).toHaveLength(0);
  });
});

describe('a connection that never came about', () => {
  it('was refused', async () => {
    expect(await send(poolTo(await refusingUrl()))).toEqual({ kind: 'not_sent', code: 'CONNECTION_REFUSED' });
  });

  it('has a name that does not resolve', async () => {
    expect(await send(poolTo('http://todoku.invalid'))).toEqual({ kind: 'not_sent', code: 'DNS_FAILED' });
  });

  it('is no TLS', async () => {
    const { pool } = await serveSockets((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'https');
    expect(await send(pool)).toEqual({ kind: 'not_sent', code: 'TLS_FAILED' });
  });

  it('would have trusted a certificate that nobody vouches for', async () => {
    const server = createTlsServer(selfSigned('127.0.0.1'), (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
    const url = await listen(server);
    closers.push(() => closeServer(server));
    expect(await send(poolTo(url.replace('http', 'https')))).toEqual({ kind: 'not_sent', code: 'TLS_FAILED' });
  });

  it('was reset during the handshake', async () => {
    const { pool } = await serveSockets((socket) => socket.once('data', () => socket.resetAndDestroy()), 'https');
    expect(await send(pool)).toMatchObject({ kind: 'not_sent' });
  });

  it('was still shaking hands at the deadline', async () => {
    const { pool } = await serveSockets(() => undefined, 'https');
    expect(await send(pool, { deadlineMs: 100 })).toEqual({ kind: 'not_sent', code: 'DEADLINE_BEFORE_SEND' });
  });
});

describe('a request without an answer', () => {
  it('was reset', async () => {
    const { pool } = await serve((response) => response.socket?.resetAndDestroy());
    expect(await send(pool)).toEqual({ kind: 'no_answer', code: 'CONNECTION_LOST' });
  });

  it('was met by something that is no HTTP', async () => {
    const { pool } = await serveSockets((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await send(pool)).toEqual({ kind: 'no_answer', code: 'CONNECTION_LOST' });
  });

  it('was met by silence until the deadline', async () => {
    const { pool } = await serve(() => undefined);
    expect(await send(pool, { deadlineMs: 100 })).toEqual({ kind: 'no_answer', code: 'DEADLINE_EXCEEDED' });
  });

  it('was met by headers without end', async () => {
    const { pool } = await serveSockets((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        for (let n = 0; n < 100; n += 1) socket.write(`x-${n}: ${'x'.repeat(1000)}\r\n`);
      }),
    );
    expect(await send(pool)).toEqual({ kind: 'no_answer', code: 'CONNECTION_LOST' });
  });
});

describe('an answer', () => {
  it('is read with its status and Retry-After', async () => {
    const { pool } = await serve((response) => response.writeHead(429, { 'retry-after': '7' }).end('にゃ'));
    expect(await send(pool)).toEqual({ kind: 'answer', status: 429, retryAfter: '7', text: 'にゃ', broken: null });
  });

  it('is decompressed', async () => {
    const { pool } = await serve((response) => response.writeHead(200, { 'content-encoding': 'GZIP' }).end(gzipSync('{"data":[]}')));
    expect(answerOf(await send(pool))).toBe('{"data":[]}');
  });

  it('may come after informational ones', async () => {
    const { pool } = await serve((response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.end('{}');
    });
    expect(await send(pool)).toMatchObject({ kind: 'answer', status: 200, text: '{}' });
  });

  it.each([
    ['an encoding that was not asked for', { 'content-encoding': 'br' }, brotliCompressSync('{}')],
    ['gzip that is none', { 'content-encoding': 'gzip' }, Buffer.from('{}')],
    ['gzip cut short', { 'content-encoding': 'gzip' }, gzipSync('{"data":[]}').subarray(0, 15)],
  ])('is unreadable with %s', async (_, headers, body) => {
    const { pool } = await serve((response) => response.writeHead(200, headers).end(body));
    expect(await send(pool)).toMatchObject({ kind: 'answer', status: 200, text: null, broken: 'ANSWER_UNREADABLE' });
  });

  it('is too large when it unpacks to more than the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(longestAnswerBytes);
    const { pool } = await serve((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(await send(pool)).toMatchObject({ kind: 'answer', text: null, broken: 'ANSWER_TOO_LARGE' });
  });

  it('is too large when it does not end', async () => {
    const { pool } = await serve((response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20))) continue;
      };
      response.on('drain', pour);
      pour();
    });
    expect(await send(pool)).toMatchObject({ kind: 'answer', text: null, broken: 'ANSWER_TOO_LARGE' });
  });

  it('is whole at exactly the cap', async () => {
    const { pool } = await serve((response) => response.end(Buffer.alloc(longestAnswerBytes, 0x20)));
    expect(answerOf(await send(pool))).toHaveLength(longestAnswerBytes);
  });

  it('is broken when it ends early', async () => {
    const { pool } = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"data":[', () => response.socket?.end());
    });
    expect(await send(pool)).toEqual({ kind: 'answer', status: 200, retryAfter: null, text: null, broken: 'CONNECTION_LOST' });
  });

  it('has not begun with an informational one', async () => {
    const { pool } = await serve((response) =>
      response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.socket?.resetAndDestroy()),
    );
    expect(await send(pool)).toEqual({ kind: 'no_answer', code: 'CONNECTION_LOST' });
  });

  it('that drips is broken off at the deadline', async () => {
    const { pool } = await serve((response) => {
      response.writeHead(200, { 'retry-after': '1' });
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await send(pool, { deadlineMs: 200 })).toEqual({
      kind: 'answer',
      status: 200,
      retryAfter: '1',
      text: null,
      broken: 'DEADLINE_EXCEEDED',
    });
  });

  it('comes over a new connection after the one before was broken off', async () => {
    let answered = false;
    const { pool } = await serve((response) => {
      if (answered) response.end('{}');
      answered = true;
    });
    expect(await send(pool, { deadlineMs: 50 })).toMatchObject({ kind: 'no_answer' });
    expect(answerOf(await send(pool))).toBe('{}');
  });
});
