import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json, messagesTo, type Outcome, type RequestErrors, raw, SEND, send, tickets, token } from '../../test/support/raw-http.js';
import { simulators } from '../../test/support/simulator.js';

const start = simulators();
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function refusal(url: string, body: unknown): Promise<[number, RequestErrors['errors'][number] | undefined]> {
  const answer = await send(url, body);
  return [answer.status, json<RequestErrors>(answer).errors[0]];
}

describe('tickets', () => {
  it('answers an array with a ticket for each recipient, in order (shape A)', async () => {
    const { url } = await start();
    const answer = await send(url, [{ to: token('a') }, { to: [token('b'), token('c')], title: 'x' }]);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    const { data } = json<{ data: Outcome[] }>(answer);
    expect(data).toHaveLength(3);
    expect(new Set(data.map((ticket) => ticket.id)).size).toBe(3);
    for (const ticket of data) expect(ticket).toEqual({ status: 'ok', id: expect.stringMatching(UUID_V7) });
  });

  it('answers one object for one message to one recipient (shape B)', async () => {
    const { url } = await start();
    expect(json(await send(url, { to: token('a') }))).toEqual({ data: { status: 'ok', id: expect.stringMatching(UUID_V7) } });
    expect(json(await send(url, { to: [token('a')] }))).toEqual({ data: [{ status: 'ok', id: expect.any(String) }] });
  });

  it('names the token of a dead device (shape C)', async () => {
    const { url, control } = await start();
    control.setToken(token('x'), { behaviour: 'dead_at_ticket' });
    expect(await tickets(url, [{ to: token('x') }])).toEqual([
      {
        status: 'error',
        message:
          '"ExponentPushToken[x]" is not a registered push notification recipient or it is associated with a project that does not exist.',
        details: { error: 'DeviceNotRegistered', expoPushToken: 'ExponentPushToken[x]' },
      },
    ]);
  });

  it('takes a malformed token for a dead device, not for a bad request (shape D)', async () => {
    const { url } = await start();
    const [bad, good, bare] = await tickets(url, [
      { to: 'abc' },
      { to: 'ExpoPushToken[]' },
      { to: '0f8fad5b-d9cb-469f-a165-70867728950e' },
    ]);
    expect(bad).toEqual({
      status: 'error',
      message: '"abc" is not a valid Expo push token',
      details: { error: 'DeviceNotRegistered', expoPushToken: 'abc' },
    });
    expect([good?.status, bare?.status]).toEqual(['ok', 'ok']);
  });

  it('fails tickets for missing credentials, with an id if asked for (shape E)', async () => {
    const { url, control } = await start();
    control.setDefaultToken({ behaviour: 'invalid_credentials_at_ticket' });
    const [ticket] = await tickets(url, [{ to: token('a') }]);
    expect(ticket).toEqual({
      status: 'error',
      message: expect.stringContaining('Unable to retrieve the FCM server key'),
      details: { error: 'InvalidCredentials', fault: 'developer' },
    });
    control.change({ errorTicketIds: true });
    expect((await tickets(url, [{ to: token('a') }]))[0]?.id).toMatch(UUID_V7);
  });

  it.each([
    ['rate_exceeded_at_ticket', 'MessageRateExceeded'],
    ['too_big_at_ticket', 'MessageTooBig'],
    ['without_details_at_ticket', undefined],
    ['unknown_code_at_ticket', 'SomethingNew'],
  ] as const)('fails tickets of %s with %s', async (behaviour, code) => {
    const { url, control } = await start();
    control.setToken(token('a'), { behaviour });
    const [ticket, other] = await tickets(url, [{ to: token('a') }, { to: token('b') }]);
    expect(ticket?.status).toBe('error');
    expect(ticket?.details?.['error']).toBe(code);
    expect(other?.status).toBe('ok');
  });

  it('gives two tickets for the same token twice in one request', async () => {
    const { url } = await start();
    const [one, two] = await tickets(url, [{ to: token('a') }, { to: token('a') }]);
    expect(one?.id).not.toBe(two?.id);
  });

  it('always makes as many tickets as there are recipients', async () => {
    const { url, control } = await start({ rate: null });
    control.setTokenPrefix('ExponentPushToken[dead', { behaviour: 'dead_at_ticket' });
    const recipient = fc.oneof(
      fc.string(),
      fc.string().map((name) => `ExponentPushToken[${name}]`),
      fc.constant(token('dead1')),
    );
    const message = fc.record(
      {
        to: fc.oneof(recipient, fc.array(recipient, { maxLength: 5 })),
        title: fc.string(),
        data: fc.dictionary(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: ['to'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
        const recipients = messages.flatMap((one) => one.to);
        const data = await tickets(url, messages);
        expect(data).toHaveLength(recipients.length);
        data.forEach((ticket, n) => {
          if (ticket.status === 'error') expect(ticket.details?.['expoPushToken']).toBe(recipients[n]);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('refused requests', () => {
  it('refuses mixed projects whole and says which tokens conflict (shape F)', async () => {
    const { url, control } = await start();
    control.setToken(token('a'), { project: '@owner/a' });
    control.setToken(token('b'), { project: '@owner/b' });
    const [status, error] = await refusal(url, [{ to: token('a') }, { to: token('b') }, { to: 'malformed' }]);
    expect(status).toBe(400);
    expect(error).toEqual({
      code: 'PUSH_TOO_MANY_EXPERIENCE_IDS',
      type: 'USER',
      message:
        'All push notification messages in the same request must be for the same project; check the details field to investigate conflicting tokens.',
      details: { '@owner/a': [token('a')], '@owner/b': [token('b')] },
      isTransient: false,
      requestId: expect.any(String),
    });
    expect(control.stats().accepted).toBe(0);
    expect(await tickets(url, [{ to: token('a') }])).toHaveLength(1);
  });

  it('refuses more than 100 recipients, counted over the body (shape G)', async () => {
    const { url, control } = await start();
    const five = { to: Array.from({ length: 5 }, (_, n) => token(`m${n}`)) };
    const [status, error] = await refusal(url, [...messagesTo(90), five, five, five, five, five]);
    expect(status).toBe(400);
    expect(error).toEqual({
      code: 'PUSH_TOO_MANY_NOTIFICATIONS',
      message: 'You can send a maximum of 100 notifications per request (received 115); divide your requests.',
      isTransient: false,
      requestId: expect.any(String),
    });
    expect(control.stats().accepted).toBe(0);
    expect(await tickets(url, messagesTo(100))).toHaveLength(100);
  });

  it.each([
    [[{ to: token('a'), data: 'text' }], '[0].data must be of type object.'],
    [[{ to: token('a') }, { to: token('b') }, { to: token('c'), title: 7 }], '"[2].title" must be a string.'],
    [{ to: token('a'), data: [] }, 'data must be of type object.'],
    [{ to: token('a'), body: {} }, '"body" must be a string.'],
    [[{ title: 'x' }], '"[0].to" must be a string or an array of strings.'],
    [[{ to: [1] }], '"[0].to" must contain only strings.'],
    [[7], '"[0]" must be of type object.'],
    [[], '"value" must contain at least 1 items.'],
    ['text', '"value" must be of type object.'],
    [[{ to: token('a'), priority: 'urgent' }], '"[0].priority" must be one of [default, normal, high].'],
    [[{ to: token('a'), sound: 1 }], '"[0].sound" must be a string.'],
    [[{ to: token('a'), ttl: '1' }], '"[0].ttl" must be a number.'],
    [[{ to: token('a'), badge: 1e300 }], '"[0].badge" must be a number.'],
    [[{ to: token('a'), collapseId: 1 }], '"[0].collapseId" must be a string.'],
    [[{ to: token('a'), mutableContent: 'yes' }], '"[0].mutableContent" must be a boolean.'],
    [[{ to: token('a'), richContent: 'x' }], '"[0].richContent" must be of type object.'],
    [
      [{ to: token('a'), interruptionLevel: 'loud' }],
      '"[0].interruptionLevel" must be one of [active, critical, passive, time-sensitive].',
    ],
  ])('refuses the whole request for one bad message (shape H): %j', async (body, message) => {
    const { url, control } = await start();
    const [status, error] = await refusal(url, body);
    expect(status).toBe(400);
    expect(error).toEqual({ code: 'VALIDATION_ERROR', message, isTransient: false, requestId: expect.any(String) });
    expect(control.stats().accepted).toBe(0);
  });

  it('takes every documented field', async () => {
    const { url } = await start();
    const message = {
      to: token('a'),
      title: 't',
      body: 'b',
      subtitle: 's',
      data: { a: { b: 1 } },
      ttl: 0,
      expiration: 1782424694,
      priority: 'high',
      sound: { critical: true, name: 'x', volume: 1 },
      badge: 0,
      interruptionLevel: 'active',
      channelId: 'c',
      icon: 'i',
      richContent: { image: 'https://example.com/i.png' },
      categoryId: 'c',
      collapseId: 'c',
      tag: 't',
      mutableContent: true,
      contentAvailable: true,
      _contentAvailable: true,
      threadId: 't',
      targetContentId: 't',
      filterCriteria: 'f',
      relevanceScore: 0.5,
    };
    expect((await tickets(url, [message, { to: token('b'), sound: null }])).map((ticket) => ticket.status)).toEqual(['ok', 'ok']);
  });

  it('limits recipients a second for each project by a real bucket (shape I)', async () => {
    const { url, control } = await start({ rate: 600 });
    control.setToken(token('other'), { project: '@owner/other' });
    for (let n = 0; n < 6; n += 1) expect((await send(url, messagesTo(100))).status).toBe(200);
    const [status, error] = await refusal(url, messagesTo(1));
    expect(status).toBe(429);
    expect(error).toEqual({
      code: 'TOO_MANY_REQUESTS',
      message: 'Exceeded 600 notifications per second, please try again.',
      isTransient: true,
      requestId: expect.any(String),
    });
    expect((await send(url, [{ to: token('other') }])).status).toBe(200);
    control.advance(500);
    for (let n = 0; n < 3; n += 1) expect((await send(url, messagesTo(100))).status).toBe(200);
    expect((await send(url, messagesTo(1))).status).toBe(429);
    control.change({ retryAfterSeconds: 2 });
    expect((await send(url, messagesTo(1))).headers['retry-after']).toBe('2');
    control.change({ rate: null });
    expect((await send(url, messagesTo(100))).status).toBe(200);
    expect(control.stats().maxAcceptedPerSecond).toBe(601 + 300 + 100);
  });

  it('asks for the access token when one is set (shape J)', async () => {
    const { url } = await start({ accessToken: 'secret', project: '@owner/slug' });
    const missing = await send(url, messagesTo(1));
    expect(missing.status).toBe(403);
    expect(json<RequestErrors>(missing).errors[0]).toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'Insufficient permissions to send push notifications to @owner/slug',
    });
    const wrong = await send(url, messagesTo(1), { headers: { authorization: 'Bearer other' } });
    expect(wrong.status).toBe(401);
    expect(json(wrong)).toEqual({ error: 'invalid_token', error_description: 'The bearer token is invalid' });
    expect((await send(url, messagesTo(1), { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
  });
});

describe('bodies', () => {
  it('takes gzip and deflate, and says so in its counters', async () => {
    const { url, control } = await start();
    const packed = gzipSync(JSON.stringify(messagesTo(3)));
    expect((await raw(url + SEND, packed, { headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    expect(control.stats()).toMatchObject({ gzipRequests: 1, accepted: 3, bytesReceived: packed.length });
  });

  it.each([
    ['not gzip at all', 'gzip', 400],
    ['whatever', 'br', 415],
  ])('refuses %j as %s with %i', async (body, encoding, status) => {
    const { url } = await start();
    expect((await raw(url + SEND, body, { headers: { 'content-encoding': encoding } })).status).toBe(status);
  });

  it('does not unpack a bomb, nor read a body without end', async () => {
    const { url, control } = await start({ maxWireBytes: 10_000, maxPlainBytes: 50_000 });
    const bomb = gzipSync(Buffer.alloc(1_000_000, 0x20));
    expect((await raw(url + SEND, bomb, { headers: { 'content-encoding': 'gzip' } })).status).toBe(413);
    expect((await raw(url + SEND, Buffer.alloc(20_000, 0x20))).status).toBe(413);
    expect(control.stats().accepted).toBe(0);
  });

  it('refuses what is not JSON, and survives what is nested without end', async () => {
    const { url } = await start();
    expect((await raw(url + SEND, '{"to":')).status).toBe(400);
    const deep = `{"to":"${token('a')}","data":{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    expect((await raw(url + SEND, deep)).status).toBe(200);
  });

  it('knows its paths and nothing else', async () => {
    const { url } = await start();
    expect((await raw(`${url}${SEND}?useFcmV1=true`, JSON.stringify(messagesTo(1)))).status).toBe(200);
    expect((await raw(url + SEND, null)).status).toBe(404);
    expect((await raw(`${url}/other`, '{}')).status).toBe(404);
  });

  it('compresses answers when told to and the client can read them', async () => {
    const { url } = await start({ gzipAnswers: true });
    const packed = await send(url, messagesTo(50), { headers: { 'accept-encoding': 'gzip, deflate' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect((await send(url, messagesTo(50))).headers['content-encoding']).toBeUndefined();
  });
});
