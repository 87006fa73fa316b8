import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import { testKeys } from '../../../test/support/spine.js';
import { systemClock } from '../../clock/clock.js';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load-config.js';
import { migrationsDirectory, readMigrations, readSchema } from '../../database/migration-files.js';
import type { DoctorParts, Verdict } from './finding.js';
import { type DoctorFinding, type DoctorReport, runDoctor } from './run-doctor.js';

let on: TestDatabase;
let folder: string;
let config: Config;

beforeAll(async () => {
  on = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'todoku-doctor-'));
  config = loadConfig({ TODOKU_DATA_DIR: folder, TODOKU_ENCRYPTION_KEYS: testKeys });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await on.close();
});

function partsOf(more: Partial<DoctorParts> = {}): DoctorParts {
  return {
    ...{
      config,
      configProblem: null,
      clock: systemClock,
      providers: [],
      migrations: readMigrations(migrationsDirectory),
      schema: readSchema(),
    },
    providerTime: async () => new Date(),
    ...more,
  };
}

/** As the owner, as the command does. */
const look = (more: Partial<DoctorParts> = {}): Promise<DoctorReport> => runDoctor(partsOf(more), on.admin);
const of = ({ findings }: DoctorReport, check: string): DoctorFinding[] => findings.filter((finding) => finding.check === check);
const verdicts = (report: DoctorReport, check: string): Verdict[] => of(report, check).map(({ verdict }) => verdict);
const said = (report: DoctorReport, check: string): string =>
  of(report, check)
    .map(({ found }) => found.en)
    .join('\n');

/** What `sql` spoils is found under `check`, and after `undo` no more. */
async function finds(check: string, verdict: Verdict, sql: string, undo: string, words: RegExp): Promise<void> {
  await on.admin.query(sql);
  const report = await look();
  expect(said(report, check)).toMatch(words);
  const finding = of(report, check).find(({ found }) => words.test(found.en));
  expect(finding).toMatchObject({
    verdict,
    remedy: { en: expect.any(String) as string, ja: expect.stringMatching(/[ぁ-ん]|`/) as string },
  });
  expect(finding?.found.ja).not.toBe('');
  await on.admin.query(undo);
  expect(said(await look(), check)).not.toMatch(words);
}

describe('a database as the migrations make it', () => {
  it('has nothing to mend but what belongs to the machine, and nothing is changed by looking', async () => {
    const report = await look();
    for (const check of [
      // Time zones are those of the machine.
      ...['database', 'configuration', 'clock', 'migrations', 'schema', 'push-trigger', 'webhooks', 'row-security', 'roles'],
      ...['indexes', 'tables', 'wraparound', 'holding-back', 'partitions', 'switches', 'secret-files', 'connections'],
    ]) {
      expect({ check, verdicts: verdicts(report, check) }).not.toMatchObject({ verdicts: expect.arrayContaining(['fail']) as Verdict[] });
      expect({ check, said: said(report, check), verdicts: [...new Set(verdicts(report, check))] }).toMatchObject({
        check,
        verdicts: ['ok'],
      });
    }
    const [row] = await on.admin.query<{ keys: number; acts: number }>(
      'select (select count(*) from push.encryption_keys) as keys, (select count(*) from push.audit) as acts',
    );
    expect(row).toEqual({ keys: 0, acts: 0 });
  });

  it('can be looked at with the rights of the system itself', async () => {
    const report = await runDoctor(partsOf(), on.database);
    const blind = report.findings.filter(({ verdict, found }) => verdict === 'unknown' && /could not be looked at/.test(found.en));
    expect(blind).toEqual([]);
  });

  it('says everything in both languages', async () => {
    for (const { title, found, remedy } of (await look()).findings) {
      for (const texts of [title, found, ...(remedy === null ? [] : [remedy])]) {
        expect(texts.en).not.toMatch(/[ぁ-んァ-ヶ一-龠]/);
        expect(texts.ja).not.toBe('');
      }
    }
  });
});

describe('finds', () => {
  it.each<[string, Verdict, string, string, RegExp]>([
    [
      'push-trigger',
      'fail',
      'alter table notifications disable trigger notification_push_trigger',
      'alter table notifications enable trigger notification_push_trigger',
      /is disabled/,
    ],
    [
      'schema',
      'fail',
      'drop index push_tokens_inactive',
      'create index push_tokens_inactive on push_tokens (updated_at) where not is_active',
      /missing indexes: index push_tokens_inactive/,
    ],
    [
      'schema',
      'fail',
      'alter table push.recoveries drop column steps',
      'alter table push.recoveries add column steps jsonb not null',
      /table push\.recoveries/,
    ],
    [
      'schema',
      'warn',
      'revoke select on notifications from authenticated',
      'grant select on notifications to authenticated',
      /other rights/,
    ],
    [
      'row-security',
      'fail',
      'alter table push_tokens no force row level security',
      'alter table push_tokens force row level security',
      /push_tokens: not forced/,
    ],
    [
      'row-security',
      'fail',
      'alter policy "Users can view own notifications" on notifications rename to other',
      'alter policy other on notifications rename to "Users can view own notifications"',
      /policy "Users can view own notifications" is missing/,
    ],
    [
      'row-security',
      'fail',
      'create policy all_of_it on notifications for select to authenticated using (true)',
      'drop policy all_of_it on notifications',
      /"all_of_it" lets authenticated at every row/,
    ],
    ['indexes', 'warn', 'create index twice on push_tokens (user_id)', 'drop index twice', /twice is the same as push_tokens_user/],
    [
      'migrations',
      'fail',
      "update supabase_migrations.schema_migrations set version = '0' || version where version = (select max(version) from supabase_migrations.schema_migrations)",
      "update supabase_migrations.schema_migrations set version = substr(version, 2) where version like '0%'",
      /not applied/,
    ],
    [
      'migrations',
      'warn',
      "update supabase_migrations.schema_migrations set statements = '{changed}' where name = 'recoveries'",
      "delete from supabase_migrations.schema_migrations where name = 'nothing'; update supabase_migrations.schema_migrations set statements = null where name = 'recoveries'",
      /another text/,
    ],
    [
      'partitions',
      'warn',
      "insert into notifications (user_id, type, title, created_at) values (gen_random_uuid(), 'x', 'x', '2001-01-01')",
      'delete from notifications',
      /public\.notifications: rows lie in its default partition/,
    ],
    [
      'switches',
      'warn',
      "update push.controls set paused = true, paused_reason = 'a drill'",
      'update push.controls set paused = false',
      /paused: a drill/,
    ],
    [
      'switches',
      'warn',
      'update push.projects set paused = true',
      'update push.projects set paused = false',
      /project expo\/default is paused/,
    ],
    [
      'processes',
      'warn',
      "insert into push.workers (id, host, pid, roles, version, heartbeat_at) values ('gone', 'h', 1, '{worker}', '0', now() - interval '5 minutes')",
      'delete from push.workers',
      /silent without a goodbye: gone/,
    ],
    [
      'clock',
      'warn',
      `insert into push.workers (id, host, pid, roles, version, stats) values ('late', 'h', 1, '{worker}', '0', jsonb_build_object('clockMs', 1000 * extract(epoch from now() - interval '3 seconds')))`,
      'delete from push.workers',
      /process late against the database: -3/,
    ],
  ])('%s: %s', async (check, verdict, sql, undo, words) => {
    await finds(check, verdict, sql, undo, words);
  });

  it('webhooks of Supabase and functions that use pg_net, and how to move off them', async () => {
    await on.admin.query('create schema supabase_functions');
    await on.admin.query(
      'create function supabase_functions.http_request() returns trigger language plpgsql as $$ begin return new; end $$',
    );
    await on.admin.query(
      `create trigger "send push" after insert on notifications for each row execute function supabase_functions.http_request('https://abc.supabase.co/functions/v1/send-push-notification?key=SECRET', 'POST', '{"Authorization":"Bearer SECRET"}', '{}', '1000')`,
    );
    await on.admin.query(
      'create function public.notify_by_net() returns trigger language plpgsql as $$ begin perform net.http_post(); return new; end $$',
    );
    await on.admin.query('create trigger by_net after insert on notifications for each row execute function public.notify_by_net()');
    const report = await look();
    expect(of(report, 'webhooks').map(({ verdict }) => verdict)).toEqual(['warn', 'warn']);
    expect(said(report, 'webhooks')).toContain('trigger by_net on notifications calls public.notify_by_net');
    expect(said(report, 'webhooks')).toContain('https://abc.supabase.co/functions/v1/send-push-notification');
    expect(JSON.stringify(report)).not.toContain('SECRET');
    const remedy = of(report, 'webhooks').find(({ found }) => found.en.includes('send push'))?.remedy?.en ?? '';
    const [disable = '', , drop = ''] = [...remedy.matchAll(/`([^`]+)`/g)]
      .map(([, sql]) => sql ?? '')
      .filter((sql) => /trigger/.test(sql) || true);
    expect(disable).toBe('alter table public.notifications disable trigger "send push";');
    await on.admin.query(disable);
    expect(said(await look(), 'webhooks')).toContain('(disabled)');
    expect(drop).not.toBe('');
    await on.admin.query('drop trigger "send push" on public.notifications');
    await on.admin.query('drop trigger by_net on notifications');
    await on.admin.query('drop function public.notify_by_net()');
    await on.admin.query('drop schema supabase_functions cascade');
    expect(verdicts(await look(), 'webhooks')).toEqual(['ok']);
  });

  it('a transaction that holds old rows back, and how to end it', async () => {
    // Long ones can't be waited for: what is asked is which of them are open, so the limit is looked at from the statement itself.
    const report = await look();
    expect(verdicts(report, 'holding-back')).toEqual(['ok']);
    await on.admin.query("select pg_create_physical_replication_slot('forgotten', true)").catch(() => undefined);
    expect(verdicts(await look(), 'holding-back')).toEqual(['ok']);
    await on.admin.query("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'forgotten'");
  });

  it('keys that do not fit what is stored, a missing key file, and registers nothing', async () => {
    const other = loadConfig({ TODOKU_DATA_DIR: folder });
    expect(verdicts(await look({ config: other }), 'keys')).toEqual(['ok']);
    await on.admin.query(String.raw`insert into push.encryption_keys (key_id, canary) values (1, '\x00')`);
    expect(of(await look({ config: other }), 'keys')).toMatchObject([
      { verdict: 'fail', found: { en: expect.stringContaining('is not there') as string } },
    ]);
    const wrong = await look();
    expect(said(wrong, 'keys')).toMatch(/Encryption key 1 is not the key/);
    await on.admin.query('delete from push.encryption_keys');
    expect(of(await look(), 'keys')).toMatchObject([{ verdict: 'warn' }]);
    expect(await on.admin.query('select 1 from push.encryption_keys')).toEqual([]);
  });

  it('files with secrets that others can read', async () => {
    await writeFile(join(folder, 'admin-key'), 'x', { mode: 0o600 });
    await writeFile(join(folder, 'encryption-keys.bak'), 'x');
    await chmod(join(folder, 'encryption-keys.bak'), 0o644);
    const report = await look();
    expect(of(report, 'secret-files')).toMatchObject([
      { verdict: 'fail', found: { en: `${join(folder, 'encryption-keys.bak')} can be read by others (mode 644)` } },
    ]);
    await chmod(join(folder, 'encryption-keys.bak'), 0o600);
    expect(verdicts(await look(), 'secret-files')).toEqual(['ok']);
  });

  it('misspelt, doubtful and wrong variables', async () => {
    const env = {
      TODOKU_DATA_DIR: folder,
      TODOKU_CHUNKSIZE: '5',
      TODOKU_SHUTDOWN_SECONDS: '3',
      EXPO_ACCESS_TOKEN: 'x',
      TODOKU_RATE_LIMIT: 'off',
    };
    const report = await look({ config: loadConfig(env), configProblem: 'PORT has to be a number' });
    expect(said(report, 'configuration')).toMatch(/PORT has to be/);
    expect(of(report, 'configuration').find(({ found }) => found.en.startsWith('TODOKU_CHUNKSIZE'))?.remedy?.en).toBe(
      'Is TODOKU_CHUNK_SIZE meant?',
    );
    expect(said(report, 'configuration')).toMatch(/TODOKU_SHUTDOWN_SECONDS is shorter/);
    expect(said(report, 'configuration')).toMatch(/the provider budget is not kept/);
    expect(report.verdict).toBe('fail');
  });

  it('a provider whose clock differs, and a clock that differs from the database’s', async () => {
    const away = { ...systemClock, now: () => new Date(Date.now() + 60_000) };
    const report = await look({ clock: away, providerTime: async () => new Date() });
    expect(of(report, 'clock').map(({ verdict }) => verdict)).toEqual(['fail', 'warn']);
  });

  it('settings that lose data or tell secrets', async () => {
    const name = new URL(on.url).pathname.slice(1);
    for (const [setting, value, words] of [
      ['synchronous_commit', 'off', /accepted within the last second can be lost/],
      ['default_transaction_isolation', 'serializable', /claims go by read committed/],
      ['log_parameter_max_length_on_error', '-1', /parameters of failed statements/],
    ] as const) {
      await on.admin.query(`alter database "${name}" set ${setting} = '${value}'`);
      const fresh = await freshLook();
      expect(said(fresh, 'database-settings')).toMatch(words);
      await on.admin.query(`alter database "${name}" reset ${setting}`);
    }
  });
});

/** With a connection that has seen the latest settings of the database. */
async function freshLook(): Promise<DoctorReport> {
  const { connectDatabase } = await import('../../database/connect-database.js');
  const { silentLogger } = await import('../../logging/logger.js');
  const database = connectDatabase({ url: on.url, maxConnections: 1, applicationName: 'test', log: silentLogger });
  try {
    return await runDoctor(partsOf(), database);
  } finally {
    await database.close();
  }
}

describe('without a database', () => {
  it.each([
    ['none', null, 'nothing runs here'],
    ['one that is gone', 'gone', null],
  ])('%s: says so and looks at the rest', async (_what, which, problem) => {
    const { connectDatabase } = await import('../../database/connect-database.js');
    const { silentLogger } = await import('../../logging/logger.js');
    const url = 'postgres://nobody:hidden-word@127.0.0.1:1/nothing';
    const database = which === null ? null : connectDatabase({ url, maxConnections: 1, applicationName: 'test', log: silentLogger });
    const report = await runDoctor(partsOf(), database, problem);
    expect(report.verdict).toBe('fail');
    expect(of(report, 'database')).toMatchObject([{ verdict: 'fail' }]);
    expect(verdicts(report, 'schema')).toEqual(['unknown']);
    expect(verdicts(report, 'configuration')).toEqual(['ok']);
    // Whatever this machine's disk is like.
    expect(['ok', 'warn', 'fail']).toContain(verdicts(report, 'disk')[0]);
    expect(verdicts(report, 'clock')).toEqual(['unknown', 'ok']);
    expect(JSON.stringify(report)).not.toContain('hidden-word');
    await database?.close();
  });
});
