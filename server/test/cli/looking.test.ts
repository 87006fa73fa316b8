/** The commands that look, and `send`, as processes on a real database. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
let todoku: TestCli;

beforeAll(async () => {
  spine = await Spine.start();
  todoku = await buildCli(spine.url);
});
afterAll(async () => {
  await todoku.close();
  await spine.close();
});

const stored = async (): Promise<number> => {
  const [row] = await spine.admin.query<{ n: number }>('select count(*)::int as n from notifications');
  return row?.n ?? 0;
};

describe('todoku', () => {
  it('shows its help', async () => {
    const { exitCode, out } = await todoku.run(['--help']);
    expect(exitCode).toBe(0);
    for (const name of ['serve', 'send', 'status', 'ledger']) expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('speaks Japanese when asked, or when the environment does', async () => {
    const asked = await todoku.run(['ledger', '--lang', 'ja', '--help']);
    const environment = await todoku.run(['ledger', '--help'], { env: { LANG: 'ja_JP.UTF-8' } });
    expect(asked.out).toContain('使い方:');
    expect(environment.out).toBe(asked.out);
  });

  it('refuses unknown commands and options as bad input, in JSON when JSON was asked for', async () => {
    expect(await todoku.run(['frobnicate'])).toMatchObject({ exitCode: 2, out: '' });
    expect(await todoku.run(['ledger', '--by', 'week'])).toMatchObject({ exitCode: 2, out: '' });
    expect(await todoku.run([])).toMatchObject({ exitCode: 2, out: '' });
    const { exitCode, err } = await todoku.run(['ledger', '--json', '--since', 'yesterday']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'INVALID_INPUT', message: expect.stringContaining('yesterday') } });
  });

  it('says how to start when nothing runs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'todoku-cli-'));
    const { exitCode, err } = await todoku.run(['status'], { env: { DATABASE_URL: '', TODOKU_DATA_DIR: folder } });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(1);
    expect(err).toContain('DATABASE_UNAVAILABLE');
    expect(err).toContain('npm start');
  });

  it('names a wrong variable', async () => {
    const { exitCode, err } = await todoku.run(['status'], { env: { PORT: 'many' } });
    expect(exitCode).toBe(2);
    expect(err).toContain('CONFIGURATION_INVALID');
    expect(err).toContain('PORT');
  });

  it('looks for the system of the checkout, wherever it is called', async () => {
    const env = { DATABASE_URL: '', TODOKU_DATA_DIR: 'no-such-folder' };
    const folder = fileURLToPath(new URL('../../../no-such-folder', import.meta.url));
    for (const cwd of [undefined, fileURLToPath(new URL('.', import.meta.url)), tmpdir()]) {
      const { exitCode, err } = await todoku.run(['status'], { env, ...(cwd === undefined ? {} : { cwd }) });
      expect(exitCode).toBe(1);
      expect(err).toContain(folder);
      expect(err).toContain('npm start');
    }
  });

  it('does not show the password of a database that does not answer', async () => {
    const { exitCode, err } = await todoku.run(['status'], { env: { DATABASE_URL: 'postgres://someone:hidden@127.0.0.1:1/none' } });
    expect(exitCode).toBe(1);
    expect(err).toContain('DATABASE_UNAVAILABLE');
    expect(err).not.toContain('hidden');
  });
});

describe('todoku send', () => {
  it('stores one notification from flags', async () => {
    const { id: user } = await spine.user();
    const args = [
      'send',
      '--user',
      user,
      '--type',
      'reminder',
      '--title',
      '届く',
      '--message',
      'hello',
      '--data',
      '{"a":{"b":1}}',
      '--json',
    ];
    const { exitCode, json } = await todoku.run(args);
    expect(exitCode).toBe(0);
    const [row] = await spine.admin.query('select user_id, title, message, data from notifications where id = $1', [
      json<{ id: string }>().id,
    ]);
    expect(row).toEqual({ user_id: user, title: '届く', message: 'hello', data: { a: { b: 1 } } });
  });

  it('stores many from standard input', async () => {
    const before = await stored();
    const values = Array.from({ length: 1_100 }, (_, i) => ({ userId: randomUUID(), type: 'reminder', title: `No. ${i}` }));
    const { exitCode, json } = await todoku.run(['send', '--file', '-', '--json'], { input: JSON.stringify(values) });
    expect(exitCode).toBe(0);
    const { results } = json<{ results: { index: number; status: string }[] }>();
    expect(results.map(({ index }) => index)).toEqual(values.map((_, i) => i));
    expect(await stored()).toBe(before + values.length);
  });

  it.each([
    ['nothing said', ['send'], '', ''],
    ['a user that is no uuid', ['send', '--user', 'eve', '--type', 'a', '--title', 'b'], '', 'userId'],
    ['data that is no JSON', ['send', '--user', randomUUID(), '--type', 'a', '--title', 'b', '--data', '{'], '', 'data'],
    ['a file that is not there', ['send', '--file', '/nowhere/at/all.json'], '', 'file'],
    ['an empty list', ['send', '--file', '-'], '[]', 'file'],
    [
      'one bad among good',
      ['send', '--file', '-'],
      JSON.stringify([{ userId: randomUUID(), type: 'a', title: 'b' }, { userId: 1 }]),
      '[1].userId',
    ],
    [
      'a key that means something else',
      ['send', '--file', '-'],
      `{"userId":"${randomUUID()}","type":"a","title":"b","__proto__":{}}`,
      '__proto__',
    ],
  ])('refuses %s and stores nothing', async (_, args, input, path) => {
    const before = await stored();
    const { exitCode, out, err } = await todoku.run([...args, '--json'], { input });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(JSON.parse(err)).toMatchObject({ error: { path: path === '' ? null : expect.stringContaining(path) } });
    expect(await stored()).toBe(before);
  });

  it('says of an id that was used before that it was', async () => {
    const value = { id: randomUUID(), userId: randomUUID(), type: 'reminder', title: 'Once' };
    expect(await todoku.run(['send', '--file', '-'], { input: JSON.stringify([value]) })).toMatchObject({ exitCode: 0 });
    const again = await todoku.run(['send', '--file', '-', '--json'], { input: JSON.stringify([value]) });
    expect(again.exitCode).toBe(1);
    expect(again.json()).toMatchObject({ results: [{ status: 'rejected', error: { code: 'DUPLICATE_ID' } }] });
  });
});

describe('todoku status, ledger and reconcile', () => {
  it('show how it stands', async () => {
    await spine.admin.query("update push.controls set paused = true, paused_at = now(), paused_by = 'cli:mei', paused_reason = 'a drill'");
    const { exitCode, out } = await todoku.run(['status']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^PAUSED by cli:mei at .*: a drill\nNO WORKER IS ALIVE\.\n/);
    expect(out).toContain('expo/default');
    const { json } = await todoku.run(['status', '--json']);
    expect(json()).toMatchObject({ controls: { paused: true }, triggerEnabled: true, workers: [], projects: [{ breaker: 'closed' }] });
    await spine.admin.query('update push.controls set paused = false');
  });

  it('prove that nothing is unaccounted for', async () => {
    expect((await todoku.run(['ledger'])).out).toMatch(/^0 unaccounted \(not proved yet/);
    expect(await todoku.run(['reconcile'])).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^0 unaccounted: /) });
    expect((await todoku.run(['ledger', '--by', 'hour'])).out).toMatch(/^0 unaccounted \(proved \S+ \S+\)\ncounted one by one: /);
    const { json, exitCode } = await todoku.run(['ledger', '--since', '1h', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      unaccounted: 0,
      by: 'total',
      rows: [{ accepted: await stored(), unaccounted: 0 }],
      proof: { complete: true },
    });
  });

  it('fail when something is lost, and name it', async () => {
    await spine.admin.query('delete from push.outbox where id = (select min(id) from push.outbox)');
    const ledger = await todoku.run(['ledger']);
    expect(ledger.exitCode).toBe(1);
    expect(ledger.out).toMatch(/^[\d,]+ UNACCOUNTED/);
    const proof = await todoku.run(['reconcile']);
    expect(proof.exitCode).toBe(1);
    expect(proof.out).toMatch(/^[\d,]+ UNACCOUNTED\n {2}ledger:accepted/);
    expect((await todoku.run(['ledger'])).out).toContain('THE PROOF OF');
  });
});

describe('what is stored by others', () => {
  const evil = 'A\nFORGED\u001b[2J\u009b\u202ebackwards';
  const user = randomUUID();

  beforeAll(async () => {
    const [token] = (await spine.user()).tokenIds;
    await spine.admin.query(
      `update push_tokens set user_id = $1, device_id = $2, app_version = $2, state_reason = $2, state = 'quarantined', is_active = false where id = $3`,
      [...[user, evil, token]],
    );
    await spine.admin.query('insert into push.broadcasts (type, title, audience, created_by) values ($1, $1, \'{"kind": "all"}\', $1)', [
      evil,
    ]);
    await spine.admin.query('insert into push.audit (actor, action, target, reason) values ($1, $1, $1, $1)', [evil]);
    await spine.admin.query('insert into push.workers (id, host, pid, roles, version) values ($1, $1, 1, array[$1], $1)', [evil]);
    await spine.admin.query("insert into push.api_keys (id, secret_hash, name, scopes, created_by) values ('evil', '', $1, '{send}', $1)", [
      evil,
    ]);
    await spine.admin.query(
      "update push.projects set name = $1, breaker_state = 'open', breaker_reason = $1, frozen_at = now(), frozen_reason = $1; ",
      [evil],
    );
    await spine.admin.query('update push.controls set paused = true, paused_by = $1, paused_reason = $1', [evil]);
    await spine.notify(user, { title: evil });
  });

  it.each([
    ['status'],
    ['ledger', '--by', 'broadcast'],
    ['broadcast', 'list'],
    ['broadcast', 'show', '1'],
    ['audit', 'list'],
    ['keys', 'list'],
    ['tokens', 'quarantined'],
    ['tokens', 'list', '--user', user],
    ['explain', '--user', user],
    ['types', 'list'],
    ['sql', `select title, type from push.broadcasts`],
    ['sql', `do $$ begin raise exception E'A\\nFORGED\\x1b[2J'; end $$`],
    ['send', '--user', user, '--type', evil, '--title', 'x'],
    ['broadcast', 'preview', '--audience', `{"kind":"all","A\\nFORGED\\u001b":1}`],
    [`A\nFORGED\u001b`],
  ])('writes no line and moves no cursor: %j', async (...args) => {
    for (const lang of ['en', 'ja']) {
      const { out, err } = await todoku.run([...args, '--lang', lang]);
      expect(out + err).not.toBe('');
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(out + err).not.toMatch(/^ {0,3}FORGED/m);
    }
  });
});
