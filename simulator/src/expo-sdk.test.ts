import type { Expo as ExpoClient, ExpoPushMessage } from 'expo-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { token } from '../test/support/raw-http.js';
import { type Simulator, startSimulator } from './simulator.js';

/** The official SDK reads EXPO_BASE_URL when it is imported, so it is imported after the simulator has its port. */
let simulator: Simulator;
let Expo: typeof ExpoClient;
let expo: ExpoClient;

beforeAll(async () => {
  simulator = await startSimulator({ ledger: 'full', clock: 'frozen', gzipAnswers: true });
  process.env['EXPO_BASE_URL'] = simulator.url;
  ({ Expo } = await import('expo-server-sdk'));
  expo = new Expo({ retryMinTimeout: 1 });
});
beforeEach(() => {
  simulator.control.reset();
  simulator.control.change({ rate: null, accessToken: null, receiptDelayMs: 0 });
});
afterAll(async () => {
  delete process.env['EXPO_BASE_URL'];
  await simulator.close();
});

function messages(count: number, recipients = 1): ExpoPushMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    to: Array.from({ length: recipients }, (_, m) => token(`sdk ${n} ${m}`)),
    title: 'Hello',
    body: 'こんにちは 👨‍👩‍👧‍👦',
    data: { _deliveryId: `d${n}` },
    collapseId: `c${n}`,
  }));
}

describe('the official SDK', () => {
  it('sends in chunks, compressed, and gets a receipt for every ticket', async () => {
    const chunks = expo.chunkPushNotifications(messages(151, 3));
    expect(chunks).toHaveLength(5);
    const tickets = (await Promise.all(chunks.map((chunk) => expo.sendPushNotificationsAsync(chunk)))).flat();
    expect(tickets).toHaveLength(453);
    const stats = simulator.control.stats();
    expect(stats).toMatchObject({ accepted: 453, requests: 5, gzipRequests: 5 });
    expect(stats.maxConcurrency).toBeLessThanOrEqual(6);
    const ids = tickets.flatMap((ticket) => (ticket.status === 'ok' ? [ticket.id] : []));
    const batches = expo.chunkPushNotificationReceiptIds(ids);
    expect(batches).toHaveLength(2);
    const maps = await Promise.all(batches.map((batch) => expo.getPushNotificationReceiptsAsync(batch)));
    const receipts = Object.assign({}, ...maps);
    expect(Object.keys(receipts).sort()).toEqual(ids.sort());
    expect(Object.values(receipts).every((receipt) => JSON.stringify(receipt) === '{"status":"ok"}')).toBe(true);
  });

  it('sends a short body uncompressed', async () => {
    await expo.sendPushNotificationsAsync([{ to: token('a') }]);
    expect(simulator.control.stats().gzipRequests).toBe(0);
  });

  it('tries three times when the rate is exceeded', async () => {
    simulator.control.addFault({ kind: 'status_429', times: 2 });
    expect(await expo.sendPushNotificationsAsync(messages(2))).toHaveLength(2);
    expect(simulator.control.stats()).toMatchObject({ requests: 3, accepted: 2 });
    simulator.control.addFault({ kind: 'status_429', times: 3 });
    await expect(expo.sendPushNotificationsAsync(messages(2))).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', statusCode: 429 });
  });

  it('tells dead devices by their tickets and receipts', async () => {
    simulator.control.setToken(token('sdk 0 0'), { behaviour: 'dead_at_ticket' });
    simulator.control.setToken(token('sdk 1 0'), { behaviour: 'apns_bad_token' });
    const [dead, dying] = await expo.sendPushNotificationsAsync(messages(2));
    expect(dead).toMatchObject({ status: 'error', details: { error: 'DeviceNotRegistered', expoPushToken: token('sdk 0 0') } });
    const id = dying?.status === 'ok' ? dying.id : '';
    expect((await expo.getPushNotificationReceiptsAsync([id]))[id]).toMatchObject({
      status: 'error',
      details: { error: 'DeveloperError' },
    });
  });

  it('tells mixed projects with the tokens of each', async () => {
    simulator.control.setToken(token('sdk 0 0'), { project: '@owner/a' });
    simulator.control.setToken(token('sdk 1 0'), { project: '@owner/b' });
    await expect(expo.sendPushNotificationsAsync(messages(2))).rejects.toMatchObject({
      code: 'PUSH_TOO_MANY_EXPERIENCE_IDS',
      statusCode: 400,
      details: { '@owner/a': [token('sdk 0 0')], '@owner/b': [token('sdk 1 0')] },
    });
  });

  it.each([
    [{ kind: 'status_400' }, { code: 'VALIDATION_ERROR', statusCode: 400 }],
    [{ kind: 'status_401' }, { statusCode: 401, errorData: { error: 'invalid_token', error_description: 'The bearer token is invalid' } }],
    [{ kind: 'status_403' }, { code: 'UNAUTHORIZED', statusCode: 403 }],
    [{ kind: 'status_500' }, { code: 'INTERNAL_SERVER_ERROR', statusCode: 500 }],
    [{ kind: 'status_502' }, { statusCode: 502, errorText: expect.stringContaining('nginx') }],
    [{ kind: 'status_503' }, { statusCode: 503, errorText: expect.stringContaining('upstream connect error') }],
    [{ kind: 'accept_then_504_html' }, { statusCode: 504, errorText: expect.stringContaining('504 Gateway Time-out') }],
    [{ kind: 'errors_with_200' }, { code: 'INTERNAL_SERVER_ERROR', statusCode: 200 }],
    [{ kind: 'html_with_200' }, { statusCode: 200, errorText: expect.stringContaining('<html>') }],
    [{ kind: 'invalid_json' }, { statusCode: 200 }],
    [{ kind: 'short_ticket_count' }, { message: 'Expected Expo to respond with 2 tickets but got 1' }],
    [{ kind: 'extra_ticket' }, { message: 'Expected Expo to respond with 2 tickets but got 3' }],
    [{ kind: 'accept_then_reset' }, { message: 'fetch failed', cause: { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) } }],
    [{ kind: 'accept_then_truncate' }, { message: 'terminated' }],
  ] as const)('throws under %j', async (fault, error) => {
    simulator.control.addFault(fault);
    await expect(expo.sendPushNotificationsAsync(messages(2))).rejects.toMatchObject(error);
  });

  it('shows its access token', async () => {
    simulator.control.change({ accessToken: 'secret' });
    await expect(expo.sendPushNotificationsAsync(messages(1))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await new Expo({ accessToken: 'secret' }).sendPushNotificationsAsync(messages(1))).toHaveLength(1);
  });
});
