/** `todoku health`, `metrics` and `errors`, and the same by HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beat } from '../../src/workers/heartbeat.js';
import { buildCli, type TestCli } from '../support/cli.js';
import { HttpDoor } from '../support/http-door.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let todoku: TestCli;
let door: HttpDoor;

beforeAll(async () => {
  spine = await Spine.start();
  todoku = await buildCli(spine.url);
  door = await HttpDoor.open(spine.database);
  await spine.admin.query(
    `insert into push.tally_entries (project_id, item, n, ms) values (1, 'error:InvalidCredentials', 30, 0), (1, 'sent', 70, 700000)`,
  );
});
afterAll(async () => {
  await door.close();
  await todoku.close();
  await spine.close();
});

describe('health', () => {
  it('fails while nothing is sent, and names what is wrong', async () => {
    const { exitCode, out } = await todoku.run(['health']);
    expect(exitCode).toBe(1);
    expect(out).toContain('NOT WELL');
    expect(out).toContain('!! Workers that are alive: 0');
  });

  it('tells of missed targets, and looks at the parts when asked', async () => {
    await beat(spine.database, { id: 'w', host: 'h', pid: 1, roles: ['worker'], version: '0' });
    const { exitCode, out } = await todoku.run(['health', '--check', '--lang', 'ja'], { env: { EXPO_BASE_URL: spine.simulator.url } });
    expect(out).toContain('エラー率: 30 %');
    expect(out).toContain('平均配信時間: 10 秒');
    expect(out).toMatch(/データベース: 正常 \(応答あり; \d+ ms\)/);
    expect(out).toMatch(/送信先: 正常 \(応答あり; .*\nキュー: 正常 \(稼働中; .*\nキャッシュ: 正常 \(変更通知が届いています; /);
    expect(exitCode).toBe(0);
    expect((await door.get('/v1/health', door.keys.operate)).body).toMatchObject({
      status: 'degraded',
      issues: [{ figure: 'error_rate' }, { figure: 'average_delivery_ms' }],
    });
    expect((await door.get('/v1/health/parts', door.keys.operate)).body).toMatchObject({
      status: 'healthy',
      checks: { cacheService: { status: 'ok' } },
    });
  });
});

describe('metrics', () => {
  it('shows every figure with its target and window', async () => {
    const { out } = await todoku.run(['metrics']);
    expect(out).toMatch(/! Share of answers that were errors +– +30 % +at most 5 % +15 min/);
    const json = (await todoku.run(['metrics', '--json'])).json<{ errorRate: number; averageDeliveryTime: number }>();
    expect(json).toMatchObject({ errorRate: 0.3, averageDeliveryTime: 10_000 });
    expect((await door.get('/v1/metrics', door.keys.operate)).body).toMatchObject({ errorRate: 0.3 });
  });
});

describe('errors', () => {
  it('says what to do', async () => {
    const { out } = await todoku.run(['errors', '--since', '1h']);
    expect(out).toContain('30 errors since');
    expect(out).toContain('30.0 % of all answers');
    expect(out).toMatch(/InvalidCredentials +expo\/default +30/);
    expect(out).toContain('InvalidCredentials: The project');
    expect((await todoku.run(['errors', '--since', '1h', '--lang', 'ja'])).out).toContain('認証情報が拒否されました');
    expect((await door.get('/v1/errors', door.keys.operate)).body).toMatchObject({ total: 30, errorsByType: { InvalidCredentials: 30 } });
  });

  it('refuses what is no time', async () => {
    expect(await todoku.run(['errors', '--since', 'yesterday'])).toMatchObject({ exitCode: 2, out: '' });
    expect(await door.get('/v1/errors?since=yesterday', door.keys.operate)).toMatchObject({
      status: 400,
      body: { error: { path: 'query.since' } },
    });
  });
});
