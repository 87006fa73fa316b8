import { describe, expect, it } from 'vitest';
import { json, messagesTo, RECEIPTS, type RequestErrors, raw, receipts, send, tickets, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';
import type { TokenBehaviour } from '../tokens/behaviours.js';

const start = simulators();
const HOUR_MS = 3_600_000;

async function ticketIds(url: string, count: number): Promise<string[]> {
  return (await tickets(url, messagesTo(count))).map((ticket) => ticket.id ?? '');
}

async function receiptOf(behaviour: TokenBehaviour): Promise<unknown> {
  const { url, control } = await start();
  control.setToken(token('t0'), { behaviour });
  const [id = ''] = await ticketIds(url, 1);
  return (await receipts(url, [id]))[id];
}

describe('receipts', () => {
  it('are a map that leaves out unknown ids (shape M)', async () => {
    const { url, control } = await start();
    const [one = '', two = ''] = await ticketIds(url, 2);
    const later = `${one.slice(0, -10)}ffffffffff`;
    const foreign = '019f00ca-7f1e-7a3b-8c4d-000000000000';
    expect(await receipts(url, [one, two, two, later, foreign, 'nonsense'])).toEqual({ [one]: { status: 'ok' }, [two]: { status: 'ok' } });
    expect(control.stats()).toMatchObject({ receiptRequests: 1, receiptsAsked: 6, receiptsGiven: 2 });
  });

  it('come when they are ready and go after 24 hours', async () => {
    const { url, control } = await start({ receiptDelayMs: 15 * 60_000 });
    const [id = ''] = await ticketIds(url, 1);
    expect(await receipts(url, [id])).toEqual({});
    control.advance(15 * 60_000);
    expect(await receipts(url, [id])).toEqual({ [id]: { status: 'ok' } });
    control.advance(24 * HOUR_MS);
    expect(await receipts(url, [id])).toEqual({});
  });

  it('tell a bad token of Apple as a developer error (shape N)', async () => {
    expect(await receiptOf('apns_bad_token')).toEqual({
      status: 'error',
      message: 'The Apple Push Notification service failed to send the notification (reason: BadDeviceToken, status code: 400).',
      messageEnum: 1006,
      messageParamValues: ['BadDeviceToken', '400'],
      details: {
        apns: { reason: 'BadDeviceToken', statusCode: 400 },
        error: 'DeveloperError',
        errorCodeEnum: 2,
        sentAt: expect.any(Number),
      },
    });
  });

  it('tell a dead device of Google (shape O)', async () => {
    expect(await receiptOf('dead_at_receipt')).toEqual({
      status: 'error',
      message: 'The recipient device is not registered with FCM.',
      details: { error: 'DeviceNotRegistered', fcm: { error: 'NotRegistered' } },
    });
  });

  it.each([
    ['too_big', 'MessageTooBig'],
    ['rate_exceeded', 'MessageRateExceeded'],
    ['mismatch_sender_id', 'MismatchSenderId'],
    ['invalid_credentials', 'InvalidCredentials'],
    ['provider_error', 'ProviderError'],
    ['expo_error', 'ExpoError'],
    ['unknown_code', 'SomethingNew'],
  ] as const)('tell %s as %s (shape P)', async (behaviour, error) => {
    expect(await receiptOf(behaviour)).toMatchObject({ status: 'error', message: expect.any(String), details: { error } });
  });

  it('may fail without details, or never come', async () => {
    expect(await receiptOf('without_details')).toEqual({ status: 'error', message: 'The notification could not be delivered.' });
    expect(await receiptOf('receipt_never')).toBeUndefined();
  });

  it('tell a payload over 4,096 bytes, measured in UTF-8', async () => {
    const { url } = await start();
    const sent = await tickets(url, [
      { to: token('a'), body: 'あ'.repeat(1340) },
      { to: token('b'), body: 'あ'.repeat(1365) },
      { to: token('c'), data: { nested: { text: 'x'.repeat(4100) } } },
      { to: token('d'), data: { flat: 'x'.repeat(4000) } },
    ]);
    const ids = sent.map((ticket) => ticket.id ?? '');
    const found = await receipts(url, ids);
    expect(ids.map((id) => found[id]?.details?.['error'])).toEqual([undefined, 'MessageTooBig', 'MessageTooBig', undefined]);
  });

  it('can be set for a single ticket', async () => {
    const { url, control } = await start();
    const [id = ''] = await ticketIds(url, 1);
    control.setReceipt(id, 'ExpoError');
    expect((await receipts(url, [id]))[id]?.details).toEqual({ error: 'ExpoError' });
  });

  it('outlive a restart under the same name only', async () => {
    const first = await start({ name: 'sandbox' });
    const [id = ''] = await ticketIds(first.url, 1);
    await first.close();
    expect(await receipts((await start({ name: 'sandbox' })).url, [id])).toEqual({ [id]: { status: 'ok' } });
    expect(await receipts((await start({ name: 'other' })).url, [id])).toEqual({});
    expect(await receipts((await start()).url, [id])).toEqual({});
  });
});

describe('refused receipt requests', () => {
  it('are those for more than 1,000 ids (shape Q)', async () => {
    const { url } = await start();
    const ids = (count: number): string => JSON.stringify({ ids: Array.from({ length: count }, (_, n) => `id${n}`) });
    const answer = await raw(url + RECEIPTS, ids(1001));
    expect(answer.status).toBe(400);
    expect(json<RequestErrors>(answer).errors[0]?.code).toBe('PUSH_TOO_MANY_RECEIPTS');
    expect((await raw(url + RECEIPTS, ids(1000))).status).toBe(200);
  });

  it.each(['[]', '{}', '{"ids":"x"}', '{"ids":[1]}', '{"ids":', 'null'])('are malformed ones: %s', async (body) => {
    const { url } = await start();
    const answer = await raw(url + RECEIPTS, body);
    expect(answer.status).toBe(400);
    expect(json<RequestErrors>(answer).errors[0]?.code).toBe('VALIDATION_ERROR');
  });

  it('are those without the access token', async () => {
    const { url } = await start({ accessToken: 'secret' });
    expect((await raw(url + RECEIPTS, '{"ids":[]}')).status).toBe(403);
    expect((await send(url, messagesTo(1))).status).toBe(403);
  });
});
