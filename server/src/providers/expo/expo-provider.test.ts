import { createServer as createTlsServer } from 'node:tls';
import { type Simulator, type SimulatorOptions, startSimulator } from '@todoku/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { outgoingMessage, outgoingMessages } from '../../../test/support/outgoing-message.js';
import { closeServer, listen, type RawServer, startRawServer } from '../../../test/support/raw-server.js';
import { selfSigned } from '../../../test/support/self-signed.js';
import { systemClock } from '../../clock/clock.js';
import { type Logger, silentLogger } from '../../logging/logger.js';
import type { Provider } from '../provider.js';
import { createExpoProvider } from './expo-provider.js';

const ample = 20_000;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function providerTo(baseUrl: string, options: { accessToken?: string; log?: Logger } = {}): Provider {
  const { accessToken = null, log = silentLogger } = options;
  const provider = createExpoProvider({ baseUrl, accessToken, connections: 2, clock: systemClock, log });
  closers.push(() => provider.close());
  return provider;
}

async function simulate(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; provider: Provider }> {
  const simulator = await startSimulator({ ledger: 'full', rate: null, ...options });
  closers.push(() => simulator.close());
  return { simulator, provider: providerTo(simulator.url) };
}

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  closers.push(() => server.close());
  return server;
}

describe('createExpoProvider', () => {
  it('speaks to the paths of Expo under the base URL, with the access token', async () => {
    const server = await serve((response) => response.end('{"data":[{"status":"ok","id":"a"}]}'));
    await providerTo(`${server.url}/proxy/`, { accessToken: 'secret' }).send(outgoingMessages(1), ample);
    await providerTo(server.url).receipts(['a', 'b'], ample);
    const [send, receipts] = server.received;
    expect(send).toMatchObject({
      path: '/proxy/--/api/v2/push/send',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    });
    expect(receipts).toMatchObject({ path: '/--/api/v2/push/getReceipts' });
    expect(receipts?.headers.authorization).toBeUndefined();
    expect(receipts?.body.toString()).toBe('{"ids":["a","b"]}');
  });

  it('compresses large requests and reads compressed answers', async () => {
    const { simulator, provider } = await simulate({ gzipAnswers: true });
    expect(await provider.send(outgoingMessages(100), ample)).toMatchObject({ kind: 'answered', httpStatus: 200 });
    expect(simulator.control.stats()).toMatchObject({ gzipRequests: 1, accepted: 100 });
  });

  it('delivers text, delivery id and collapse key as given', async () => {
    const { simulator, provider } = await simulate();
    simulator.control.setToken('ExponentPushToken[device-2]', { platform: 'android' });
    await provider.send([outgoingMessage(1, { collapseKey: 'feeding' }), outgoingMessage(2, { platform: 'android' })], ample);
    expect(simulator.control.entries()).toMatchObject([
      { deliveryId: '1001', collapseId: 'feeding', tag: null },
      { deliveryId: '1002', collapseId: null, tag: 'delivery-1002' },
    ]);
  });

  it('blames a dead token though the tickets came in another order', async () => {
    const { simulator, provider } = await simulate();
    const messages = outgoingMessages(5);
    simulator.control.setToken('ExponentPushToken[device-3]', { behaviour: 'dead_at_ticket' });
    simulator.control.addFault({ kind: 'permuted_tickets' });
    const taken = { kind: 'accepted', ticketId: null };
    expect(await provider.send(messages, ample)).toMatchObject({
      kind: 'answered',
      outcomes: [taken, taken, taken, { kind: 'token_fault', code: 'DeviceNotRegistered' }, taken],
    });
  });

  it('needs the access token that the project asks for', async () => {
    const { simulator, provider } = await simulate({ accessToken: 'secret' });
    expect(await provider.send(outgoingMessages(1), ample)).toMatchObject({ kind: 'project_fault', code: 'UNAUTHORIZED' });
    expect(await provider.receipts(['a'], ample)).toMatchObject({ kind: 'project_fault', code: 'UNAUTHORIZED' });
    expect(await providerTo(simulator.url, { accessToken: 'secret' }).send(outgoingMessages(1), ample)).toMatchObject({ kind: 'answered' });
  });

  it('calls a certificate that nobody vouches for a fault of the project, and says so', async () => {
    const said: unknown[] = [];
    const server = createTlsServer(selfSigned('127.0.0.1'));
    const url = await listen(server);
    closers.push(() => closeServer(server));
    const log = { ...silentLogger, warn: (fields: object) => said.push(fields) };
    const provider = providerTo(url.replace('http', 'https'), { log });
    expect(await provider.send(outgoingMessages(1), ample)).toMatchObject({ kind: 'project_fault', code: 'TLS_FAILED' });
    expect(await provider.receipts(['a'], ample)).toMatchObject({ kind: 'project_fault', code: 'TLS_FAILED' });
    expect(said).toMatchObject([{ code: 'TLS_FAILED' }, { code: 'TLS_FAILED' }]);
  });

  it('asks for no more receipts at once than the service answers', async () => {
    const { simulator, provider } = await simulate();
    const ids = Array.from({ length: 1001 }, (_, n) => `ticket-${n}`);
    expect(await provider.receipts(ids, ample)).toMatchObject({ kind: 'answered' });
    expect(simulator.control.stats()).toMatchObject({ receiptRequests: 1, receiptsAsked: 1000 });
  });

  it.each(['short_ticket_count', 'data_missing', 'data_not_array', 'invalid_json', 'errors_with_200', 'status_502', 'status_503'] as const)(
    'never calls %s a success',
    async (kind) => {
      const { simulator, provider } = await simulate();
      simulator.control.addFault({ kind });
      expect(await provider.send(outgoingMessages(3), ample)).toMatchObject({ kind: 'ambiguous' });
    },
  );

  it('reads Retry-After as a date by the clock', async () => {
    const server = await serve((response) => response.writeHead(429, { 'retry-after': 'Thu, 05 Nov 2026 10:00:30 GMT' }).end());
    const clock = { ...systemClock, now: () => new Date('2026-11-05T10:00:00Z') };
    const provider = createExpoProvider({ baseUrl: server.url, accessToken: null, connections: 1, clock, log: silentLogger });
    closers.push(() => provider.close());
    expect(await provider.send(outgoingMessages(1), ample)).toMatchObject({ kind: 'transient', retryAfterMs: 30_000 });
    expect(await provider.receipts(['a'], ample)).toMatchObject({ kind: 'transient', retryAfterMs: 30_000 });
  });

  it('says what broke off in its result and its log, and never a token', async () => {
    const said: unknown[] = [];
    const log = { ...silentLogger, warn: (fields: object, message: string) => said.push(fields, message) };
    const { simulator } = await simulate();
    simulator.control.addFault({ kind: 'huge_body' });
    simulator.control.addFault({ kind: 'accept_then_truncate' });
    const provider = providerTo(simulator.url, { accessToken: 'secret', log });
    expect(await provider.send(outgoingMessages(2), ample)).toMatchObject({ kind: 'ambiguous', code: 'ANSWER_TOO_LARGE', httpStatus: 200 });
    expect(await provider.send(outgoingMessages(2), ample)).toMatchObject({ kind: 'ambiguous', code: 'CONNECTION_LOST', httpStatus: 200 });
    expect(said).toHaveLength(4);
    expect(JSON.stringify(said)).not.toMatch(/PushToken|secret/);
  });
});
