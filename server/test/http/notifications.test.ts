import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, HttpDoor } from '../support/http-door.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let door: HttpDoor;

beforeAll(async () => {
  spine = await Spine.start();
  door = await HttpDoor.open(spine.database, { keyring: spine.keyring });
});
afterAll(async () => {
  await door.close();
  await spine.close();
});
beforeEach(() => spine.admin.query('delete from notifications'));

const one = (fields: object = {}): object => ({ userId: randomUUID(), type: 'message', title: 'Hello', ...fields });

async function rows(): Promise<number> {
  const [row] = await spine.admin.query<{ n: number }>('select count(*) as n from notifications');
  return row?.n ?? -1;
}

function send(body: unknown, key?: string): Promise<Answer> {
  return door.call('POST', '/v1/notifications', { as: door.keys.send, body, headers: key === undefined ? {} : { 'idempotency-key': key } });
}

describe('POST /v1/notifications', () => {
  it('accepts one, which is then delivered', async () => {
    await spine.worker();
    const user = await spine.user();
    const { status, body } = await send(one({ userId: user.id, message: 'World', data: { screen: 'chat' }, push: { sound: 'default' } }));
    expect({ status, body }).toEqual({ status: 202, body: { status: 'accepted', id: expect.any(String) } });
    const { id } = body as { id: string };
    const [delivery] = await spine.reaches(id, 'accepted_by_platform');
    expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toHaveLength(1);

    expect(await door.get(`/v1/notifications/${id}`, door.keys.send)).toMatchObject({
      status: 200,
      body: { id, standing: 'planned', deliveries: [{ deliveryId: delivery?.delivery_id, state: 'accepted_by_platform' }] },
    });
    expect(await door.get(`/v1/notifications/${id}/explain`, door.keys.operate)).toMatchObject({
      status: 200,
      body: { id, standing: 'planned' },
    });
    expect(await door.get(`/v1/users/${user.id}/explain`, door.keys.operate)).toMatchObject({
      status: 200,
      body: { userId: user.id, recent: [{ id }] },
    });

    const phone = await door.signIn(user.id);
    expect((await door.post(`/v1/inbox/${id}/acked`, phone, { deliveryId: String(delivery?.delivery_id) })).status).toBe(204);
    expect((await door.get(`/v1/notifications/${id}`, door.keys.send)).body).toMatchObject({ deliveries: [{ state: 'acked_by_device' }] });
    expect((await door.post(`/v1/inbox/${id}/acked`, await door.signIn(), { deliveryId: String(delivery?.delivery_id) })).status).toBe(404);
    await spine.stopWorkers();
  });

  it('accepts many, each on its own', async () => {
    const id = randomUUID();
    for (const wrap of [(list: object[]) => list, (list: object[]) => ({ notifications: list })]) {
      const { status, body } = await send(wrap([one({ id: randomUUID() }), one({ title: '' }), one({ id }), one({ id })]));
      expect(status).toBe(202);
      const { results } = body as { results: { status: string; error?: { code: string; path: string } }[] };
      expect(results.map((result) => result.status).slice(0, 2)).toEqual(['accepted', 'rejected']);
      expect(results[1]?.error).toMatchObject({ code: 'INVALID_INPUT', path: expect.stringMatching(/\[1\]\.title$/) });
      expect(results[3]?.error).toMatchObject({ code: 'DUPLICATE_ID', path: expect.stringMatching(/\[3\]\.id$/) });
    }
    expect(await rows()).toBe(3);
  });

  it('accepts a thousand in one request', async () => {
    const { status, body } = await send(Array.from({ length: 1000 }, () => one({ message: 'x'.repeat(3000) })));
    expect(status).toBe(202);
    expect(new Set((body as { results: { id: string }[] }).results.map(({ id }) => id)).size).toBe(1000);
    expect(await rows()).toBe(1000);
  });

  it('says that an id was used before', async () => {
    const id = randomUUID();
    expect((await send(one({ id: id.toUpperCase() }))).body).toEqual({ status: 'accepted', id });
    expect(await send(one({ id }))).toMatchObject({ status: 409, body: { error: { code: 'DUPLICATE_ID', path: 'id' } } });
    expect(await send([one({ id })])).toMatchObject({
      status: 400,
      body: { error: { path: '[0].id' }, results: [{ error: { code: 'DUPLICATE_ID' } }] },
    });
    expect(await rows()).toBe(1);
  });

  it('is closed while an operator has switched pushes off, and in an emergency; not while the queue is paused', async () => {
    const refused = { status: 503, body: { error: { code: 'INTAKE_STOPPED' } } };
    await door.call('PUT', '/v1/pushes-enabled', { as: door.keys.operate, body: { enabled: false, reason: 'test' } });
    const answer = await send(one());
    expect(answer).toMatchObject(refused);
    expect(answer.headers.get('retry-after')).toBe('30');
    await door.call('PUT', '/v1/pushes-enabled', { as: door.keys.operate, body: { enabled: true, reason: 'test' } });
    await spine.admin.query('update push.controls set emergency = true');
    expect(await send(one())).toMatchObject(refused);
    await spine.admin.query('update push.controls set emergency = false');
    await door.post('/v1/queue/pause', door.keys.operate, { reason: 'test' });
    expect((await send(one())).status).toBe(202);
    await door.post('/v1/queue/resume', door.keys.operate, { reason: 'test' });

    const off = await HttpDoor.open(spine.database, { pushEnabled: false });
    expect(await off.post('/v1/notifications', off.keys.send, one())).toMatchObject(refused);
    await off.close();
    expect(await rows()).toBe(1);
  });
});

describe('Idempotency-Key', () => {
  it('answers the same request as the first time, to the letter', async () => {
    const body = [one(), one({ title: '' })];
    const first = await send(body, 'k1');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const second = await send(body, 'k1');
    expect(second).toMatchObject({ status: first.status, body: first.body });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await rows()).toBe(1);
  });

  it('refuses another body under the same key, and knows keys of their owner only', async () => {
    await send(one(), 'k2');
    expect(await send(one(), 'k2')).toMatchObject({ status: 409, body: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } } });
    const other = (await door.post('/v1/api-keys', door.keys.admin, { name: 'other', scopes: ['send'], reason: 'a second caller' }))
      .body as { key: string };
    expect(
      (await door.call('POST', '/v1/notifications', { as: other.key, body: one(), headers: { 'idempotency-key': 'k2' } })).status,
    ).toBe(202);
    expect(await rows()).toBe(2);
  });

  it('does a request once, however many come at once', async () => {
    const body = one();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body, 'k3')));
    const done = answers.filter(({ status }) => status === 202);
    expect(new Set(done.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    for (const busy of answers.filter(({ status }) => status !== 202)) {
      expect(busy).toMatchObject({ status: 409, body: { error: { code: 'IDEMPOTENCY_KEY_BUSY' } } });
      expect(busy.headers.get('retry-after')).toBe('1');
    }
    expect(await rows()).toBe(1);
  });

  it('keeps nothing of a request of which nothing was accepted', async () => {
    expect((await send(one({ title: '' }), 'k4')).status).toBe(400);
    expect((await send([one({ title: '' })], 'k4')).status).toBe(400);
    expect((await send(one(), 'k4')).status).toBe(202);
  });

  it('holds a body and its packed form for the same', async () => {
    const text = JSON.stringify(one());
    const headers = { 'idempotency-key': 'k5' };
    await door.call('POST', '/v1/notifications', { as: door.keys.send, text, headers });
    const packed = await door.call('POST', '/v1/notifications', {
      as: door.keys.send,
      text: gzipSync(text),
      headers: { ...headers, 'content-encoding': 'gzip' },
    });
    expect(packed.headers.get('idempotency-replayed')).toBe('true');
  });
});
