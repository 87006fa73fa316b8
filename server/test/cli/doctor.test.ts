/** `todoku doctor`, `todoku logs`: as processes, with a database and without. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type TestCli } from '../support/cli.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

let on: TestDatabase;
let todoku: TestCli;

beforeAll(async () => {
  on = await testDatabase();
  todoku = await buildCli(on.url);
});
afterAll(async () => {
  await todoku.close();
  await on.close();
});

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly check: string; readonly verdict: string }[];
}

describe('todoku doctor', () => {
  it('shows the worst first, with what to do, and fails when something has to be mended', async () => {
    const { exitCode, out, err } = await todoku.run(['doctor']);
    expect(err).toBe('');
    // No worker runs in this test.
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^FAIL +Processes: no worker is alive: nothing is sent\n {4}→ Start one/m);
    expect(out).toMatch(/^ok +Database: it answers$/m);
    // That it holds itself to reading is no fault of the server.
    expect(out).not.toContain('default_transaction_read_only');
    expect(out.indexOf('FAIL')).toBeLessThan(out.indexOf('\nok'));
    expect(out).toMatch(/\n\d+ to mend, \d+ to look at, \d+ can't be told, \d+ ok\n$/);
    const japanese = await todoku.run(['doctor', '--lang', 'ja']);
    expect(japanese.out).toMatch(/^要修理 プロセス: 動いているワーカーがなく/m);
  });

  it('answers without a database and with a configuration that is wrong', async () => {
    const env = { DATABASE_URL: 'postgres://nobody:hidden-word@127.0.0.1:1/x', PORT: 'eighty', TODOKU_CHUNKSIZE: '1' };
    const result = await todoku.run(['doctor', '--json'], { env });
    const { verdict, findings } = result.json<Report>();
    expect({ exitCode: result.exitCode, err: result.err, verdict }).toEqual({ exitCode: 1, err: '', verdict: 'fail' });
    const of = (check: string): string[] => findings.filter((finding) => finding.check === check).map((finding) => finding.verdict);
    expect(of('database')).toEqual(['fail']);
    expect(of('configuration')).toEqual(['fail', 'warn']);
    expect(of('schema')).toEqual(['unknown']);
    // Whatever this machine's disk is like.
    expect(of('disk')).not.toContain('unknown');
    expect(result.out).not.toContain('hidden-word');
    const none = await todoku.run(['doctor', '--lang', 'ja'], {
      env: { DATABASE_URL: '', TODOKU_DATA_DIR: '/nonexistent', PORT: 'eighty' },
    });
    expect(none.exitCode).toBe(1);
    expect(none.out).toMatch(/要修理 設定: 設定が誤っています:\n {4}- PORT/);
  });

  it('has help with an example', async () => {
    expect((await todoku.run(['doctor', '--help'])).out).toContain('$ todoku doctor');
    expect((await todoku.run(['doctor', 'everything'])).exitCode).toBe(2);
  });
});

describe('todoku logs level', () => {
  it('shows, sets for a while and ends, audited', async () => {
    const level = (...args: string[]) => todoku.run(['logs', 'level', ...args, '--json']);
    expect((await level()).json()).toMatchObject({ level: null });
    const set = await level('debug', '--for', '30m', '--reason', 'a user gets nothing');
    expect(set.json()).toMatchObject({ level: 'debug', reason: 'a user gets nothing' });
    expect((await todoku.run(['logs', 'level'])).out).toMatch(/^Every process logs from debug on until .*: a user gets nothing\n$/);
    expect((await level('default', '--reason', 'found')).json()).toMatchObject({ level: null });
    const acts = await on.admin.query("select reason from push.audit where action = 'logs.level' order by seq");
    expect(acts).toEqual([{ reason: 'a user gets nothing' }, { reason: 'found' }]);
  });

  it.each([
    [['loud', '--for', '30m', '--reason', 'x']],
    [['debug', '--reason', 'x']],
    [['debug', '--for', '2d', '--reason', 'x']],
    [['debug', '--for', '30m']],
    [['debug', '--for', '30', '--reason', 'x']],
    [['default']],
  ])('refuses %j and changes nothing', async (args) => {
    const before = await on.admin.query('select * from push.log_level');
    expect((await todoku.run(['logs', 'level', ...args])).exitCode).toBe(2);
    expect(await on.admin.query('select * from push.log_level')).toEqual(before);
  });
});
