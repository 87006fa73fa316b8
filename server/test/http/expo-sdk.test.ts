import type { Expo as ExpoClient, ExpoPushMessage, ExpoPushTicket } from 'expo-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpDoor } from '../support/http-door.js';
import { Spine } from '../support/spine.js';

/** The official SDK reads EXPO_BASE_URL when it is imported, so it is imported after the door has its port. */
let spine: Spine;
let door: HttpDoor;
let Expo: typeof ExpoClient;
let expo: ExpoClient;

beforeAll(async () => {
  spine = await Spine.start();
  door = await HttpDoor.open(spine.database, { keyring: spine.keyring });
  process.env['EXPO_BASE_URL'] = door.url;
  ({ Expo } = await import('expo-server-sdk'));
  expo = new Expo({ accessToken: door.keys.send, retryMinTimeout: 1 });
  await spine.worker();
});
afterAll(async () => {
  delete process.env['EXPO_BASE_URL'];
  await door.close();
  await spine.close();
});

const strangers = (name: string, count: number): string[] => Array.from({ length: count }, (_, n) => `ExponentPushToken[${name}-${n}]`);
const idsOf = (tickets: readonly ExpoPushTicket[]): string[] => tickets.flatMap((ticket) => (ticket.status === 'ok' ? [ticket.id] : []));

async function sendAll(messages: ExpoPushMessage[]): Promise<ExpoPushTicket[]> {
  const chunks = expo.chunkPushNotifications(messages);
  return (await Promise.all(chunks.map((chunk) => expo.sendPushNotificationsAsync(chunk)))).flat();
}

async function receiptsOf(ids: string[]): Promise<Record<string, unknown>> {
  const chunks = expo.chunkPushNotificationReceiptIds(ids);
  return Object.assign({}, ...(await Promise.all(chunks.map((chunk) => expo.getPushNotificationReceiptsAsync(chunk)))));
}

describe('the official SDK', () => {
  it('sends 250 messages to devices that nobody registered, and gets a receipt for each', async () => {
    const tokens = strangers('many', 250);
    const messages = tokens.map((to, n) => ({ to, title: `Hello ${n}`, body: 'こんにちは', data: { n }, badge: n, collapseId: `c${n}` }));
    const ids = idsOf(await sendAll(messages));
    expect(new Set(ids).size).toBe(250);
    await spine.settles();
    const receipts = await receiptsOf(ids);
    expect(Object.keys(receipts).sort()).toEqual([...ids].sort());
    expect(new Set(Object.values(receipts).map((receipt) => JSON.stringify(receipt)))).toEqual(new Set(['{"status":"ok"}']));
    for (const [n, token] of tokens.entries()) {
      const [taken, ...more] = spine.simulator.control.takenBy(token);
      expect(more).toEqual([]);
      expect(taken).toMatchObject({ collapseId: `c${n}` });
    }
  });

  it('reaches the devices of registered users, one device a recipient', async () => {
    const user = await spine.user(2);
    const [to = '', other = ''] = user.tokens;
    const [id = ''] = idsOf(await sendAll([{ to, title: 'For one' }]));
    await spine.reaches(id, 'accepted_by_platform');
    expect(spine.simulator.control.takenBy(to)).toHaveLength(1);
    expect(spine.simulator.control.takenBy(other)).toEqual([]);
    const [row] = await spine.admin.query('select user_id, token_id, type, title, message, push from notifications where id = $1', [id]);
    expect(row).toEqual({
      user_id: user.id,
      token_id: user.tokenIds[0],
      type: 'expo',
      title: 'For one',
      message: '',
      push: { priority: 'default' },
    });
  });

  it('loses nothing to dedupe or cap: the same message, forty times, arrives forty times', async () => {
    const [to = ''] = strangers('again', 1);
    const tickets = await sendAll(Array.from({ length: 40 }, () => ({ to, title: 'Again' })));
    await spine.settles();
    expect(Object.keys(await receiptsOf(idsOf(tickets)))).toHaveLength(40);
    expect(spine.simulator.control.takenBy(to)).toHaveLength(40);
  });

  it('is told of bad tokens in the order of the recipients, and the others arrive', async () => {
    const [good = '', gone = ''] = strangers('mixed', 2);
    await door.parts.pushTokenManager.findOrAdopt(gone);
    await spine.admin.query(`update push_tokens set state = 'quarantined', is_active = false where token_hash = $1`, [
      spine.keyring.hash(gone),
    ]);
    const tickets = await expo.sendPushNotificationsAsync([
      { to: ['abc', good, gone], body: 'Hi' },
      { to: good, body: 'あ'.repeat(1400) },
    ]);
    const details = (error: string, expoPushToken: string) => ({ error, expoPushToken });
    expect(tickets).toEqual([
      { status: 'error', message: '"abc" is not a valid Expo push token', details: details('DeviceNotRegistered', 'abc') },
      { status: 'ok', id: expect.any(String) },
      {
        status: 'error',
        message: `"${gone}" is not a registered push notification recipient or it is associated with a project that does not exist.`,
        details: details('DeviceNotRegistered', gone),
      },
      {
        status: 'error',
        message: 'The total notification payload was too large: it must be at most 4096 bytes.',
        details: details('MessageTooBig', good),
      },
    ]);
    await spine.reaches(idsOf(tickets)[0] ?? '', 'accepted_by_platform');
    expect(spine.simulator.control.takenBy(good)).toHaveLength(1);
  });

  it('learns by the receipt what the push service learns late', async () => {
    const [dead = '', expired = ''] = strangers('late', 2);
    spine.simulator.control.setToken(dead, { behaviour: 'apns_bad_token' });
    const ids = idsOf(
      await sendAll([
        { to: dead, title: 'T' },
        { to: expired, title: 'T', expiration: 1 },
      ]),
    );
    await spine.settles();
    expect(await receiptsOf(ids)).toMatchObject({
      [ids[0] ?? '']: { status: 'error', details: { error: 'DeviceNotRegistered', code: 'BadDeviceToken' } },
      [ids[1] ?? '']: { status: 'error', details: { error: 'TodokuExpired' } },
    });
  });

  it('throws what it would throw at Expo', async () => {
    const [to = ''] = strangers('thrown', 1);
    const wrong = [{ to, data: 'text' }] as unknown as ExpoPushMessage[];
    await expect(expo.sendPushNotificationsAsync(wrong)).rejects.toMatchObject({ code: 'VALIDATION_ERROR', statusCode: 400 });
    const tooMany = [{ to: strangers('crowd', 101) }];
    await expect(expo.sendPushNotificationsAsync(tooMany)).rejects.toMatchObject({ code: 'PUSH_TOO_MANY_NOTIFICATIONS', statusCode: 400 });
    await expect(new Expo().sendPushNotificationsAsync([{ to }])).rejects.toMatchObject({ code: 'UNAUTHORIZED', statusCode: 401 });
    const operator = new Expo({ accessToken: door.keys.operate });
    await expect(operator.sendPushNotificationsAsync([{ to }])).rejects.toMatchObject({ code: 'UNAUTHORIZED', statusCode: 403 });
    expect(await spine.admin.query('select 1 from push_tokens where token_hash = $1', [spine.keyring.hash(to)])).toEqual([]);
  });
});
