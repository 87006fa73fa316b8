import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';

let db: TestDatabase;
let door: HttpDoor;

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
});
afterAll(async () => {
  await door.close();
  await db.close();
});

/** The latest entry of the audit. */
async function lastAct(): Promise<unknown> {
  const { body } = await door.get('/v1/audit?limit=1', door.keys.admin);
  return (body as { entries: unknown[] }).entries[0];
}

const operator = (): string => `key:${door.keys.operate.split('_')[1]}`;

describe('switches', () => {
  it('are turned once, with who and why in the audit', async () => {
    const paused = await door.post('/v1/queue/pause', door.keys.operate, { reason: 'Expo is ill' });
    expect(paused.body).toMatchObject({ paused: true, pausedBy: operator(), pausedReason: 'Expo is ill' });
    expect(await lastAct()).toMatchObject({ actor: operator(), action: 'queue.pause', reason: 'Expo is ill' });
    expect((await door.post('/v1/queue/pause', door.keys.admin, { reason: 'again' })).body).toEqual(paused.body);
    expect(await lastAct()).toMatchObject({ reason: 'Expo is ill' });
    expect((await door.get('/v1/queue', door.keys.operate)).body).toMatchObject({ paused: true });
    expect((await door.post('/v1/queue/resume', door.keys.operate, { reason: 'well again' })).body).toMatchObject({
      paused: false,
      pausedBy: null,
    });
    expect(await lastAct()).toMatchObject({ action: 'queue.resume', reason: 'well again' });
    await door.call('PUT', '/v1/pushes-enabled', { as: door.keys.operate, body: { enabled: false, reason: 'night' } });
    expect(await lastAct()).toMatchObject({ action: 'pushes.disable' });
    expect((await door.get('/v1/status', door.keys.operate)).body).toMatchObject({ controls: { pushesEnabled: false } });
    await door.call('PUT', '/v1/pushes-enabled', { as: door.keys.operate, body: { enabled: true, reason: 'day' } });
  });
});

describe('the emergency stop', () => {
  it('stops the intake at once, names who and why, and leaves a pause as it was', async () => {
    await door.post('/v1/queue/pause', door.keys.operate, { reason: 'before' });
    const stopped = await door.post('/v1/emergency/stop', door.keys.operate, { reason: 'wrong people' });
    expect(stopped).toMatchObject({ status: 200, body: { emergency: true, emergencyBy: operator(), emergencyReason: 'wrong people' } });
    expect(await lastAct()).toMatchObject({ actor: operator(), action: 'emergency.stop', reason: 'wrong people' });
    expect((await door.post('/v1/emergency/stop', door.keys.admin, { reason: 'again' })).body).toEqual(stopped.body);
    const refused = await door.post('/v1/notifications', door.keys.send, { userId: randomUUID(), type: 'x', title: 'x' });
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'INTAKE_STOPPED' } } });
    const resumed = await door.post('/v1/emergency/resume', door.keys.operate, { reason: 'cancelled' });
    expect(resumed.body).toMatchObject({ emergency: false, emergencyBy: null, paused: true });
    expect(await lastAct()).toMatchObject({ action: 'emergency.resume', reason: 'cancelled' });
    await door.post('/v1/queue/resume', door.keys.operate, { reason: 'after' });
  });

  it('is for operators, who say why', async () => {
    for (const act of ['stop', 'resume']) {
      expect((await door.post(`/v1/emergency/${act}`, door.keys.send, { reason: 'x' })).status).toBe(403);
      expect(await door.post(`/v1/emergency/${act}`, door.keys.operate, {})).toMatchObject({
        status: 400,
        body: { error: { path: 'reason' } },
      });
    }
    expect((await door.get('/v1/status', door.keys.operate)).body).toMatchObject({ controls: { emergency: false } });
  });
});

describe('one project', () => {
  it('is paused and resumed, with who and why in the audit and in the status', async () => {
    const paused = await door.post('/v1/projects/1/pause', door.keys.operate, { reason: 'the credentials are renewed' });
    const told = { id: 1, paused: true, pausedBy: operator(), pausedReason: 'the credentials are renewed' };
    expect(paused).toMatchObject({ status: 200, body: told });
    expect(await lastAct()).toMatchObject({ action: 'projects.pause', target: 'project:1', reason: 'the credentials are renewed' });
    expect((await door.post('/v1/projects/1/pause', door.keys.operate, { reason: 'again' })).body).toEqual(paused.body);
    expect(await lastAct()).toMatchObject({ reason: 'the credentials are renewed' });
    expect((await door.get('/v1/status', door.keys.operate)).body).toMatchObject({ projects: [told] });
    const resumed = await door.post('/v1/projects/1/resume', door.keys.operate, { reason: 'they are there' });
    expect(resumed.body).toMatchObject({ paused: false, pausedAt: null, pausedBy: null, pausedReason: null });
    expect(await lastAct()).toMatchObject({ action: 'projects.resume', target: 'project:1' });
    expect(await door.post('/v1/projects/99/pause', door.keys.operate, { reason: 'x' })).toMatchObject({ status: 404 });
    expect(await door.post('/v1/projects/1/pause', door.keys.operate, {})).toMatchObject({
      status: 400,
      body: { error: { path: 'reason' } },
    });
    expect((await door.get('/v1/projects', door.keys.operate)).body).toMatchObject({ projects: [{ id: 1, paused: false }] });
  });

  it('paused by SQL shows since when and by which role', async () => {
    await db.admin.query('update push.projects set paused = true where id = 1');
    expect((await door.get('/v1/projects', door.keys.operate)).body).toMatchObject({
      projects: [
        { paused: true, pausedBy: expect.stringMatching(/^sql:/) as string, pausedAt: expect.any(String) as string, pausedReason: null },
      ],
    });
    await db.admin.query('update push.projects set paused = false where id = 1');
    expect((await door.get('/v1/projects', door.keys.operate)).body).toMatchObject({ projects: [{ paused: false, pausedBy: null }] });
  });
});

describe('looking', () => {
  it('shows status, queue and ledger', async () => {
    await door.post('/v1/notifications', door.keys.send, { userId: randomUUID(), type: 'x', title: 'x' });
    expect((await door.get('/v1/status', door.keys.operate)).body).toMatchObject({
      version: '0.0.0-test',
      waiting: { outbox: 1 },
      projects: [{ name: 'default' }],
    });
    expect((await door.get('/v1/queue', door.keys.operate)).body).toEqual({ paused: false, depth: [] });
    for (const by of ['total', 'hour', 'broadcast']) {
      expect((await door.get(`/v1/ledger?by=${by}&since=2026-01-01T00:00:00Z`, door.keys.operate)).body).toMatchObject({
        by,
        rows: [{ accepted: 1, outbox: 1, unaccounted: 0 }],
      });
    }
  });

  it('answers the probes', async () => {
    expect(await door.get('/health', null)).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await door.get('/ready', null)).toMatchObject({
      status: 503,
      body: { ready: false, checks: { database: 'ok', workers: 'none alive' } },
    });
    const answering = await HttpDoor.withParts({ ...door.parts, sends: false });
    expect(await answering.get('/ready', null)).toMatchObject({ status: 200, body: { ready: true, checks: { workers: 'none alive' } } });
    await answering.close();
    await db.admin.query("insert into push.workers (id, host, pid, roles, version) values ('w', 'h', 1, '{worker}', '0')");
    expect(await door.get('/ready', null)).toMatchObject({
      status: 200,
      body: { ready: true, checks: { database: 'ok', migrations: 'ok', workers: 'ok' } },
    });
    await db.admin.query(
      'delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations)',
    );
    expect(await door.get('/ready', null)).toMatchObject({ status: 503, body: { checks: { migrations: '1 missing' } } });
  });

  it('counts requests by route', async () => {
    await door.get('/v1/notifications/not-an-id', door.keys.send);
    const { body } = await door.get('/metrics', null);
    expect(body).toContain('todoku_http_request_seconds_count{method="GET",route="/v1/notifications/:id",status="400"} 1');
    expect(body).not.toContain('not-an-id');
  });
});

describe('rows that came while the trigger was off', () => {
  it('are sent when an operator asks, once', async () => {
    await db.admin.query('alter table notifications disable trigger notification_push_trigger');
    await db.admin.query(
      "insert into notifications (user_id, type, title) select gen_random_uuid(), 'x', 'missed' from generate_series(1, 3)",
    );
    await db.admin.query('alter table notifications enable trigger notification_push_trigger');
    const span = {
      since: new Date(Date.now() - 3_600_000).toISOString(),
      until: new Date(Date.now() + 1000).toISOString(),
      reason: 'the trigger was off',
    };
    expect((await door.post('/v1/queue/catch-up', door.keys.operate, span)).body).toEqual({ taken: 3 });
    expect(await lastAct()).toMatchObject({ action: 'queue.catch_up', details: { notifications: 3 } });
    expect((await door.post('/v1/queue/catch-up', door.keys.operate, span)).body).toEqual({ taken: 0 });
  });
});

describe('broadcasts', () => {
  const message = { type: 'news', title: 'For many' };

  it('are previewed, made, filled, started, paused, resumed and cancelled', async () => {
    const users = Array.from({ length: 3 }, () => randomUUID());
    const audience = { kind: 'list', userIds: users };
    expect((await door.post('/v1/broadcasts/preview', door.keys.send, { audience })).body).toEqual({ users: 3, reachable: 0 });
    const made = await door.post('/v1/broadcasts', door.keys.operate, { ...message, audience, reason: 'campaign 7' });
    expect(made).toMatchObject({ status: 201, body: { state: 'draft', estimate: 3, createdBy: operator() } });
    expect(await lastAct()).toMatchObject({ action: 'broadcasts.create', reason: 'campaign 7' });
    const path = `/v1/broadcasts/${(made.body as { id: number }).id}`;
    const more = { userIds: [users[0], randomUUID()], reason: ' the second half ' };
    expect((await door.post(`${path}/recipients`, door.keys.operate, more)).body).toEqual({ users: 4 });
    expect(await lastAct()).toMatchObject({ action: 'broadcasts.append', reason: 'the second half', details: { users: 2, listed: 4 } });
    expect((await door.post(`${path}/pause`, door.keys.operate, { reason: 'too early' })).status).toBe(409);
    expect((await door.post(`${path}/start`, door.keys.operate, { reason: 'now' })).body).toMatchObject({ state: 'running', estimate: 4 });
    expect((await door.post(`${path}/pause`, door.keys.operate, { reason: 'a look' })).body).toMatchObject({ state: 'paused' });
    expect((await door.post(`${path}/resume`, door.keys.operate, { reason: 'fine' })).body).toMatchObject({ state: 'running' });
    expect((await door.get(path, door.keys.operate)).body).toMatchObject({ progress: { percent: expect.any(Number), unaccounted: 0 } });
    expect((await door.post(`${path}/cancel`, door.keys.operate, { reason: 'a typo' })).body).toMatchObject({ state: 'cancelled' });
    expect(await lastAct()).toMatchObject({ action: 'broadcasts.cancel', reason: 'a typo' });
    expect((await door.get('/v1/broadcasts?state=cancelled', door.keys.operate)).body).toMatchObject({
      broadcasts: [{ title: 'For many' }],
    });
  });

  it('may start at once', async () => {
    const made = await door.post('/v1/broadcasts', door.keys.operate, {
      ...message,
      audience: { kind: 'all' },
      start: true,
      reason: 'now',
    });
    expect(made).toMatchObject({ status: 201, body: { state: 'running' } });
  });
});

describe('policy', () => {
  it('is changed in part, and types as a whole', async () => {
    const before = (await door.get('/v1/policy', door.keys.operate)).body;
    expect(before).toMatchObject({ defaultTimezone: 'Asia/Tokyo', capLimit: 30, tokenLossShare: 0.2 });
    const changed = await door.call('PUT', '/v1/policy', {
      as: door.keys.operate,
      body: { capLimit: null, tokenLossShare: 0.35, reason: 'calm' },
    });
    expect(changed.body).toEqual({ ...(before as object), capLimit: null, tokenLossShare: 0.35 });
    expect((await door.get('/v1/policy', door.keys.operate)).body).toEqual(changed.body);
    expect(await lastAct()).toMatchObject({ action: 'policy.change', reason: 'calm', details: { after: { capLimit: null } } });

    const set = await door.call('PUT', '/v1/types/alarm', {
      as: door.keys.operate,
      body: { lane: 0, urgent: true, push: { sound: 'alarm.wav' }, reason: 'new' },
    });
    expect(set.body).toMatchObject({
      type: 'alarm',
      lane: 0,
      urgent: true,
      capped: true,
      dedupeSeconds: 600,
      push: { sound: 'alarm.wav' },
    });
    const { types } = (await door.get('/v1/types', door.keys.operate)).body as { types: { type: string }[] };
    expect(types.map(({ type }) => type)).toEqual(expect.arrayContaining(['*', 'alarm', 'critical', 'expo']));
    expect(await lastAct()).toMatchObject({ action: 'types.set', target: 'type:alarm', details: { before: null } });
  });
});

describe('lanes', () => {
  it('are taken by name or number, and answered by number', async () => {
    const as = door.keys.operate;
    for (const [lane, number] of [...['critical', 'default', 'bulk'].entries()].flatMap(([n, name]) => [
      [name, n] as const,
      [n, n] as const,
    ])) {
      const type = { lane, reason: 'lanes' };
      expect(await door.call('PUT', '/v1/types/laned', { as, body: type })).toMatchObject({ status: 200, body: { lane: number } });
      const policy = { defaultLane: lane, reason: 'lanes' };
      expect(await door.call('PUT', '/v1/policy', { as, body: policy })).toMatchObject({ status: 200, body: { defaultLane: number } });
      const broadcast = { type: 'news', title: 'To a lane', lane, audience: { kind: 'all' }, reason: 'lanes' };
      expect(await door.post('/v1/broadcasts', as, broadcast)).toMatchObject({ status: 201, body: { lane: number } });
    }
    expect(await door.call('PUT', '/v1/types/laned', { as, body: { lane: null, reason: 'lanes' } })).toMatchObject({
      body: { lane: null },
    });
    expect(await door.call('PUT', '/v1/policy', { as, body: { defaultLane: 1, reason: 'lanes' } })).toMatchObject({ status: 200 });
  });

  it('stand by both in the documentation, wherever a body takes one', () => {
    const { paths } = door.app.swagger() as unknown as {
      paths: Record<string, Record<string, { requestBody: unknown; responses: unknown }>>;
    };
    for (const [path, method] of [
      ['/v1/types/{type}', 'put'],
      ['/v1/policy', 'put'],
      ['/v1/broadcasts', 'post'],
    ] as const) {
      const { requestBody, responses } = paths[path]?.[method] ?? {};
      expect(JSON.stringify(requestBody), path).toContain('"enum":["critical","default","bulk"]');
      expect(JSON.stringify(responses), path).not.toContain('"enum":["critical","default","bulk"]');
    }
  });
});

describe('API keys', () => {
  it('are made, shown once, listed without their secret, and revoked at once', async () => {
    const made = await door.post('/v1/api-keys', door.keys.admin, {
      name: 'back end',
      scopes: ['send'],
      expiresAt: '2030-01-01T00:00:00Z',
      reason: 'new service',
    });
    const { id, key } = made.body as { id: string; key: string };
    expect(made.status).toBe(201);
    expect((await door.post('/v1/notifications', key, { userId: randomUUID(), type: 'x', title: 'x' })).status).toBe(202);
    const listed = await door.get('/v1/api-keys', door.keys.admin);
    expect(listed.body).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ id, name: 'back end', scopes: ['send'], revokedAt: null })]),
    });
    expect(JSON.stringify(listed.body)).not.toContain(key.split('_')[2]);
    expect((await door.post(`/v1/api-keys/${id}/revoke`, door.keys.admin, { reason: 'leaked' })).body).toEqual({ revoked: true });
    expect((await door.post(`/v1/api-keys/${id}/revoke`, door.keys.admin, { reason: 'leaked' })).body).toEqual({ revoked: false });
    expect((await door.post('/v1/notifications', key, { userId: randomUUID(), type: 'x', title: 'x' })).status).toBe(401);
    const { body } = await door.get('/v1/audit?action=keys.revoke', door.keys.admin);
    expect(body).toMatchObject({ entries: [{ target: `key:${id}`, reason: 'leaked' }] });
  });
});
