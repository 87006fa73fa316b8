import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../src/http/create-http-server.js';
import type { DeclaredRoute } from '../../src/http/declared-routes.js';
import type { Access, Grant } from '../../src/http/route.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor, httpParts } from '../support/http-door.js';

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

/** The whole contract of who may call what: a change of access has to be made here, too. */
const contract: Record<string, Access> = {
  'POST /v1/notifications': ['send'],
  'GET /v1/notifications/:id': ['send', 'operate'],
  'GET /v1/notifications/:id/explain': ['operate'],
  'GET /v1/users/:id/explain': ['operate'],
  'GET /v1/inbox': ['user'],
  'GET /v1/inbox/unread-count': ['user'],
  'GET /v1/tuning': ['operate'],
  'PATCH /v1/tuning': ['operate'],
  'POST /v1/tuning/adjust': ['operate'],
  'GET /v1/performance': ['operate'],
  'POST /v1/inbox/read': ['user'],
  'POST /v1/inbox/:id/read': ['user'],
  'POST /v1/inbox/:id/opened': ['user'],
  'POST /v1/inbox/:id/acked': ['user'],
  'POST /v1/push-tokens': ['user', 'send'],
  'GET /v1/push-tokens': ['user', 'send', 'operate'],
  'DELETE /v1/push-tokens': ['user', 'send'],
  'DELETE /v1/push-tokens/:id': ['user', 'send'],
  'GET /v1/push-tokens/quarantine': ['operate'],
  'POST /v1/push-tokens/quarantine/undo': ['operate'],
  'POST /v1/projects/:id/unfreeze': ['operate'],
  'GET /v1/projects': ['operate'],
  'GET /v1/doctor': ['operate'],
  'GET /v1/log-level': ['operate'],
  'PUT /v1/log-level': ['operate'],
  'POST /v1/projects/:id/pause': ['operate'],
  'POST /v1/projects/:id/resume': ['operate'],
  'GET /v1/settings': ['user'],
  'PUT /v1/settings': ['user'],
  'PATCH /v1/settings': ['user'],
  'GET /v1/users/:id/settings': ['send', 'operate'],
  'PUT /v1/users/:id/settings': ['send'],
  'PATCH /v1/users/:id/settings': ['send'],
  'POST /v1/broadcasts/preview': ['send', 'operate'],
  'POST /v1/broadcasts': ['operate'],
  'GET /v1/broadcasts': ['operate'],
  'GET /v1/broadcasts/:id': ['operate'],
  'POST /v1/broadcasts/:id/recipients': ['operate'],
  'POST /v1/broadcasts/:id/start': ['operate'],
  'POST /v1/broadcasts/:id/pause': ['operate'],
  'POST /v1/broadcasts/:id/resume': ['operate'],
  'POST /v1/broadcasts/:id/cancel': ['operate'],
  'GET /v1/queue': ['operate'],
  'POST /v1/queue/pause': ['operate'],
  'POST /v1/queue/resume': ['operate'],
  'PUT /v1/pushes-enabled': ['operate'],
  'POST /v1/emergency/stop': ['operate'],
  'POST /v1/emergency/resume': ['operate'],
  'POST /v1/queue/catch-up': ['operate'],
  'GET /v1/policy': ['operate'],
  'PUT /v1/policy': ['operate'],
  'GET /v1/types': ['operate'],
  'PUT /v1/types/:type': ['operate'],
  'GET /manual/:language/:page': 'public',
  'GET /manual': 'public',
  'GET /v1/alerts': ['operate'],
  'GET /v1/alerts/history': ['operate'],
  'GET /v1/alerts/rules': ['operate'],
  'PATCH /v1/alerts/rules/:name': ['operate'],
  'POST /v1/alerts/rules': ['operate'],
  'POST /v1/alerts/rules/:name/remove': ['operate'],
  'POST /v1/alerts/:id/acknowledge': ['operate'],
  'POST /v1/alerts/silences': ['operate'],
  'POST /v1/alerts/silences/:id/end': ['operate'],
  'POST /v1/alerts/routes/:route/test': ['operate'],
  'GET /v1/api-keys': ['admin'],
  'POST /v1/api-keys': ['admin'],
  'POST /v1/api-keys/:id/revoke': ['admin'],
  'GET /v1/audit': ['admin'],
  'GET /v1/status': ['operate'],
  'GET /v1/errors': ['operate'],
  'GET /v1/health': ['operate'],
  'GET /v1/health/parts': ['operate'],
  'GET /v1/ledger': ['operate'],
  'GET /v1/reports': ['operate'],
  'GET /v1/reports/:period': ['operate'],
  'POST /v1/reports/:period/send': ['operate'],
  'GET /v1/metrics': ['operate'],
  'GET /metrics': ['loopback', 'operate'],
  'GET /ready': 'public',
  'GET /health': 'public',
  'GET /openapi.json': 'public',
  'POST /--/api/v2/push/send': ['send'],
  'POST /--/api/v2/push/getReceipts': ['send'],
};

const isDocumentation = ({ url }: DeclaredRoute): boolean => url === '/docs' || url.startsWith('/docs/');

describe('limits', () => {
  it('slows one signed-in user down, with Retry-After, and nobody else', async () => {
    const [hers, his] = [await door.signIn(), await door.signIn()];
    const answers = await Promise.all(Array.from({ length: 150 }, () => door.get('/v1/settings', hers)));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]).toMatchObject({ body: { error: { code: 'RATE_LIMITED' } } });
    expect(limited[0]?.headers.get('retry-after')).toBe('1');
    expect((await door.get('/v1/settings', his)).status).toBe(200);
  });

  it('slows down who tries credentials, and lets right ones pass from the same address', async () => {
    const other = await HttpDoor.open(db.database);
    const answers = await Promise.all(Array.from({ length: 200 }, () => other.get('/v1/settings', 'not-a-token')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect((await other.get('/v1/settings', await other.signIn())).status).toBe(200);
    await other.close();
  });

  it('does not limit API keys', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => door.get('/v1/queue', door.keys.operate)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('access', () => {
  it('is declared for every route as the contract says, and for nothing else', () => {
    const declared = door.app.declaredRoutes
      .filter((one) => !isDocumentation(one))
      .map(({ method, url, access }) => [`${method} ${url}`, access] as const);
    expect(Object.fromEntries(declared)).toEqual(contract);
    expect(
      door.app.declaredRoutes
        .filter(isDocumentation)
        .every(({ method, access }) => ['GET', 'HEAD'].includes(method) && access === 'public'),
    ).toBe(true);
  });

  it('is asked for each role on each route', async () => {
    const credentials: Record<string, { credential: string | null; grants: readonly Grant[] }> = {
      nobody: { credential: null, grants: [] },
      'a wrong key': { credential: `${door.keys.admin.slice(0, -1)}${door.keys.admin.endsWith('x') ? 'y' : 'x'}`, grants: [] },
      'a wrong token': { credential: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', grants: [] },
      user: { credential: await door.signIn(), grants: ['user'] },
      send: { credential: door.keys.send, grants: ['send'] },
      operate: { credential: door.keys.operate, grants: ['operate'] },
      admin: { credential: door.keys.admin, grants: ['send', 'operate', 'admin'] },
    };
    // So many wrong credentials would be slowed down.
    const unlimited = await HttpDoor.withParts({ ...door.parts, limits: null }, door.keys);
    const refusals: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const { method, url, access } of door.app.declaredRoutes.filter((one) => !isDocumentation(one))) {
      for (const [role, { credential, grants }] of Object.entries(credentials)) {
        // What this sends is refused by every schema, so that whoever is let in does nothing. A proxy's header takes loopback away.
        const path = url.replace(':id', 'wrong').replace(':type', '%20');
        const { status } = await unlimited.call(method, `${path}?wrong=1`, {
          as: credential,
          headers: { 'x-forwarded-for': '203.0.113.9' },
        });
        const letIn = access === 'public' || access.some((grant) => grants.includes(grant));
        const key = `${role} ${method} ${url}`;
        expected[key] = letIn ? 0 : grants.length === 0 ? 401 : 403;
        refusals[key] = status === 401 || status === 403 ? status : 0;
      }
    }
    await unlimited.close();
    expect(refusals).toEqual(expected);
  });

  it('lets a process on this machine read the metrics without a key, unless it comes through a proxy', async () => {
    expect((await door.get('/metrics', null)).status).toBe(200);
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via']) {
      expect((await door.call('GET', '/metrics', { headers: { [header]: '127.0.0.1' } })).status, header).toBe(401);
    }
    expect((await door.call('GET', '/metrics', { as: door.keys.operate, headers: { 'x-forwarded-for': '1.1.1.1' } })).status).toBe(200);
  });

  it('keeps a server from starting when a route does not declare it', async () => {
    const plain = await createHttpServer(httpParts(db.database));
    plain.post('/also-forgotten', async () => 'open');
    await expect(plain.ready()).rejects.toThrow('POST /also-forgotten');
    await plain.close();
  });

  it('takes credentials from the Authorization header and from nowhere else', async () => {
    for (const path of [`/v1/status?access_token=${door.keys.admin}`, `/v1/status?apikey=${door.keys.admin}`]) {
      expect((await door.get(path, null)).status).toBe(401);
    }
    for (const authorization of [door.keys.admin, `Basic ${door.keys.admin}`, `Bearer ${door.keys.admin} x`, 'Bearer ', 'Bearer']) {
      expect((await door.call('GET', '/v1/status', { headers: { authorization } })).status, authorization.slice(0, 8)).toBe(401);
    }
    expect((await door.call('GET', '/v1/status', { headers: { authorization: `bearer ${door.keys.admin}` } })).status).toBe(200);
  });
});
