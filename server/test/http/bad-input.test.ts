import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deepestNesting } from '../../src/notifications/json-depth.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';

let db: TestDatabase;
let door: HttpDoor;
let userToken: string;
const userId = randomUUID();

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
  userToken = await door.signIn(userId);
});
afterAll(async () => {
  await door.close();
  await db.close();
});

/** Whatever was refused has left nothing behind, and nothing on the prototype of all objects. */
afterEach(async () => {
  const [rows] = await db.admin.query(
    `select (select count(*) from notifications) as notifications, (select count(*) from push.outbox) as outbox,
       (select count(*) from push_tokens) as tokens, (select count(*) from notification_settings) as settings,
       (select count(*) from push.idempotency) as keys, (select count(*) from push.broadcasts) as broadcasts,
       (select count(*) from push.audit where action <> 'keys.create') as acts`,
  );
  expect(rows).toEqual({ notifications: 0, outbox: 0, tokens: 0, settings: 0, keys: 0, broadcasts: 0, acts: 0 });
  expect(Object.keys(Object.prototype)).toEqual([]);
});

const good = { userId, type: 'message', title: 'Hello' };
const big = 'あ'.repeat(1366);

/** As text, because some of it no JSON.stringify would write. */
const notification = (fields: string): string => `{"userId":"${userId}","type":"message","title":"Hello",${fields}}`;

const badNotifications: [name: string, text: string, path: string, code?: string][] = [
  ['NUL in a value', notification('"message":"a\\u0000b"'), 'message'],
  ['NUL in a key', notification('"data":{"a\\u0000b":1}'), 'data'],
  ['NUL deep inside', notification('"data":{"list":[{"x":"\\u0000"}]}'), 'data.list[0].x'],
  ['half a surrogate pair', notification('"message":"\\ud83d"'), 'message'],
  ['half a pair as a key', notification('"data":{"\\udc00":1}'), 'data'],
  [
    'JSON of 100,000 levels',
    notification(`"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    Array(31)
      .fill('a')
      .reduce((path: string, key: string) => `${path}.${key}`, 'data'),
  ],
  [
    'data that is too deep with the body around it',
    notification(`"data":${'{"a":'.repeat(deepestNesting)}1${'}'.repeat(deepestNesting)}`),
    `data${'.a'.repeat(deepestNesting - 1)}`,
  ],
  ['__proto__', notification('"data":{"__proto__":{"admin":true}}'), 'data.__proto__'],
  ['__proto__ at the top', notification('"__proto__":{"admin":true}'), '__proto__'],
  ['constructor', notification('"data":{"constructor":{"prototype":{"x":1}}}'), 'data.constructor'],
  ['a payload over 4,096 bytes in characters of three', notification(`"message":"${big}"`), '', 'PAYLOAD_TOO_BIG'],
  ['data over 4,096 bytes', notification(`"data":{"x":"${'x'.repeat(4096)}"}`), '', 'PAYLOAD_TOO_BIG'],
  ['a number beyond any', notification('"data":{"n":1e400}'), 'data.n'],
  ['a number that would change', notification('"data":{"n":12345678901234567890}'), 'data.n'],
  ['a wrong type', notification('"message":7'), 'message'],
  ['no object for data', notification('"data":[1]'), 'data'],
  ['a number for the title', '{"userId":"00000000-0000-0000-0000-000000000000","type":"a","title":{}}', 'title'],
  ['no uuid', '{"userId":"me","type":"a","title":"x"}', 'userId'],
  ['nothing needed', '{}', 'userId'],
  ['an unknown field', notification('"titel":"x"'), 'titel'],
  ['a key twice', notification('"title":"x"'), 'title'],
  ['a time without a zone', notification('"sendAt":"2030-01-01T00:00:00"'), 'sendAt'],
  ['a time that is none', notification('"expiresAt":"2030-02-30T00:00:00Z"'), 'expiresAt'],
  ['a far future', notification('"sendAt":"9999-12-31T00:00:00Z"'), 'sendAt'],
  ['a header in the collapse key', notification('"collapseKey":"a\\r\\nx-evil: 1"'), 'collapseKey'],
  ['an unknown push option', notification('"push":{"vibrate":true}'), 'push.vibrate'],
  ['a wrong push option', notification('"push":{"badge":-1}'), 'push.badge'],
  ['text', '"hello"', ''],
  ['null', 'null', ''],
  ['nothing', '', ''],
  ['no JSON', '{"userId":', 'userId'],
  ['JSON and more', `${JSON.stringify(good)}x`, ''],
  ['an empty list', '[]', ''],
  ['too many', JSON.stringify(Array(1001).fill(good)), ''],
  ['no list', '{"notifications":{}}', 'notifications'],
  ['a list with something beside it', `{"notifications":[${JSON.stringify(good)}],"dryRun":true}`, 'dryRun'],
];

describe('POST /v1/notifications refuses', () => {
  it.each(badNotifications)('%s', async (_name, text, path, code = 'INVALID_INPUT') => {
    const { status, body } = await door.call('POST', '/v1/notifications', {
      as: door.keys.send,
      text,
      headers: { 'idempotency-key': randomUUID() },
    });
    expect(body).toMatchObject({
      error: { code, path, message: expect.any(String), remedy: expect.any(String), requestId: expect.any(String) },
    });
    expect(status).toBe(400);
  });

  it('the same as the fourth of a list, where only it is refused', async () => {
    for (const [, text, path, code = 'INVALID_INPUT'] of badNotifications.filter(([name]) =>
      ['a wrong type', 'an unknown field', 'data over 4,096 bytes'].includes(name),
    )) {
      const { status, body } = await door.call('POST', '/v1/notifications', {
        as: door.keys.send,
        text: `{"notifications":[1,[],null,${text}]}`,
      });
      expect(status).toBe(400);
      const place = path === '' ? 'notifications[3]' : `notifications[3].${path}`;
      expect(body).toMatchObject({
        error: { code: 'INVALID_INPUT', path: 'notifications[0]' },
        results: [{}, {}, {}, { index: 3, status: 'rejected', error: { code, path: place } }],
      });
    }
  });

  it('bytes that are not UTF-8', async () => {
    const text = Buffer.from(notification('"message":"\u00ff"'), 'latin1');
    expect(await door.call('POST', '/v1/notifications', { as: door.keys.send, text })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('UTF-8') } },
    });
  });

  it('what is not JSON, and JSON that is packed otherwise than with gzip', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      '',
    ]) {
      const { status, body } = await door.call('POST', '/v1/notifications', {
        as: door.keys.send,
        body: good,
        headers: { 'content-type': type },
      });
      expect({ type, status, body }).toMatchObject({ type, status: 415, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } });
    }
    for (const encoding of ['br', 'deflate', 'gzip, gzip']) {
      expect(
        (await door.call('POST', '/v1/notifications', { as: door.keys.send, body: good, headers: { 'content-encoding': encoding } }))
          .status,
      ).toBe(415);
    }
    expect(
      (await door.call('POST', '/v1/notifications', { as: door.keys.send, body: good, headers: { 'content-encoding': 'gzip' } })).status,
    ).toBe(400);
  });

  it('more bytes than it may have, also when they come packed', async () => {
    const huge = `[${`${JSON.stringify({ ...good, message: 'x'.repeat(4000) })},`.repeat(2200)}0]`;
    const packed = gzipSync(huge);
    expect(packed.length).toBeLessThan(200_000);
    for (const [text, headers] of [
      [huge, {}],
      [packed, { 'content-encoding': 'gzip' }],
    ] as const) {
      expect(await door.call('POST', '/v1/notifications', { as: door.keys.send, text, headers })).toMatchObject({
        status: 413,
        body: { error: { code: 'BODY_TOO_LARGE' } },
      });
    }
    expect((await door.call('POST', '/v1/inbox/read', { as: userToken, text: ' '.repeat(1_048_577) })).status).toBe(413);
  });

  it('bodies that are far too large, and answers when they have come, to a client that has finished writing', async () => {
    const { hostname, port } = new URL(door.url);
    const socket = connect(Number(port), hostname);
    const half = ' '.repeat(1_000_000);
    const answered = text(socket);
    let early = 0;
    socket.on('data', () => early++);
    socket.write(
      `POST /v1/notifications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${door.keys.send}\r\nContent-Type: application/json\r\n`,
    );
    socket.write(`Content-Length: ${20 * half.length}\r\n\r\n${half}`);
    // By then the server has long seen the length.
    for (let time = 0; time < 5; time++) await door.call('GET', '/v1/nothing', { as: door.keys.send });
    expect(early).toBe(0);
    for (let time = 1; time < 20; time++) socket.write(half);
    expect(await answered).toMatch(/^HTTP\/1.1 413 [^]*BODY_TOO_LARGE/);
  });

  it('idempotency keys that are none', async () => {
    for (const key of ['', 'x'.repeat(256), 'clé']) {
      const { status, body } = await door.call('POST', '/v1/notifications', {
        as: door.keys.send,
        body: good,
        headers: { 'idempotency-key': Buffer.from(key).toString('latin1') },
      });
      expect({ key, status, body }).toMatchObject({ key, status: 400, body: { error: { path: 'headers.idempotency-key' } } });
    }
  });
});

describe('other routes refuse', () => {
  const cases: [call: string, as: 'user' | 'send' | 'operate' | 'admin', body: unknown, path: string][] = [
    ['POST /v1/push-tokens', 'user', { token: 'not-a-token', platform: 'ios' }, 'token'],
    ['POST /v1/push-tokens', 'user', { token: 'ExponentPushToken[a\u0000]', platform: 'ios' }, 'token'],
    ['POST /v1/push-tokens', 'user', { token: 'ExponentPushToken[abc]', platform: 'symbian' }, 'platform'],
    ['POST /v1/push-tokens', 'send', { token: 'ExponentPushToken[abc]', platform: 'ios' }, 'userId'],
    ['POST /v1/push-tokens', 'send', { userId: 'x', token: 'ExponentPushToken[abc]', platform: 'ios' }, 'userId'],
    ['POST /v1/push-tokens', 'user', { token: 'ExponentPushToken[abc]', platform: 'ios', project: 'no-such' }, 'project'],
    ['GET /v1/push-tokens', 'send', undefined, 'query.userId'],
    ['GET /v1/push-tokens?userId=%00', 'send', undefined, 'query.userId'],
    ['DELETE /v1/push-tokens/x', 'user', undefined, 'params.id'],
    ['PATCH /v1/settings', 'user', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['PATCH /v1/settings', 'user', { timezone: '+09:00' }, 'timezone'],
    ['PATCH /v1/settings', 'user', { quietHours: { start: '25:00' } }, 'quietHours.start'],
    ['PATCH /v1/settings', 'user', { userId: randomUUID() }, 'userId'],
    ['PUT /v1/settings', 'user', { pushEnabled: true }, 'timezone'],
    ['PATCH /v1/users/1/settings', 'send', {}, 'params.id'],
    ['GET /v1/inbox?limit=201', 'user', undefined, 'query.limit'],
    ['GET /v1/inbox?limit=1e2', 'user', undefined, 'query.limit'],
    ['GET /v1/inbox?limit=1&limit=2', 'user', undefined, 'query.limit'],
    ['GET /v1/inbox?unread=yes', 'user', undefined, 'query.unread'],
    ['GET /v1/inbox?cursor=abc', 'user', undefined, 'query.cursor'],
    ['GET /v1/inbox?__proto__=1', 'user', undefined, 'query.__proto__'],
    ['POST /v1/inbox/read', 'user', { ids: ['x'] }, 'ids[0]'],
    ['POST /v1/inbox/read', 'user', { ids: [] }, 'ids'],
    ['POST /v1/inbox/%20/read', 'user', undefined, 'params.id'],
    [`POST /v1/inbox/${userId}/acked`, 'user', { deliveryId: '1e9' }, 'deliveryId'],
    [`POST /v1/inbox/${userId}/acked`, 'user', { deliveryId: 7 }, 'deliveryId'],
    ['POST /v1/broadcasts', 'operate', { type: 'x', title: 'x', audience: { kind: 'some' }, reason: 'x' }, 'audience.kind'],
    ['POST /v1/broadcasts', 'operate', { type: 'x', title: 'x', audience: { kind: 'all' }, start: 'yes', reason: 'x' }, 'start'],
    ['POST /v1/broadcasts', 'operate', { type: 'x', title: 'x', audience: { kind: 'all' }, extra: 1, reason: 'x' }, 'extra'],
    ['POST /v1/broadcasts', 'operate', { type: 'x', title: 'x', audience: { kind: 'all' }, lane: 'fast', reason: 'x' }, 'lane'],
    ['POST /v1/broadcasts/preview', 'send', { audience: { kind: 'filter' } }, 'audience'],
    ['POST /v1/broadcasts/preview', 'send', { audience: { kind: 'all' }, more: 1 }, 'more'],
    ['GET /v1/broadcasts/0', 'operate', undefined, 'params.id'],
    ['GET /v1/broadcasts/99999999999999999999', 'operate', undefined, 'params.id'],
    ['POST /v1/queue/pause', 'operate', undefined, 'reason'],
    ['POST /v1/queue/pause', 'operate', null, 'reason'],
    ['POST /v1/queue/pause', 'operate', [], ''],
    ['POST /v1/queue/pause', 'operate', { reason: '' }, 'reason'],
    ['POST /v1/queue/pause', 'operate', { reason: 'x'.repeat(1001) }, 'reason'],
    ['POST /v1/queue/catch-up', 'operate', { since: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z', reason: 'x' }, 'until'],
    ['PUT /v1/pushes-enabled', 'operate', { enabled: 'no', reason: 'x' }, 'enabled'],
    ['PUT /v1/policy', 'operate', { capLimit: 0, reason: 'x' }, 'capLimit'],
    ['PUT /v1/policy', 'operate', { defaultTimezone: 'JST', reason: 'x' }, 'defaultTimezone'],
    ['PUT /v1/policy', 'operate', { tokenLossShare: 1.1, reason: 'x' }, 'tokenLossShare'],
    ['PUT /v1/policy', 'operate', { defaultLane: 'fast', reason: 'x' }, 'defaultLane'],
    ['PUT /v1/types/a', 'operate', { lane: 3, reason: 'x' }, 'lane'],
    ['PUT /v1/types/a%20b', 'operate', { reason: 'x' }, 'params.type'],
    ['PUT /v1/types/a', 'operate', { ttlSeconds: 1e12, reason: 'x' }, 'ttlSeconds'],
    ['POST /v1/push-tokens/quarantine/undo', 'operate', { since: 'yesterday', reason: 'x' }, 'since'],
    ['POST /v1/api-keys', 'admin', { name: 'x', scopes: ['root'], reason: 'x' }, 'scopes[0]'],
    ['POST /v1/api-keys', 'admin', { name: 'x', scopes: [], reason: 'x' }, 'scopes'],
    ['POST /v1/api-keys/short/revoke', 'admin', { reason: 'x' }, 'params.id'],
    [`PUT /v1/types/${'x'.repeat(300)}`, 'operate', { reason: 'x' }, 'params.type'],
    ['GET /v1/audit?action=broadcast.start', 'admin', undefined, 'query.action'],
    ['GET /v1/audit?limit=0', 'admin', undefined, 'query.limit'],
    ['GET /v1/ledger?by=day', 'operate', undefined, 'query.by'],
    ['GET /v1/ledger?since=2026', 'operate', undefined, 'query.since'],
    ['GET /v1/ledger?since=1999-12-31T23:59:59Z', 'operate', undefined, 'query.since'],
    ['POST /v1/api-keys', 'admin', { name: 'x', scopes: ['send'], expiresAt: '2200-01-01T00:00:00Z', reason: 'x' }, 'expiresAt'],
    ['POST /v1/api-keys', 'admin', { name: 'x', scopes: ['send'], expiresAt: '2020-01-01T00:00:00Z', reason: 'x' }, 'expiresAt'],
    ['POST /v1/notifications', 'send', { userId, type: 'x', title: 'x', sendAt: '2200-01-01T00:00:00Z' }, 'sendAt'],
    ['GET /v1/notifications/1', 'send', undefined, 'params.id'],
    ['GET /v1/status?verbose=1', 'operate', undefined, 'query.verbose'],
  ];

  /** Every act of operators, complete but for why. */
  const acts: readonly [string, object][] = [
    ['POST /v1/queue/pause', {}],
    ['POST /v1/queue/resume', {}],
    ['POST /v1/queue/catch-up', { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' }],
    ['PUT /v1/pushes-enabled', { enabled: false }],
    ['POST /v1/emergency/stop', {}],
    ['POST /v1/emergency/resume', {}],
    ['PUT /v1/policy', { capLimit: 1 }],
    ['PUT /v1/types/alarm', { urgent: true }],
    ['POST /v1/push-tokens/quarantine/undo', { since: '2026-01-01T00:00:00Z' }],
    ['POST /v1/projects/1/unfreeze', {}],
    ['POST /v1/projects/1/pause', {}],
    ['POST /v1/projects/1/resume', {}],
    ['PUT /v1/log-level', { level: 'debug', seconds: 60 }],
    ['POST /v1/broadcasts', { type: 'x', title: 'x', audience: { kind: 'all' } }],
    ['POST /v1/broadcasts/1/recipients', { userIds: [userId] }],
    ...['start', 'pause', 'resume', 'cancel'].map((act): [string, object] => [`POST /v1/broadcasts/1/${act}`, {}]),
    ['POST /v1/api-keys', { name: 'x', scopes: ['send'] }],
    ['POST /v1/api-keys/000000000000/revoke', {}],
    ['PATCH /v1/tuning', {}],
    ['POST /v1/tuning/adjust', {}],
    ['PATCH /v1/alerts/rules/breaker-open', { enabled: false }],
    ['POST /v1/alerts/rules', { name: 'breaker-open', figure: 'breakers_open', comparison: 'above', threshold: 0 }],
    ['POST /v1/alerts/rules/breaker-open/remove', {}],
    ['POST /v1/alerts/1/acknowledge', {}],
    ['POST /v1/alerts/silences', { until: '2026-01-01T00:00:00Z' }],
    ['POST /v1/alerts/silences/1/end', {}],
    ['POST /v1/alerts/routes/slack/test', {}],
    ['POST /v1/reports/weekly/send', {}],
  ];

  it.each(acts)('%s without a reason, or with one that says nothing', async (call, body) => {
    const [method = '', url = ''] = call.split(' ');
    const controls = await door.parts.controlPanel.read();
    const policy = await door.parts.policyManager.read();
    for (const reason of [undefined, null, 7, '', ' \t', 'two\nlines', 'a\u0000b', '\u001b[2J', 'x'.repeat(1001)]) {
      const answer = await door.call(method, url, { as: door.keys.admin, body: { ...body, reason } });
      expect({ reason, ...answer }).toMatchObject({ reason, status: 400, body: { error: { code: 'INVALID_INPUT', path: 'reason' } } });
    }
    expect(await door.parts.controlPanel.read()).toEqual(controls);
    expect(await door.parts.policyManager.read()).toEqual(policy);
  });

  it('nothing else that operators change: those above are all', () => {
    const changing = door.app.declaredRoutes.filter(
      ({ method, access }) => method !== 'GET' && access !== 'public' && access.every((grant) => grant === 'operate' || grant === 'admin'),
    );
    const parameters: Readonly<Record<string, string>> = { alarm: ':type', 'breaker-open': ':name', slack: ':route', weekly: ':period' };
    const named = (call: string) =>
      call.replace(/\/(1|0{12}|alarm|breaker-open|slack|weekly)(?=\/|$)/, (_all, part: string) => `/${parameters[part] ?? ':id'}`);
    expect(changing.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(acts.map(([call]) => named(call)).sort());
  });

  it.each(cases)('%s as %s with %j at %s', async (call, as, body, path) => {
    const [method = '', url = ''] = call.split(' ');
    const answer = await door.call(method, url, { as: as === 'user' ? userToken : door.keys[as], body });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', path } } });
  });

  describe('NUL, and 300 characters, in whatever stands in the URL, with its name:', () => {
    interface Parameter {
      readonly in: 'path' | 'query';
      readonly name: string;
    }
    /** Every parameter of every route, as the API's description has it: a new one is among them by itself. */
    function parameters(): { method: string; url: string; as: string | null; parameter: Parameter }[] {
      const { paths } = door.app.swagger() as unknown as { paths: Record<string, Record<string, { parameters?: Parameter[] }>> };
      return door.app.declaredRoutes.flatMap(({ method, url, access }) => {
        const described = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.parameters ?? [];
        const as = access === 'public' ? null : access.includes('user') ? userToken : door.keys.admin;
        return described.map((parameter) => ({ method, url, as, parameter }));
      });
    }
    const fine = (url: string): string =>
      url.replace('push-tokens/:id', `push-tokens/${userId}`).replace(':language', 'en').replace(':period', 'daily').replace(/:\w+/g, '1');

    it.each([
      ['NUL', 'a%00b'],
      ['300 characters', 'x'.repeat(300)],
    ])('%s', async (_name, value) => {
      const all = parameters();
      expect(all.length).toBeGreaterThan(40);
      for (const { method, url, as, parameter } of all) {
        const { name } = parameter;
        const place = parameter.in === 'path' ? 'params' : 'query';
        const asked = place === 'params' ? fine(url.replace(`:${name}`, value)) : `${fine(url)}?${name}=${value}`;
        const answer = await door.call(method, asked, { as, body: method === 'GET' ? undefined : { reason: 'x' } });
        const error = { code: 'INVALID_INPUT', path: `${place}.${name}` };
        expect({ method, url, ...answer }).toMatchObject({ method, url, status: 400, body: { error } });
      }
    });

    it('but not percent signs that encode nothing: they stay as they are', async () => {
      for (const value of ['%ff', '%', '%zz', '%ed%a0%80', '%c0%80', '\ufffd'])
        expect(await door.get(`/v1/audit?actor=${value}`, door.keys.admin)).toMatchObject({ status: 200, body: { entries: [] } });
    });
  });

  it('what a user asks for somebody else', async () => {
    const other = randomUUID();
    expect(
      (
        await door.call('POST', '/v1/push-tokens', {
          as: userToken,
          body: { userId: other, token: 'ExponentPushToken[a]', platform: 'ios' },
        })
      ).status,
    ).toBe(403);
    expect((await door.get(`/v1/push-tokens?userId=${other}`, userToken)).status).toBe(403);
    expect((await door.call('DELETE', `/v1/push-tokens/${other}?userId=${other}`, { as: userToken })).status).toBe(403);
  });

  it('things that are not there', async () => {
    const id = randomUUID();
    const calls: [string, string, string | null, unknown?][] = [
      ['GET', `/v1/notifications/${id}`, door.keys.send],
      ['GET', `/v1/notifications/${id}/explain`, door.keys.operate],
      ['POST', `/v1/inbox/${id}/read`, userToken],
      ['POST', `/v1/inbox/${id}/opened`, userToken],
      ['POST', `/v1/inbox/${id}/acked`, userToken, { deliveryId: '1' }],
      ['DELETE', `/v1/push-tokens/${id}`, userToken],
      ['DELETE', '/v1/push-tokens', userToken, { token: 'ExponentPushToken[unknown]' }],
      ['GET', '/v1/broadcasts/999', door.keys.operate],
      ['POST', '/v1/projects/999/unfreeze', door.keys.operate, { reason: 'x' }],
      ['GET', '/v1/push-tokens/quarantine?projectId=999', door.keys.operate, undefined],
      ['POST', '/v1/push-tokens/quarantine/undo', door.keys.operate, { since: '2026-01-01T00:00:00Z', projectId: 999, reason: 'x' }],
      ['POST', '/v1/api-keys/000000000000/revoke', door.keys.admin, { reason: 'x' }],
      ['GET', '/v1/nothing', door.keys.admin],
      ['GET', '/', null],
      ['PUT', '/v1/notifications', door.keys.send, good],
    ];
    for (const [method, path, as, body] of calls) {
      expect({ path, ...(await door.call(method, path, { as, body })) }).toMatchObject({
        path,
        status: 404,
        body: { error: { code: 'NOT_FOUND' } },
      });
    }
  });
});
