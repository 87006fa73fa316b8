/** The Edge Function in front of a real Todoku. It runs in Deno; all that it uses is of the Web's standards, so here it runs in Node. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../../supabase/functions/send-push-notification/handle-request.js';
import { refusals } from '../../../supabase/functions/send-push-notification/refusal.js';
import { errorCatalogue } from '../../src/errors/catalogue.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';
import { refusingUrl, startRawServer } from '../support/raw-server.js';

const legacyKey = 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlLW9mLXRoZS1wbGF0Zm9ybQ';
const secretKey = 'sb_secret_N7UND0UgjKTVK_Uodkm0Hg_XvEMPvpw';
const title = 'A title that no log may hold';

let db: TestDatabase;
let door: HttpDoor;
let env: Record<string, string>;
let lines: string[];

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
  env = {
    TODOKU_URL: door.url,
    TODOKU_API_KEY: door.keys.send,
    SUPABASE_SERVICE_ROLE_KEY: legacyKey,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secretKey, other: 'sb_secret_of_another_back_end_0123456' }),
  };
});
afterAll(async () => {
  await door.close();
  await db.close();
});
beforeEach(async () => {
  lines = [];
  await db.admin.query('delete from notifications');
});

interface Called {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly env?: Record<string, string | undefined>;
  readonly method?: string;
  readonly deadlineMs?: number;
}

/** As a back end calls it, unless `headers` say otherwise. */
async function call(body: unknown, options: CallOptions = {}): Promise<Called> {
  const { deadlineMs, method = 'POST' } = options;
  const parts = { env: { ...env, ...options.env }, fetch, log: (line: string) => lines.push(line) };
  const handle = createHandler(deadlineMs === undefined ? parts : { ...parts, deadlineMs });
  const isStream = body instanceof ReadableStream;
  const request = new Request('https://project.supabase.co/functions/v1/send-push-notification', {
    method,
    headers: { 'content-type': 'application/json', ...(options.headers ?? { authorization: `Bearer ${legacyKey}` }) },
    ...(method === 'GET' ? {} : { body: isStream || typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(isStream ? { duplex: 'half' } : {}),
  });
  const response = await handle(request);
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
}

const one = (fields: object = {}): object => ({ userId: randomUUID(), type: 'message', title, ...fields });
const as = (headers: Record<string, string>): CallOptions => ({ headers });
const keyed = (key: string): CallOptions => as({ apikey: secretKey, 'idempotency-key': key });

async function rows(): Promise<number> {
  const [row] = await db.admin.query<{ n: number }>('select count(*)::int as n from notifications');
  return row?.n ?? -1;
}

/** One line, which the manual's grep finds and which `cut` can count. */
function logged(code: string): void {
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^ERROR NotificationError ${code} \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\S+ .*$`))]);
  for (const hidden of [legacyKey, secretKey, door.keys.send, title]) expect(lines[0]).not.toContain(hidden);
  lines = [];
}

describe('what is handed on', () => {
  it('one notification', async () => {
    const { status, body, headers } = await call(one());
    expect({ status, body }).toEqual({ status: 202, body: { status: 'accepted', id: expect.any(String) } });
    expect(headers.get('x-request-id')).toBeTruthy();
    expect(await rows()).toBe(1);
    expect(lines).toEqual([]);
  });

  it('many, with what became of each, and a line about those that were rejected', async () => {
    const { status, body } = await call({ notifications: [one(), one({ title: '' }), one()] });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      results: [{ status: 'accepted' }, { status: 'rejected', error: { path: 'notifications[1].title' } }, { status: 'accepted' }],
    });
    expect(lines[0]).toContain('rejected=1,of=3');
    logged('INVALID_INPUT');
    expect(await rows()).toBe(2);
  });

  it.each([
    ['a wrong field', () => call(one({ userId: 'x' })), 400, 'INVALID_INPUT', 'userId'],
    ['no JSON', () => call('{'), 400, 'INVALID_INPUT', ''],
    ['an empty body', () => call(''), 400, 'INVALID_INPUT', ''],
    ['too big a notification', () => call(one({ message: 'x'.repeat(5000) })), 400, 'PAYLOAD_TOO_BIG', null],
    ['another form', () => call('a=b', as({ apikey: secretKey, 'content-type': 'text/plain' })), 415, 'UNSUPPORTED_MEDIA_TYPE', null],
    ['a wrong key', () => call(one(), keyed('x'.repeat(300))), 400, 'INVALID_INPUT', 'headers.idempotency-key'],
  ])('%s is answered as Todoku answers it', async (_, ask, status, code, path) => {
    const answer = await ask();
    expect(answer).toMatchObject({ status, body: { error: { code, remedy: expect.any(String), requestId: expect.any(String) } } });
    if (path !== null) expect(answer.body).toMatchObject({ error: { path } });
    logged(code);
    expect(await rows()).toBe(0);
  });

  it('the Idempotency-Key', async () => {
    const body = one();
    const first = await call(body, keyed('e1'));
    const second = await call(body, keyed('e1'));
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(await call(one(), keyed('e1'))).toMatchObject({ status: 409, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } } });
    logged('IDEMPOTENCY_KEY_REUSED');
    expect(await rows()).toBe(1);
  });

  it('that an operator has stopped the intake, and when to come again', async () => {
    await db.admin.query('update push.controls set emergency = true');
    const { status, headers } = await call(one());
    expect([status, headers.get('retry-after')]).toEqual([503, '30']);
    logged('INTAKE_STOPPED');
    await db.admin.query('update push.controls set emergency = false');
  });
});

describe('who may call', () => {
  it.each([
    ['the older key as a bearer', { authorization: `Bearer ${legacyKey}` }],
    ['a newer key in apikey', { apikey: secretKey }],
    ['a newer key in both', { apikey: secretKey, authorization: `Bearer ${secretKey}` }],
    ['the second newer key', { apikey: 'sb_secret_of_another_back_end_0123456' }],
  ])('%s', async (_, headers) => {
    expect((await call(one(), { headers })).status).toBe(202);
  });

  const forged = (claims: object): string =>
    `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${legacyKey.split('.')[2]}`;

  it.each([
    ['nobody', {}, 401],
    ['nothing but the word', { authorization: 'Bearer ' }, 401],
    ['another scheme', { authorization: `Basic ${legacyKey}` }, 401],
    ['a forged claim', { authorization: `Bearer ${forged({ role: 'service_role' })}` }, 403],
    ['the anonymous role', { apikey: forged({ role: 'anon' }), authorization: `Bearer ${forged({ role: 'anon' })}` }, 403],
    ['the key of apps', { apikey: 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH' }, 403],
    ['a part of the key', { apikey: secretKey.slice(0, -1) }, 403],
    ['more than the key', { apikey: `${secretKey}x` }, 403],
    ['a key in other letters', { apikey: secretKey.toUpperCase() }, 403],
    ['the list of the keys', { apikey: JSON.stringify({ default: secretKey }) }, 403],
    ['two keys at once', { apikey: `${secretKey}, ${secretKey}` }, 403],
  ] as const)('not %s', async (_, headers, status) => {
    const code = status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN';
    expect(await call(one(), { headers })).toMatchObject({ status, body: { error: { code } } });
    logged(code);
    expect(await rows()).toBe(0);
  });

  it('not with what Todoku itself would know', async () => {
    for (const credential of [await door.signIn(), door.keys.send]) {
      expect((await call(one(), as({ authorization: `Bearer ${credential}` }))).status).toBe(403);
      logged('FORBIDDEN');
    }
  });

  it.each([
    ['none', undefined, undefined],
    ['empty ones', '', '{}'],
    ['no JSON', undefined, secretKey],
    ['placeholders', 'secret', '{"default":"x"}'],
  ])('nobody where the platform gave %s', async (_, SUPABASE_SERVICE_ROLE_KEY, SUPABASE_SECRET_KEYS) => {
    for (const shown of [SUPABASE_SERVICE_ROLE_KEY ?? '', 'x', secretKey, 'undefined']) {
      const answer = await call(one(), { env: { SUPABASE_SERVICE_ROLE_KEY, SUPABASE_SECRET_KEYS }, headers: { apikey: shown } });
      expect(answer).toMatchObject({ status: 500, body: { error: { code: 'CONFIGURATION_INVALID' } } });
      logged('CONFIGURATION_INVALID');
    }
    expect(await rows()).toBe(0);
  });

  it('no browser from another page', async () => {
    const { status, headers } = await call('', { method: 'OPTIONS' });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([404, null]);
    expect((await call('', { method: 'GET' })).status).toBe(404);
  });
});

describe('a database webhook', () => {
  const event = (record: object | null, more: object = {}): object => ({
    ...{ type: 'INSERT', schema: 'public', table: 'orders', old_record: null },
    record:
      record === null ? null : { id: 7, user_id: randomUUID(), type: 'order', title, note: 'the table’s own', is_read: false, ...record },
    ...more,
  });

  it('makes a notification of an inserted row, and one only however often it is posted', async () => {
    const webhook = event({ data: { order: 7 }, message: null, expires_at: '2099-08-01T09:00:00.5+00:00' });
    const first = await call(webhook);
    expect(first).toMatchObject({ status: 202, body: { status: 'accepted' } });
    const again = await call(webhook, as({ apikey: secretKey }));
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await db.admin.query('select type, title, message, data from notifications')).toEqual([
      { type: 'order', title, message: '', data: { order: 7 } },
    ]);
    expect((await call(event({}))).status).toBe(202);
    expect(await rows()).toBe(2);
    expect(lines).toEqual([]);
  });

  it('is told which column is wrong', async () => {
    expect(await call(event({ user_id: 'x' }))).toMatchObject({ status: 400, body: { error: { path: 'record.user_id' } } });
    expect(lines[0]).toContain('table=public.orders');
    logged('INVALID_INPUT');
    expect(await call(event({ push: { sound: 7 } }))).toMatchObject({ status: 400, body: { error: { path: 'record.push.sound' } } });
  });

  it.each(['UPDATE', 'DELETE'])('of an %s forwards nothing', async (type) => {
    const answer = await call(event(type === 'DELETE' ? null : {}, { type, old_record: {} }));
    expect(answer).toMatchObject({ status: 200, body: { status: 'ignored' } });
    expect(await rows()).toBe(0);
  });

  it('on notifications itself forwards nothing: the row has been taken in', async () => {
    await db.admin.query('create table posted (payload jsonb)');
    await db.admin.query(`create function post() returns trigger language plpgsql as $$ begin
      insert into posted values (jsonb_build_object('type', tg_op, 'schema', tg_table_schema, 'table', tg_table_name, 'record', new, 'old_record', old));
      return new; end $$`);
    await db.admin.query('create trigger webhook after insert on notifications for each row execute function post()');
    await db.admin.query('insert into notifications (user_id, type, title) values (gen_random_uuid(), $1, $2)', ['message', title]);
    const [row] = await db.admin.query<{ payload: { schema: string } }>('select payload from posted');
    await db.admin.query('drop trigger webhook on notifications');
    // Postgres names the partition and not the table.
    expect(row?.payload.schema).toBe('push');
    for (const webhook of [row?.payload, { ...row?.payload, schema: 'public', table: 'notifications' }]) {
      const answer = await call(webhook);
      expect(answer).toMatchObject({ status: 200, body: { status: 'ignored', reason: expect.stringContaining('own transaction') } });
    }
    expect(await rows()).toBe(1);
    expect(lines).toEqual([]);
  });
});

describe('what holds it up', () => {
  it('a body over 8 MiB is not read to its end', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1_048_576).fill(32));
      },
    });
    expect(await call(endless)).toMatchObject({ status: 413, body: { error: { code: 'BODY_TOO_LARGE' } } });
    expect(pulled).toBeLessThan(16);
    logged('BODY_TOO_LARGE');
  });

  it('a body that never comes', async () => {
    expect(await call(new ReadableStream(), { deadlineMs: 50 })).toMatchObject({ status: 408 });
    logged('REQUEST_TIMEOUT');
  });

  it('Todoku is away', async () => {
    const answer = await call(one(), { env: { TODOKU_URL: await refusingUrl() } });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'TODOKU_UNAVAILABLE', path: null } } });
    expect(answer.headers.get('retry-after')).toBe('5');
    logged('TODOKU_UNAVAILABLE');
  });

  it('Todoku takes it and does not answer: it may have been sent', async () => {
    const silent = await startRawServer(() => undefined);
    const answer = await call(one(), { env: { TODOKU_URL: silent.url }, deadlineMs: 200 });
    expect(answer).toMatchObject({ status: 503, body: { error: { message: expect.stringContaining('may have taken') } } });
    logged('TODOKU_UNAVAILABLE');
    await silent.close();
  });

  it('something between fails once: with a key the request is made again, without one it is not', async () => {
    let asked = 0;
    const flaky = await startRawServer((response) => {
      asked += 1;
      if (asked % 2 === 1) response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
      else response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'accepted', id: randomUUID() }));
    });
    const answer = await call(one(), { ...keyed('e2'), env: { TODOKU_URL: flaky.url } });
    expect({ ...answer, lines }).toMatchObject({ status: 202, lines: [] });
    const [first, second] = flaky.received;
    expect(second).toEqual(first);
    expect([asked, first?.headers['idempotency-key']]).toEqual([2, 'e2']);
    expect((await call(one(), { env: { TODOKU_URL: `${flaky.url}/` } })).status).toBe(503);
    expect(asked).toBe(3);
    expect(new Set(flaky.received.map(({ path }) => path))).toEqual(new Set(['/v1/notifications']));
    logged('TODOKU_UNAVAILABLE');
    await flaky.close();
  });

  it('an answer without an end', async () => {
    const endless = await startRawServer((response) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))) continue;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect((await call(one(), { env: { TODOKU_URL: endless.url } })).status).toBe(503);
    logged('TODOKU_UNAVAILABLE');
    await endless.close();
  });
});

describe('what is set up wrongly', () => {
  it.each([
    ['no address', { TODOKU_URL: undefined }, 'TODOKU_URL'],
    ['no web address', { TODOKU_URL: 'file:///etc' }, 'TODOKU_URL'],
    ['a password in the address', { TODOKU_URL: 'https://a:b@push.example.com' }, 'TODOKU_URL'],
    ['no key', { TODOKU_API_KEY: '' }, 'TODOKU_API_KEY'],
    ['a key of two lines', { TODOKU_API_KEY: 'a\nb' }, 'TODOKU_API_KEY'],
    ['a key that Todoku does not know', { TODOKU_API_KEY: 'todoku_nobody' }, 'TODOKU_API_KEY'],
  ])('%s', async (_, wrong, name) => {
    const answer = await call(one(), { env: wrong });
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: 'CONFIGURATION_INVALID', message: expect.stringContaining(name) } },
    });
    logged('CONFIGURATION_INVALID');
  });

  it('a key without scope send', async () => {
    expect((await call(one(), { env: { TODOKU_API_KEY: door.keys.operate } })).status).toBe(500);
    logged('CONFIGURATION_INVALID');
  });

  it('an address that leads elsewhere is not followed: the key stays here', async () => {
    const elsewhere = await startRawServer((response) => response.writeHead(200).end('{"status":"accepted","id":"1"}'));
    const moved = await startRawServer((response) => response.writeHead(307, { location: elsewhere.url }).end());
    expect(await call(one(), { env: { TODOKU_URL: moved.url } })).toMatchObject({ status: 500 });
    logged('CONFIGURATION_INVALID');
    expect(elsewhere.received).toEqual([]);
    await moved.close();
    await elsewhere.close();
  });
});

it('its own errors are those of the catalogue', () => {
  for (const [code, { status }] of Object.entries(refusals))
    expect({ code, status: errorCatalogue[code as keyof typeof refusals].status }).toEqual({ code, status });
});
