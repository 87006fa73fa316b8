import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  json,
  messagesTo,
  type Outcome,
  RECEIPTS,
  type RequestErrors,
  raw,
  receipts,
  send,
  tickets,
  token,
} from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';
import { FAULT_KINDS, type FaultKind } from './kinds.js';

const start = simulators();
const RESET = { code: 'ECONNRESET' };

/** Sends three messages under a fault and gives up when the simulator has taken or counted them without an answer. */
async function expectHang(url: string, seen: () => boolean): Promise<void> {
  const giveUp = new AbortController();
  const call = send(url, messagesTo(3), { signal: giveUp.signal });
  const outcome = expect(call).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(seen).toBe(true);
  giveUp.abort();
  await outcome;
}

describe('faults after acceptance', () => {
  it('reset the connection', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'accept_then_reset' });
    await expect(send(url, messagesTo(3))).rejects.toMatchObject(RESET);
    expect(control.stats()).toMatchObject({ accepted: 3, faults: { accept_then_reset: 1 } });
    expect(control.entries()).toEqual(expect.arrayContaining([expect.objectContaining({ fault: 'accept_then_reset', accepted: true })]));
    expect(await tickets(url, messagesTo(3))).toHaveLength(3);
    expect(control.duplicates()).toEqual(['d0', 'd1', 'd2'].map((deliveryId) => ({ deliveryId, hits: 2 })));
  });

  it('hang, and count as under way until the client leaves', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'accept_then_hang' });
    await expectHang(url, () => control.stats().accepted === 3);
    expect(control.stats().maxConcurrency).toBe(1);
  });

  it('answer an HTML 504', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'accept_then_504_html' });
    const answer = await send(url, messagesTo(3));
    expect(answer.status).toBe(504);
    expect(answer.headers['content-type']).toBe('text/html');
    expect(answer.text).toContain('<title>504 Gateway Time-out</title>');
    expect(answer.text).toContain('nginx');
    expect(control.stats().accepted).toBe(3);
  });

  it('cut the body', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'accept_then_truncate' });
    await expect(send(url, messagesTo(3))).rejects.toMatchObject(RESET);
    expect(control.stats().accepted).toBe(3);
  });

  it('drip the body byte by byte', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'accept_then_slow_drip', delayMs: 1 });
    expect(json<{ data: Outcome[] }>(await send(url, messagesTo(2))).data).toHaveLength(2);
    expect(control.stats().accepted).toBe(2);
  });

  it('answer late, long after the notifications were taken', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'slow_response', delayMs: 3_600_000 });
    await expectHang(url, () => control.stats().accepted === 3);
    control.addFault({ kind: 'slow_response', delayMs: 1 });
    expect((await send(url, messagesTo(1))).status).toBe(200);
  });

  it('miscount the tickets', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'short_ticket_count' });
    control.addFault({ kind: 'extra_ticket' });
    expect(await tickets(url, messagesTo(3))).toHaveLength(2);
    expect(await tickets(url, messagesTo(3))).toHaveLength(4);
    expect(control.stats().accepted).toBe(6);
  });

  it('answer the tickets in another order', async () => {
    const { url, control } = await start();
    control.setToken(token('t0'), { behaviour: 'dead_at_ticket' });
    control.addFault({ kind: 'permuted_tickets' });
    const data = await tickets(url, messagesTo(3));
    expect(data.map((ticket) => ticket.status)).toEqual(['ok', 'ok', 'error']);
    expect(data[2]?.details?.['expoPushToken']).toBe(token('t0'));
  });

  it.each([
    ['data_not_array', { data: {} }],
    ['data_missing', {}],
  ] as const)('answer without tickets: %s', async (kind, body) => {
    const { url, control } = await start();
    control.addFault({ kind });
    expect(json(await send(url, messagesTo(3)))).toEqual(body);
    expect(control.stats().accepted).toBe(3);
  });

  it('answer an HTML page, or half a JSON, under status 200', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'html_with_200' });
    control.addFault({ kind: 'invalid_json' });
    const page = await send(url, messagesTo(1));
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html']);
    const broken = await send(url, messagesTo(1));
    expect(broken.status).toBe(200);
    expect(() => json(broken)).toThrow(SyntaxError);
    expect(control.stats().accepted).toBe(2);
  });

  it('answer more than anybody should read', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'huge_body', bytes: 3_000_000 });
    control.addFault({ kind: 'gzip_bomb', bytes: 20_000_000 });
    expect(json(await send(url, messagesTo(1)))).toEqual({ data: [] });
    const bomb = await send(url, messagesTo(1));
    expect(bomb.headers['content-encoding']).toBe('gzip');
    expect(bomb.bytes.length).toBeLessThan(100_000);
    expect(gunzipSync(bomb.bytes)).toHaveLength(20_000_000);
  });

  it('treat some recipients as other devices', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'behave_as', behaviour: 'rate_exceeded_at_ticket', recipients: [1] });
    control.addFault({ kind: 'behave_as', behaviour: 'mismatch_sender_id' });
    expect((await tickets(url, messagesTo(3))).map((ticket) => ticket.status)).toEqual(['ok', 'error', 'ok']);
    const [ticket] = await tickets(url, messagesTo(1));
    const id = ticket?.id ?? '';
    expect((await receipts(url, [id]))[id]?.details?.['error']).toBe('MismatchSenderId');
    expect(control.stats()).toMatchObject({ accepted: 3, tickets: { ok: 3, MessageRateExceeded: 1 } });
  });
});

describe('faults before acceptance', () => {
  it('reset and hang without taking anything', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'refuse_then_reset' });
    control.addFault({ kind: 'refuse_then_hang' });
    await expect(send(url, messagesTo(3))).rejects.toMatchObject(RESET);
    await expectHang(url, () => control.stats().faults.refuse_then_hang === 1);
    expect(control.stats().accepted).toBe(0);
    expect(control.entries()).toEqual([]);
  });

  it.each([
    ['status_400', 400, 'VALIDATION_ERROR'],
    ['status_403', 403, 'UNAUTHORIZED'],
    ['status_429', 429, 'TOO_MANY_REQUESTS'],
    ['status_500', 500, 'INTERNAL_SERVER_ERROR'],
    ['errors_with_200', 200, 'INTERNAL_SERVER_ERROR'],
  ] as const)('%s answers %i with code %s (shapes H to K)', async (kind, status, code) => {
    const { url, control } = await start();
    control.addFault({ kind });
    const answer = await send(url, messagesTo(3));
    expect(answer.status).toBe(status);
    expect(json<RequestErrors>(answer).errors[0]?.code).toBe(code);
    expect(control.stats().accepted).toBe(0);
  });

  it('answers a bare invalid_token (shape J)', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'status_401' });
    const answer = await send(url, messagesTo(3));
    expect([answer.status, json(answer)]).toEqual([401, { error: 'invalid_token', error_description: 'The bearer token is invalid' }]);
  });

  it.each([
    ['status_502', 502, 'text/html', '502 Bad Gateway'],
    ['status_503', 503, 'text/plain', 'upstream connect error or disconnect/reset before headers. reset reason: connection termination'],
    ['status_504', 504, 'text/html', '504 Gateway Time-out'],
  ] as const)('%s answers what stands before Expo says (shape L)', async (kind, status, type, text) => {
    const { url, control } = await start();
    control.addFault({ kind });
    const answer = await send(url, messagesTo(3));
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
    expect(answer.text).toContain(text);
    expect(control.stats().accepted).toBe(0);
  });

  it('names any Retry-After: seconds, a date, garbage', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'status_429' });
    control.addFault({ kind: 'status_429', retryAfter: 7 });
    control.addFault({ kind: 'status_429', retryAfter: { dateInMs: 90_000 } });
    control.addFault({ kind: 'status_429', retryAfter: 'soon' });
    const before = Date.now();
    const given: (string | undefined)[] = [];
    for (let n = 0; n < 4; n += 1) given.push((await send(url, messagesTo(1))).headers['retry-after']);
    expect([given[0], given[1], given[3]]).toEqual([undefined, '7', 'soon']);
    expect(Date.parse(given[2] ?? '')).toBeGreaterThan(before + 80_000);
  });

  it('can take the notifications all the same', async () => {
    const { url, control } = await start();
    control.addFault({ kind: 'status_503', accept: true });
    expect((await send(url, messagesTo(3))).status).toBe(503);
    expect(control.stats().accepted).toBe(3);
  });
});

describe('faults of receipts', () => {
  it('leave them out or add strange ones', async () => {
    const { url, control } = await start();
    const id = (await tickets(url, messagesTo(1)))[0]?.id ?? '';
    control.addFault({ kind: 'no_receipts' });
    control.addFault({ kind: 'extra_receipts' });
    expect(await receipts(url, [id])).toEqual({});
    expect(Object.keys(await receipts(url, [id]))).toHaveLength(2);
  });

  it('break the answer as with tickets', async () => {
    const { url, control } = await start();
    const body = JSON.stringify({ ids: [] });
    const strike = (kind: FaultKind): number => control.addFault({ kind, endpoint: 'receipts' });
    strike('refuse_then_reset');
    await expect(raw(url + RECEIPTS, body)).rejects.toMatchObject(RESET);
    strike('status_503');
    expect((await raw(url + RECEIPTS, body)).status).toBe(503);
    strike('data_missing');
    expect(json(await raw(url + RECEIPTS, body))).toEqual({});
    expect(control.stats().faults).toEqual({ refuse_then_reset: 1, status_503: 1, data_missing: 1 });
  });
});

it('every kind of fault strikes where it says it does, and leaves a service that works', async () => {
  const { url, control } = await start({ rate: null });
  for (const [kind, { on }] of Object.entries(FAULT_KINDS) as [FaultKind, { on: readonly ('send' | 'receipts')[] }][]) {
    for (const endpoint of on) {
      const giveUp = new AbortController();
      control.addFault({ kind, endpoint, delayMs: 1, bytes: 100_000, behaviour: 'live' });
      const strike =
        endpoint === 'send'
          ? send(url, messagesTo(1), { signal: giveUp.signal })
          : raw(url + RECEIPTS, '{"ids":[]}', { signal: giveUp.signal });
      const settled = strike.catch(() => undefined);
      await expect.poll(() => control.faults().at(-1)?.applied, { message: `${kind} on ${endpoint}`, interval: 5 }).toBe(1);
      giveUp.abort();
      await settled;
    }
  }
  expect(await tickets(url, messagesTo(2))).toHaveLength(2);
});
