import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announceRoutes } from '../../src/monitoring/alerts/route-directory.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { HttpDoor } from '../support/http-door.js';
import { seedReportData } from '../support/report-data.js';

let db: TestDatabase;
let door: HttpDoor;
let key: string;

beforeAll(async () => {
  db = await testDatabase();
  door = await HttpDoor.open(db.database);
  key = door.keys.operate;
  await seedReportData(db.admin, new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
});
afterAll(async () => {
  await door.close();
  await db.close();
});

const get = (path: string, headers: Record<string, string> = {}) => door.call('GET', path, { as: key, headers });

describe('reports by HTTP', () => {
  it('are JSON unless something else is asked for', async () => {
    const { status, body, headers } = await get('/v1/reports/weekly?zone=Asia/Tokyo');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ period: 'weekly', zone: 'Asia/Tokyo', verdict: 'good', incidents: { total: 3 } });
  });

  it('are a page that may show its own style and do nothing else', async () => {
    const { body, headers } = await get('/v1/reports/daily', {
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'accept-language': 'ja,en;q=0.5',
    });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-language')).toBe('ja');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
    expect(body).toMatch(/^<!doctype html>\n<html lang="ja">/);
  });

  it('are text, in the language that the query names', async () => {
    const { body, headers } = await get('/v1/reports/monthly?format=text&lang=ja', { accept: 'text/html' });
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body).toContain('Todoku 月次レポート');
    expect((await get('/v1/reports/daily', { accept: 'text/plain;q=0.2, application/json;q=0.1' })).body).toContain('Todoku daily report');
  });

  it.each([
    ['/v1/reports/yearly', 'params.period'],
    ['/v1/reports/daily?until=tomorrow', 'query.until'],
    ['/v1/reports/daily?until=2999-01-01', 'query.until'],
    ['/v1/reports/daily?zone=JST', 'query.zone'],
    ['/v1/reports/daily?format=pdf', 'query.format'],
    ['/v1/reports/daily?lang=fr', 'query.lang'],
  ])('refuses %s', async (path, field) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', path: field } } });
  });

  it('are sent only where a running process can send, with a reason', async () => {
    const send = (body: object) => door.post('/v1/reports/weekly/send', key, body);
    expect(await send({})).toMatchObject({ status: 400, body: { error: { path: 'reason' } } });
    expect(await send({ reason: 'now' })).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
    await announceRoutes(db.database, 'one', [{ route: 'log', minSeverity: 'info', target: 'the log' }]);
    expect(await send({ reason: 'now', routes: ['email'] })).toMatchObject({ status: 409 });
    expect(await db.admin.query('select from push.alert_notices')).toEqual([]);
    expect((await get('/v1/reports')).body).toEqual({ reports: [] });
  });
});
