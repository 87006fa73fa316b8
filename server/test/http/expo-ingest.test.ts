import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidV7 } from '../../src/notifications/uuid-v7.js';
import { HttpDoor } from '../support/http-door.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let door: HttpDoor;
let key: string;

beforeAll(async () => {
  spine = await Spine.start();
  door = await HttpDoor.open(spine.database, { keyring: spine.keyring });
  key = door.keys.send;
});
afterAll(async () => {
  await door.close();
  await spine.close();
});

interface Answer {
  readonly status: number;
  readonly json: { readonly data?: unknown; readonly errors?: readonly { readonly code: string; readonly message: string }[] };
}

async function post(call: 'send' | 'getReceipts', body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${door.url}/--/api/v2/push/${call}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, json: (await response.json()) as Answer['json'] };
}

const send = (body: unknown): Promise<Answer> => post('send', JSON.stringify(body));
const getReceipts = (ids: readonly unknown[]): Promise<Answer> => post('getReceipts', JSON.stringify({ ids }));
const to = 'ExponentPushToken[device]';

function refusal(code: string, message: unknown = expect.any(String)) {
  return { errors: [{ code, message, isTransient: expect.any(Boolean), requestId: expect.any(String) }] };
}

async function stored(): Promise<number> {
  const [row] = await spine.admin.query<{ n: number }>('select count(*) as n from notifications');
  return row?.n ?? -1;
}

describe('send', () => {
  it('answers one message with one ticket', async () => {
    expect(await send({ to, title: 'T' })).toEqual({ status: 200, json: { data: { status: 'ok', id: expect.any(String) } } });
    expect(await send({ to: [to] })).toEqual({ status: 200, json: { data: [{ status: 'ok', id: expect.any(String) }] } });
  });

  it('stores what the message says, in one commit', async () => {
    const expiration = Math.floor(Date.now() / 1000) + 600;
    const { json } = await send([{ to: [to, to], title: 'T', body: 'B', data: { _type: 'chat' }, channelId: 'c', tag: 't', expiration }]);
    const [one, two] = json.data as { id: string }[];
    const rows = await spine.admin.query(
      `select type, title, message, data, push, collapse_key, expires_at, token_id is not null as one_device, created_at
       from notifications where id in ($1, $2)`,
      [one?.id, two?.id],
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      type: 'chat',
      title: 'T',
      message: 'B',
      data: { _type: 'chat' },
      push: { channelId: 'c', priority: 'default' },
      collapse_key: 't',
      expires_at: new Date(expiration * 1000),
      one_device: true,
      created_at: rows[1]?.['created_at'],
    });
  });

  it('reads gzip, and not without end', async () => {
    const body = JSON.stringify([{ to, title: 'T', data: { text: 'x'.repeat(2000) } }]);
    expect(await post('send', gzipSync(body), { 'content-encoding': 'gzip' })).toMatchObject({ status: 200 });
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    expect(await post('send', bomb, { 'content-encoding': 'gzip' })).toMatchObject({ status: 413, json: refusal('PAYLOAD_TOO_LARGE') });
    expect(await post('send', body, { 'content-encoding': 'gzip' })).toMatchObject({ status: 400, json: refusal('VALIDATION_ERROR') });
  });

  it('takes a full request of large messages that are written with escapes', async () => {
    const escaped = '\\u3042'.repeat(1300);
    const body = `[${Array.from({ length: 100 }, () => `{"to":"${to}","body":"${escaped}"}`).join(',')}]`;
    const { status, json } = await post('send', body);
    expect(status).toBe(200);
    expect((json.data as { status: string }[]).filter((ticket) => ticket.status === 'ok')).toHaveLength(100);
  });

  it.each([
    ['no JSON', '{"to":', 'VALIDATION_ERROR'],
    ['nothing', '', 'VALIDATION_ERROR'],
    ['too deep', `{"to":"${to}","data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 'VALIDATION_ERROR'],
    ['__proto__', `[{"to":"${to}","data":{"__proto__":{}}}]`, 'VALIDATION_ERROR'],
    ['NUL', `[{"to":"${to}","title":"a\\u0000"}]`, 'VALIDATION_ERROR'],
    ['half a pair', `[{"to":"${to}","title":"\\ud800"}]`, 'VALIDATION_ERROR'],
    ['one wrong message among good ones', `[{"to":"${to}"},{"to":"${to}","data":5}]`, 'VALIDATION_ERROR'],
    ['too many', JSON.stringify({ to: Array.from({ length: 101 }, () => to) }), 'PUSH_TOO_MANY_NOTIFICATIONS'],
  ])('refuses %s and stores nothing', async (_name, body, code) => {
    const before = await stored();
    expect(await post('send', body)).toEqual({ status: 400, json: refusal(code) });
    expect(await stored()).toBe(before);
  });

  it('names the message that is wrong', async () => {
    expect((await send([{ to }, { to, data: 5 }])).json).toEqual(refusal('VALIDATION_ERROR', '[1].data must be of type object.'));
    const nul = await post('send', `[{"to":"${to}"},{"to":"${to}","title":"a\\u0000"}]`);
    expect(nul.json.errors?.[0]?.message).toContain('[1].title');
  });

  it('wants JSON and a key', async () => {
    expect(await post('send', '{}', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      json: refusal('UNSUPPORTED_MEDIA_TYPE'),
    });
    expect(await post('send', '{}', { authorization: '' })).toMatchObject({ status: 401, json: refusal('UNAUTHORIZED') });
    expect(await post('send', '{}', { authorization: 'Bearer td_nothing' })).toMatchObject({ status: 401, json: refusal('UNAUTHORIZED') });
    const operator = { authorization: `Bearer ${door.keys.operate}` };
    expect(await post('send', '{}', operator)).toMatchObject({ status: 403, json: refusal('UNAUTHORIZED') });
    expect(await post('getReceipts', '{"ids":[]}', operator)).toMatchObject({ status: 403, json: refusal('UNAUTHORIZED') });
  });

  it('stops with the intake, and meets no new token meanwhile', async () => {
    const strange = 'ExponentPushToken[met while stopped]';
    await spine.admin.query('update push.controls set pushes_enabled = false');
    const answer = await send({ to: strange });
    await spine.admin.query('update push.controls set pushes_enabled = true');
    expect(answer).toMatchObject({ status: 503, json: refusal('SERVICE_UNAVAILABLE') });
    expect(await spine.admin.query('select 1 from push_tokens where token_hash = $1', [spine.keyring.hash(strange)])).toEqual([]);
  });

  it('calls no token dead when the project is missing', async () => {
    const strange = 'ExponentPushToken[without-project]';
    await spine.admin.query(`update push.projects set name = 'renamed' where name = 'default'`);
    const answer = await send({ to: strange });
    await spine.admin.query(`update push.projects set name = 'default' where name = 'renamed'`);
    expect(answer).toMatchObject({ status: 500, json: refusal('INTERNAL_SERVER_ERROR', 'An unknown error occurred.') });
  });
});

describe('getReceipts', () => {
  it('leaves out what is under way and what never was', async () => {
    const { json } = await send({ to });
    const { id } = json.data as { id: string };
    const strange = [
      id,
      id.toUpperCase(),
      randomUUID(),
      uuidV7(new Date()),
      'ffffffff-ffff-7fff-bfff-ffffffffffff',
      '00000000-0000-7000-8000-000000000000',
      '',
      '__proto__',
    ];
    expect(await getReceipts(strange)).toEqual({ status: 200, json: { data: {} } });
    expect(await getReceipts([])).toEqual({ status: 200, json: { data: {} } });
  });

  it.each([
    [{}, '"ids" must be an array.'],
    [{ ids: 'x' }, '"ids" must be an array.'],
    [{ ids: ['x', 5] }, '"ids[1]" must be a string.'],
    [[], '"value" must be of type object.'],
  ])('refuses %j', async (body, message) => {
    expect(await post('getReceipts', JSON.stringify(body))).toEqual({ status: 400, json: refusal('VALIDATION_ERROR', message) });
  });

  it('answers a thousand ids and no more', async () => {
    const ids = Array.from({ length: 1001 }, () => uuidV7(new Date()));
    expect(await getReceipts(ids.slice(1))).toMatchObject({ status: 200 });
    expect(await getReceipts(ids)).toEqual({ status: 400, json: refusal('PUSH_TOO_MANY_RECEIPTS', expect.stringContaining('1000')) });
  });
});
