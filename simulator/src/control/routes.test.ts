import { describe, expect, it } from 'vitest';
import { json, messagesTo, raw, receipts, send, tickets, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';
import { connectSimulator } from './remote.js';

const start = simulators();

interface ControlError {
  readonly error: { code: string; path?: string; message: string };
}

describe('a simulator in another process', () => {
  it('is told about devices, faults, time and settings', async () => {
    const { url } = await start();
    const remote = connectSimulator(url);
    await remote.setTokens([
      { token: token('t0'), behaviour: 'dead_at_ticket' },
      { prefix: 'ExponentPushToken[t1', behaviour: 'dead_at_receipt', platform: 'android' },
    ]);
    await remote.setDefaultToken({ behaviour: 'receipt_never' });
    const [dead, dying, live] = await tickets(url, messagesTo(3));
    expect([dead?.status, dying?.status, live?.status]).toEqual(['error', 'ok', 'ok']);
    await remote.change({ receiptDelayMs: 1000 });
    const ids = [dying?.id ?? '', live?.id ?? ''];
    expect(await receipts(url, ids)).toEqual({});
    await remote.advance(1000);
    await remote.setReceipt(live?.id ?? '', 'ExpoError');
    expect(Object.values(await receipts(url, ids)).map((receipt) => receipt.details?.['error'])).toEqual([
      'DeviceNotRegistered',
      'ExpoError',
    ]);
    await remote.clearTokens();
    expect((await tickets(url, messagesTo(1)))[0]?.status).toBe('ok');

    const id = await remote.addFault({ kind: 'status_503', times: 2 });
    expect((await send(url, messagesTo(1))).status).toBe(503);
    expect(await remote.faults()).toEqual([{ id, fault: { kind: 'status_503', times: 2 }, left: 1, applied: 1 }]);
    await remote.clearFaults();
    expect((await send(url, messagesTo(1))).status).toBe(200);
  });

  it('answers what its ledger says', async () => {
    const { url } = await start();
    const remote = connectSimulator(url);
    await send(url, messagesTo(3));
    await send(url, messagesTo(1));
    expect(await remote.stats()).toMatchObject({ accepted: 4, requests: 2 });
    expect((await remote.entries()).map((entry) => entry.deliveryId)).toEqual(['d0', 'd1', 'd2', 'd0']);
    expect(await remote.duplicates()).toEqual([{ deliveryId: 'd0', hits: 2 }]);
    expect(await remote.judge(['d0', 'd1', 'd2', 'd3'])).toMatchObject({ lost: ['d3'], unexpected: [] });
    expect(await remote.takenBy(token('t0'))).toHaveLength(2);
    expect(await remote.shownOn(token('t0'))).toHaveLength(2);
    await remote.reset();
    expect(await remote.stats()).toMatchObject({ accepted: 0, requests: 0 });
    expect(await remote.entries()).toEqual([]);
  });

  it('is waited for', async () => {
    const { url } = await start();
    const remote = connectSimulator(url);
    const reached = remote.waitForAccepted(3);
    await send(url, messagesTo(1));
    await send(url, messagesTo(2));
    expect(await reached).toBe(true);
    expect(await remote.waitForAccepted(3)).toBe(true);
    expect(await remote.waitForAccepted(4, 10)).toBe(false);
  });

  it('pages through its ledger', async () => {
    const { url } = await start();
    await send(url, messagesTo(5));
    const page = json<{ next: number; entries: { deliveryId: string }[] }>(await raw(`${url}/simulator/ledger?after=2&limit=2`, null));
    expect([page.next, page.entries.map((entry) => entry.deliveryId)]).toEqual([4, ['d2', 'd3']]);
  });
});

describe('bad control requests', () => {
  it.each([
    ['/tokens', '{', ''],
    ['/tokens', '"x"', 'the body'],
    ['/tokens', '{}', 'the body'],
    ['/tokens', '[{"token":"a","behaviour":"live"},{"token":"b","behaviour":"zombie"}]', '[1].behaviour'],
    ['/tokens', '{"token":"a","platform":"web"}', 'platform'],
    ['/tokens', '{"token":"a","__proto__":{}}', '__proto__'],
    ['/faults', '{}', 'kind'],
    ['/faults', '[{"kind":"meteor"}]', '[0].kind'],
    ['/faults', '{"kind":"status_500","times":0}', 'times'],
    ['/faults', '{"kind":"status_500","times":1.5}', 'times'],
    ['/faults', '{"kind":"status_500","probability":2}', 'probability'],
    ['/faults', '{"kind":"status_429","retryAfter":{}}', 'retryAfter.dateInMs'],
    ['/faults', '{"kind":"short_ticket_count","endpoint":"receipts"}', 'endpoint'],
    ['/faults', '{"kind":"behave_as"}', 'behaviour'],
    ['/faults', '{"kind":"status_500","match":{"colour":"red"}}', 'match.colour'],
    ['/clock/advance', '{"ms":-1}', 'ms'],
    ['/clock/advance', '{}', 'ms'],
    ['/settings', '{"rate":"fast"}', 'rate'],
    ['/settings', '{"gzipAnswers":1}', 'gzipAnswers'],
    ['/receipts', '{"id":"x","receipt":"lost"}', 'receipt'],
    ['/ledger/judge', '{"expected":[1]}', 'expected[0]'],
  ])('POST %s %s names %j', async (path, body, field) => {
    const { url } = await start();
    const answer = await raw(`${url}/simulator${path}`, body);
    expect(answer.status).toBe(400);
    expect(json<ControlError>(answer).error).toMatchObject({ code: 'INVALID_INPUT', path: field });
  });

  it.each(['/ledger?after=x', '/ledger?limit=0', '/ledger/taken', '/wait'])('GET %s is refused', async (path) => {
    const { url } = await start();
    expect((await raw(`${url}/simulator${path}`, null)).status).toBe(400);
  });

  it('come from web pages, by strange names, or to nowhere', async () => {
    const { url } = await start();
    const stats = `${url}/simulator/stats`;
    expect((await raw(stats, null, { headers: { origin: 'https://example.com' } })).status).toBe(403);
    expect((await raw(stats, null, { headers: { host: 'example.com' } })).status).toBe(403);
    expect((await raw(stats, null, { headers: { host: 'localhost:1' } })).status).toBe(200);
    expect((await raw(`${url}/simulator/nothing`, null)).status).toBe(404);
    expect((await raw(`${url}/simulator/constructor`, null)).status).toBe(404);
  });

  it('never get the access token', async () => {
    const { url } = await start({ accessToken: 'canary-secret' });
    const answer = await raw(`${url}/simulator/settings`, null);
    expect(answer.text).not.toContain('canary');
    expect(json(answer)).toMatchObject({ accessTokenSet: true, rate: 600 });
  });
});

it('lists what it offers', async () => {
  const { url } = await start();
  expect(json<{ routes: string[] }>(await raw(`${url}/simulator`, null)).routes).toContain('POST /simulator/faults');
});
