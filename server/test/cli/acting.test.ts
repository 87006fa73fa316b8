/** The commands that change something, as processes on a real database: what they do, what the audit keeps, and what bad input leaves alone. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type CliResult, type TestCli } from '../support/cli.js';
import { emptyDatabase } from '../support/database.js';
import { Spine, testKeys } from '../support/spine.js';

let spine: Spine;
let todoku: TestCli;
const actor = `cli:${userInfo().username}`;

beforeAll(async () => {
  spine = await Spine.start();
  todoku = await buildCli(spine.url);
});
afterAll(async () => {
  await todoku.close();
  await spine.close();
});

/** Runs a command that has to succeed, with --json, and returns what it says. */
async function done<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const result = await todoku.run([...args, '--json']);
  expect({ exitCode: result.exitCode, err: result.err }).toEqual({ exitCode: 0, err: '' });
  return result.json<T>();
}

async function acts(): Promise<{ actor: string; action: string; target: string | null; reason: string | null }[]> {
  return await spine.admin.query('select actor, action, target, reason from push.audit order by seq');
}

async function refused(...args: string[]): Promise<CliResult> {
  const before = await acts();
  const result = await todoku.run(args);
  expect(result.out).toBe('');
  expect(await acts()).toEqual(before);
  return result;
}

describe('todoku migrate', () => {
  it('makes the schema, once', async () => {
    const empty = await emptyDatabase();
    const env = { DATABASE_URL: empty.url };
    const early = await todoku.run(['status'], { env });
    expect(early.exitCode).toBe(1);
    expect(early.err).toContain('todoku migrate');
    const first = await todoku.run(['migrate', '--json'], { env });
    expect(first.exitCode).toBe(0);
    expect(first.json<{ applied: string[] }>().applied.length).toBeGreaterThan(5);
    expect((await todoku.run(['migrate', '--json'], { env })).json()).toEqual({ applied: [], drifted: [], unknown: [] });
    expect((await todoku.run(['status'], { env })).exitCode).toBe(0);
    await empty.close();
  });
});

describe('every act', () => {
  it.each([
    [['queue', 'pause']],
    [['queue', 'pause', '--reason', ' ']],
    [['queue', 'pause', '--reason', 'two\nlines']],
    [['queue', 'catch-up', '--reason', 'x']],
    [['queue', 'retry-failed', '--hours', '0', '--reason', 'x']],
    [['tokens', 'undo', '--since', '-1h', '--reason', 'x']],
    [['tokens', 'unfreeze', '--project', '99999', '--reason', 'x']],
    [['keys', 'create', '--name', 'x', '--scopes', 'root', '--reason', 'x']],
    [['keys', 'create', '--name', 'x', '--scopes', 'send', '--expires', '2030-01-01', '--reason', 'x']],
    [['keys', 'create', '--name', 'x', '--scopes', 'send', '--expires', '2020-01-01T00:00:00Z', '--reason', 'x']],
    [['settings', 'set', randomUUID(), '--type-on', 'a', 'b', '--type-off', 'c', 'b', '--reason', 'x']],
    [['project', 'pause', '1']],
    [['project', 'pause', 'expo', '--reason', 'x']],
    [['project', 'resume', '0', '--reason', 'x']],
    [['status', '--lang', 'fr']],
    [['status', '--lang=']],
    [['types', 'set', 'alarm', '--reason', 'x']],
    [['emergency-stop']],
    [['emergency-resume', '--reason', ' ']],
    [['pushes', '--reason', 'x']],
    [['pushes', 'maybe', '--reason', 'x']],
    [['policy', 'set', '--reason', 'x']],
    [['policy', 'set', 'capLimit', '--reason', 'x']],
    [['policy', 'set', 'capLimit=0', '--reason', 'x']],
    [['policy', 'set', 'capLimits=1', '--reason', 'x']],
    [['policy', 'set', 'defaultLane=bogus', '--reason', 'x']],
    [['policy', 'set', 'capLimit=5', 'defaultTimezone=JST', '--reason', 'x']],
    [['policy', 'set', 'capLimit=5']],
    [['broadcast', 'append', '1']],
    [['broadcast', 'append', '1', '--file', '-']],
    [['types', 'set', 'no such!', '--urgent', 'on', '--reason', 'x']],
    [['types', 'set', 'alarm', '--ttl', '0', '--reason', 'x']],
    [['settings', 'set', randomUUID(), '--reason', 'x']],
    [['settings', 'set', 'eve', '--push', 'off', '--reason', 'x']],
    [['settings', 'set', randomUUID(), '--push', 'off']],
    [['settings', 'set', randomUUID(), '--timezone', 'Mars/Olympus', '--reason', 'x']],
    [['settings', 'set', randomUUID(), '--quiet-hours', '22-7', '--reason', 'x']],
    [['settings', 'set', randomUUID(), '--quiet-hours', '25:00-07:00', '--reason', 'x']],
    [['partitions', 'drop', '--parent', 'push.attempts', '--before', '1h', '--reason', 'x']],
    [['partitions', 'drop', '--parent', 'push.audit', '--before', '90d', '--reason', 'x']],
    [['broadcast', 'pause', 'twelve', '--reason', 'x']],
    [['broadcast', 'preview']],
    [['broadcast', 'preview', '--all', '--audience', '{"kind":"all"}']],
    [['broadcast', 'preview', '--audience', '{"kind":"filter"}']],
    [['broadcast', 'preview', '--audience', '{"kind":"list","userIds":["eve"]}']],
    [['explain']],
    [['explain', 'something']],
    [['explain', randomUUID(), '--user', randomUUID()]],
  ])('refuses %j and changes nothing', async (args) => {
    expect((await refused(...args)).exitCode).toBe(2);
  });

  it.each([
    [['broadcast', 'pause', '4711', '--reason', 'x']],
    [['broadcast', 'show', '4711']],
    [['keys', 'revoke', 'nobody', '--reason', 'x']],
    [['tokens', 'unfreeze', '--project', '9', '--reason', 'x']],
    [['project', 'pause', '9', '--reason', 'x']],
    [['project', 'resume', '9', '--reason', 'x']],
    [['tokens', 'undo', '--since', '1h', '--project', '9', '--reason', 'x']],
    [['tokens', 'quarantined', '--project', '9']],
    [['explain', randomUUID()]],
  ])('finds nothing for %j', async (args) => {
    const { exitCode, err } = await refused(...args);
    expect(exitCode).toBe(1);
    expect(err).toContain('NOT_FOUND');
  });

  it('points from an id that is no notification to the user who may have it', async () => {
    const { id } = await spine.user();
    for (const language of ['en', 'ja']) {
      const { exitCode, err } = await refused('explain', id, '--lang', language);
      expect(exitCode).toBe(1);
      expect(err).toContain(`\`todoku explain --user ${id}\``);
    }
  });

  it.each([[['explain']], [['send']], [['settings', 'set', randomUUID(), '--reason', 'x']]])(
    'speaks of no field when %j lacks something as a whole',
    async (args) => {
      const { exitCode, err } = await refused(...args);
      expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.not.stringMatching(/path|Where:/) as string });
      expect(err).toContain('What to do: Correct that and run the command again');
    },
  );
});

describe('the switches', () => {
  it('stop all and go on, with who and why', async () => {
    const stopped = await done('emergency-stop', '--reason', 'wrong people');
    expect(stopped).toMatchObject({ emergency: true, emergencyBy: actor, emergencyReason: 'wrong people' });
    expect(await done('pushes', 'off', '--reason', 'a drill')).toMatchObject({ pushesEnabled: false, emergency: true });
    const status = await todoku.run(['status']);
    expect(status.out).toMatch(/^EMERGENCY STOP by .*: wrong people\nPUSHES ARE SWITCHED OFF\.$/m);
    expect((await todoku.run(['pushes', 'on', '--reason', 'over'])).out).toMatch(/^EMERGENCY STOP by .*: wrong people\n$/);
    expect((await todoku.run(['emergency-resume', '--reason', 'over'])).out).toMatch(/\nSending\.\n$/);
    expect((await acts()).slice(-4).map(({ action }) => action)).toEqual([
      'emergency.stop',
      'pushes.disable',
      'pushes.enable',
      'emergency.resume',
    ]);
  });
});

describe('todoku project', () => {
  it('stops one project, shows it, and says first what would go out', async () => {
    const reason = ['--reason', 'the credentials are renewed'];
    expect(await done('project', 'pause', '1', ...reason)).toMatchObject({ id: 1, paused: true, pausedBy: actor, pausedReason: reason[1] });
    expect((await acts()).at(-1)).toEqual({ actor, action: 'projects.pause', target: 'project:1', reason: reason[1] });
    const id = await spine.notify((await spine.user()).id);
    await spine.worker();
    await expect.poll(() => spine.admin.query('select 1 from push.chunks'), { timeout: 10_000 }).toHaveLength(1);
    const status = await todoku.run(['status']);
    expect(status.out).toMatch(/^PROJECT 1 \(expo\/default\) IS PAUSED\.$/m);
    expect(status.out).toMatch(/PAUSED by cli:.*: the credentials are renewed/);
    expect((await todoku.run(['explain', id])).out).toMatch(/the credentials are renewed/);
    const preview = { lanes: [{ lane: 1, wouldBeSent: 1, parked: 0 }] };
    expect(await done('project', 'resume', '1', '--dry-run')).toMatchObject({ paused: true, dryRun: true, preview });
    expect(await done('emergency-resume', '--dry-run')).toMatchObject({
      preview: { lanes: [{ wouldBeSent: 0, parked: 1 }] },
    });
    expect(await done('project', 'resume', '1', '--reason', 'they are there')).toMatchObject({ paused: false, preview });
    expect((await acts()).at(-1)).toMatchObject({ action: 'projects.resume', reason: 'they are there' });
    await spine.reaches(id, 'accepted_by_platform');
    expect(await done<{ projects: unknown[] }>('project', 'list')).toMatchObject({ projects: [{ id: 1, paused: false }] });
    await spine.stopWorkers();
  }, 180_000);
});

describe('todoku policy', () => {
  it('shows and changes what is named', async () => {
    const before = await done('policy', 'show');
    const changes = ['capLimit=none', 'defaultTimezone=Europe/Berlin', 'defaultLane=bulk', 'tokenLossShare=0.5'];
    const after = { ...before, capLimit: null, defaultTimezone: 'Europe/Berlin', defaultLane: 2, tokenLossShare: 0.5 };
    expect(await done('policy', 'set', ...changes, '--reason', 'a drill')).toEqual(after);
    expect(await done('policy', 'show')).toEqual(after);
    expect((await acts()).at(-1)).toEqual({ actor, action: 'policy.change', target: 'system', reason: 'a drill' });
    expect((await todoku.run(['policy', 'show'])).out).toMatch(/^capLimit +none$/m);
    const back = Object.entries(before).map(([name, value]) => `${name}=${String(value ?? 'none')}`);
    expect(await done('policy', 'set', ...back, '--reason', 'the drill is over')).toEqual(before);
  });
});

describe('todoku queue', () => {
  it('pauses and resumes, with who and why', async () => {
    expect(await done('queue', 'pause', '--reason', 'a drill')).toMatchObject({ paused: true, pausedBy: actor, pausedReason: 'a drill' });
    expect((await todoku.run(['status'])).out).toMatch(/^PAUSED by .*: a drill$/m);
    expect(await done('queue', 'resume', '--reason', 'it is over')).toMatchObject({ paused: false, pausedBy: null });
    expect((await acts()).slice(-2)).toEqual([
      { actor, action: 'queue.pause', target: 'system', reason: 'a drill' },
      { actor, action: 'queue.resume', target: 'system', reason: 'it is over' },
    ]);
  });

  it('takes in what came while the trigger was off', async () => {
    const user = await spine.user();
    await spine.admin.query('alter table notifications disable trigger notification_push_trigger');
    await spine.notify(user.id);
    expect((await todoku.run(['status'])).out).toContain('THE TRIGGER IS OFF');
    await spine.admin.query('alter table notifications enable trigger notification_push_trigger');
    expect(await done('queue', 'catch-up', '--since', '1h', '--reason', 'it is on')).toMatchObject({ taken: 1 });
    expect(await done('queue', 'catch-up', '--since', '1h', '--reason', 'it is on')).toMatchObject({ taken: 0 });
  });

  it('counts what could be tried again, and tries it', async () => {
    expect(await done('queue', 'retry-failed', '--dry-run')).toMatchObject({
      dryRun: true,
      deliveries: 0,
      left: {},
    });
    expect(await done('queue', 'retry-failed', '--hours', '1', '--reason', 'mended')).toMatchObject({ dryRun: false, deliveries: 0 });
    expect(await done('queue', 'stats')).toMatchObject({ depth: [] });
  });
});

describe('todoku keys', () => {
  it('makes a key that is shown once, lists it without its secret, and revokes it', async () => {
    const made = await todoku.run(['keys', 'create', '--name', 'back end', '--scopes', 'send,operate', '--reason', 'reminders']);
    const [key = ''] = /td_\w+/.exec(made.out) ?? [];
    const id = key.split('_')[1] ?? '';
    const { keys } = await done<{ keys: object[] }>('keys', 'list');
    expect(keys).toMatchObject([{ id, name: 'back end', scopes: ['send', 'operate'], createdBy: actor, revokedAt: null }]);
    expect(JSON.stringify([keys, await acts()])).not.toContain(key.slice(20));
    expect(await done('keys', 'revoke', id, '--reason', 'leaked')).toEqual({ id, revoked: true });
    expect(await done('keys', 'revoke', id, '--reason', 'leaked')).toEqual({ id, revoked: false });
  });
});

describe('todoku types and partitions', () => {
  it('sets the rules that are named and leaves the others', async () => {
    const alarm = { type: 'alarm', lane: 0, urgent: true, enabled: true, dedupeSeconds: 600, unknownPolicy: 'resend' };
    expect(await done('types', 'set', 'alarm', '--lane', 'critical', '--urgent', 'on', '--reason', 'nights')).toMatchObject(alarm);
    expect(await done('types', 'set', 'alarm', '--lane', 'policy', '--ttl', '60', '--reason', 'short')).toMatchObject({
      ...alarm,
      lane: null,
      ttlSeconds: 60,
    });
    const { types } = await done<{ types: { type: string }[] }>('types', 'list');
    expect(types.slice(0, 2).map(({ type }) => type)).toEqual(['*', 'alarm']);
  });

  it('makes, lists and drops partitions', async () => {
    await spine.admin.query("select push.ensure_partitions('2020-01-01', '2020-01-02')");
    expect(await done('partitions', 'ensure')).toEqual({ made: 0 });
    const list = async (): Promise<string[]> => {
      const { partitions } = await done<{ partitions: { name: string }[] }>('partitions', 'list', '--parent', 'push.attempts');
      return partitions.map(({ name }) => name);
    };
    expect((await list())[0]).toBe('push.attempts_p20200101');
    const drop = ['partitions', 'drop', '--parent', 'push.attempts', '--before', '90d', '--reason', 'retention'];
    expect(await done(...drop)).toEqual({ dropped: ['push.attempts_p20200101'] });
    expect(await list()).not.toContain('push.attempts_p20200101');
    expect((await acts()).at(-1)).toEqual({ actor, action: 'partitions.drop', target: 'push.attempts', reason: 'retention' });
  });
});

describe('todoku settings', () => {
  it('shows the defaults, changes what is named, and says so in the audit', async () => {
    const user = randomUUID();
    expect(await done('settings', 'get', user)).toMatchObject({ pushEnabled: true, timezone: null, quietHours: { enabled: false } });
    const set = ['--timezone', 'Asia/Tokyo', '--quiet-hours', '23:00-06:30', '--type-off', 'news', 'tips', '--reason', 'she asked'];
    const changed = {
      pushEnabled: true,
      timezone: 'Asia/Tokyo',
      quietHours: { enabled: true, start: '23:00', end: '06:30' },
      types: { news: { enabled: false }, tips: { enabled: false } },
    };
    expect(await done('settings', 'set', user, ...set)).toEqual(changed);
    expect((await acts()).at(-1)).toEqual({ actor, action: 'settings.change', target: `user:${user}`, reason: 'she asked' });
    expect(await done('settings', 'set', user, '--quiet-hours', 'off', '--timezone', '-', '--reason', 'again')).toMatchObject({
      timezone: null,
      quietHours: { enabled: false, start: '23:00', end: '06:30' },
    });
    expect(await done('settings', 'get', user)).toMatchObject({ types: changed.types });
  });
});

describe('todoku tokens', () => {
  it('shows devices with their tokens masked, quarantined ones, and brings them back', async () => {
    const user = await spine.user();
    const [device] = (await done<{ tokens: object[] }>('tokens', 'list', '--user', user.id)).tokens;
    expect(device).toMatchObject({ tokenId: user.tokenIds[0], state: 'active', platform: 'ios' });
    expect(JSON.stringify(device)).not.toContain(user.tokens[0]);
    await spine.admin.query(
      "update push_tokens set state = 'quarantined', is_active = false, state_at = now(), state_reason = 'DeviceNotRegistered' where user_id = $1",
      [user.id],
    );
    expect(await done('tokens', 'quarantined', '--since', '1h')).toMatchObject({
      tokens: [{ userId: user.id, reason: 'DeviceNotRegistered' }],
    });
    expect(await done('tokens', 'undo', '--since', '1h', '--reason', 'our fault')).toMatchObject({ undone: 1 });
    expect(await done('tokens', 'quarantined')).toEqual({ tokens: [] });
    expect(await done('tokens', 'unfreeze', '--project', '1', '--reason', 'not frozen')).toEqual({ project: 1, unfrozen: false });
  });
});

describe('todoku broadcast', () => {
  it('goes from its preview to its end', async () => {
    await spine.users(3);
    const { users } = await done<{ users: number }>('broadcast', 'preview', '--all');
    expect(users).toBeGreaterThanOrEqual(3);
    const news = JSON.stringify({ type: 'news', title: 'Version \u001b[2J2', lane: 'critical', audience: { kind: 'all' } });
    const made = await todoku.run(['broadcast', 'create', '--file', '-', '--reason', 'release', '--json'], { input: news });
    expect(made.json()).toMatchObject({ state: 'draft', estimate: users, createdBy: actor });
    const id = String(made.json()['id']);
    expect((await todoku.run(['broadcast', 'show', id])).out).toMatch(/^lane +critical$/m);
    for (const [verb, state] of Object.entries({ start: 'running', pause: 'paused', resume: 'running', cancel: 'cancelled' })) {
      expect(await done('broadcast', verb, id, '--reason', 'a drill')).toMatchObject({ state });
    }
    expect(await done('broadcast', 'list', '--state', 'cancelled')).toMatchObject({ broadcasts: [{ title: 'Version \u001b[2J2' }] });
    expect(await done('broadcast', 'show', id)).toMatchObject({ progress: { unaccounted: 0 } });
    expect((await todoku.run(['broadcast', 'pause', id, '--reason', 'too late'])).err).toContain('CONFLICT');
    // A title must not be able to write on the operator's screen.
    expect((await todoku.run(['broadcast', 'show', id])).out).not.toContain('\u001b');
  });
});

describe('todoku broadcast append', () => {
  it('adds users to the list of a draft, each once', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const draft = JSON.stringify({ type: 'news', title: 'To some', audience: { kind: 'list', userIds: [one] } });
    const made = await todoku.run(['broadcast', 'create', '--file', '-', '--reason', 'release', '--json'], { input: draft });
    const id = String(made.json<{ id: number }>().id);
    const append = (input: unknown) =>
      todoku.run(['broadcast', 'append', id, '--file', '-', '--reason', 'more', '--json'], { input: JSON.stringify(input) });
    expect((await append([one, two])).json()).toEqual({ id: Number(id), users: 2 });
    expect(await append(['eve'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('userIds[0]') as string });
    expect(await append({ userIds: [one] })).toMatchObject({ exitCode: 2 });
    expect(await done('broadcast', 'show', id)).toMatchObject({ estimate: 2, state: 'draft' });
  });
});

describe('todoku explain', () => {
  it('tells the story of a notification and of a user', async () => {
    const user = await spine.user();
    const id = await spine.notify(user.id, { title: 'Explain me' });
    await spine.worker();
    await spine.reaches(id, 'accepted_by_platform');
    expect(await done('explain', id)).toMatchObject({ id, standing: 'planned', deliveries: [{ state: 'accepted_by_platform' }] });
    expect(await done('explain', '--user', user.id)).toMatchObject({ userId: user.id, recent: [{ id, title: 'Explain me' }] });
    const english = await todoku.run(['explain', id]);
    const japanese = await todoku.run(['explain', id, '--lang', 'ja']);
    expect(english.out).toContain(id);
    expect(japanese.out).not.toBe(english.out);
  });
});

describe('todoku audit', () => {
  it('says who did what and why, a page at a time', async () => {
    const { entries } = await done<{ entries: { seq: number; action: string; actor: string; reason: string }[] }>(
      'audit',
      'list',
      '--limit',
      '2',
    );
    expect(entries).toHaveLength(2);
    const next = await done<{ entries: { seq: number }[] }>('audit', 'list', '--before', String(entries[1]?.seq), '--limit', '1');
    expect(next.entries[0]?.seq).toBeLessThan(entries[1]?.seq ?? 0);
    expect(await done('audit', 'list', '--action', 'queue.pause')).toMatchObject({ entries: [{ actor, reason: 'a drill' }] });
    expect((await todoku.run(['audit', 'list', '--actor', 'nobody'])).out).toBe('None.\n');
    const unknown = await refused('audit', 'list', '--action', 'broadcast.start');
    expect(unknown).toMatchObject({ exitCode: 2, err: expect.stringMatching(/broadcasts\.start, /) as string });
    expect((await todoku.run(['audit', 'list', '--action', 'alerts.silence'])).out).toBe('None.\n');
  });
});

describe('sql', () => {
  it('runs a statement, or what comes by standard input, and shows what it answers', async () => {
    const user = randomUUID();
    const insert = `insert into notifications (user_id, type, title) values ('${user}', 'sql', E'a\\nb') returning title, is_read`;
    const { out, exitCode } = await todoku.run(['sql', insert]);
    expect({ out, exitCode }).toEqual({ out: 'title  is_read\na\ufffdb    f\nINSERT 1\n', exitCode: 0 });
    const piped = await todoku.run(['sql', '--json'], {
      input: `select title from notifications where user_id = '${user}'; select null as x`,
    });
    expect(piped.json()).toEqual({
      answers: [
        { command: 'SELECT', count: 1, rows: [{ title: 'a\nb' }] },
        { command: 'SELECT', count: 1, rows: [{ x: null }] },
      ],
      oneByOne: false,
    });
  });

  it('takes a statement that begins with a comment, and runs one by one what can be in no transaction', async () => {
    expect((await todoku.run(['sql', '--- three\nselect 1 as x'])).out).toContain('SELECT 1');
    const { out, exitCode } = await todoku.run([
      'sql',
      '-- weekly; as it is\ndelete from push_tokens where false;\nreindex table notifications;',
    ]);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^DELETE 0\n\nREINDEX\n\nEach statement/) as string });
    const failed = await todoku.run(['sql', 'create table kept (x int); reindex table notifications; select nothing_like_it']);
    expect(failed).toMatchObject({ exitCode: 1, err: expect.stringContaining('The first 2 statements are done') as string });
    expect(await spine.admin.query("select to_regclass('kept')::text as found")).toEqual([{ found: 'kept' }]);
    for (const option of ['--nonsense', '-x', '--lan=ja'])
      expect(await todoku.run(['sql', option])).toMatchObject({ exitCode: 2, out: '' });
  });

  it('says what Postgres says, and nothing of several statements stays when one fails', async () => {
    const failed = await todoku.run(['sql', 'create table half_done (x int); select nothing_like_it']);
    expect({ exitCode: failed.exitCode, out: failed.out }).toEqual({ exitCode: 1, out: '' });
    expect(failed.err).toMatch(/Error: 42703\n.*nothing_like_it.*\(character \d+\)\n.*Correct the statement/);
    expect(await spine.admin.query("select to_regclass('half_done') as found")).toEqual([{ found: null }]);
  });

  it('says in one line that there is no statement, and how to give one', async () => {
    for (const args of [['sql'], ['sql', ''], ['sql', ' \n'], ['sql', '--lang', 'ja']]) {
      const { exitCode, out, err } = await todoku.run(args);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toMatch(
        args.includes('ja') ? /\n {2}文がありません。.*`todoku sql 'select 1'`/ : /\n {2}There is no statement: .*`todoku sql 'select 1'`/,
      );
    }
    expect(await todoku.run(['sql'], { input: 'select 1\0' })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('NUL') as string,
    });
  });

  it('prints where the database is, as a URL or as variables, and plainly when there is none', async () => {
    expect((await todoku.run(['database-url'])).out.trim()).toBe(spine.url);
    const url = new URL(spine.url);
    expect((await todoku.run(['database-url', '--env'])).out).toContain(`export PGPORT='${url.port}'\n`);
    const none = await todoku.run(['database-url'], { env: { DATABASE_URL: '', TODOKU_DATA_DIR: '/nowhere/at/all' } });
    expect(none).toMatchObject({ exitCode: 1, out: '' });
    expect(none.err).toContain('no Todoku runs with the data folder /nowhere/at/all');
  });
});

describe('what operators tend', () => {
  it('by the manual, each with a reason and an entry in the audit', async () => {
    await done('emergency-stop', '--reason', 'x');
    expect(await done('emergency-resume', '--dry-run')).toMatchObject({
      emergency: true,
      dryRun: true,
      preview: { stillStopped: [] },
    });
    expect(await done('emergency-resume', '--reason', 'x')).toMatchObject({ emergency: false });
    expect(await done('queue', 'clear-stale', '--reason', 'x')).toMatchObject({ expired: 0 });
    expect(await done('queue', 'stats')).toMatchObject({ oldestItemAge: 0, paused: false });
    const env = { TODOKU_ENCRYPTION_KEYS: testKeys };
    expect((await todoku.run(['recover', '--reason', 'x', '--json'], { env })).json()).toMatchObject({ ok: true });
    expect((await todoku.run(['tokens', 'validate'], { env })).exitCode).toBe(0);
    expect((await todoku.run(['tokens', 'remove-invalid', '--reason', 'x', '--json'], { env })).json()).toEqual({ removed: 0 });
    expect(
      (await todoku.run(['tokens', 'ask-to-reregister', '--states', 'quarantined', '--reason', 'x', '--json'], { env })).json(),
    ).toEqual({ marked: 0 });
    await refused('tokens', 'ask-to-reregister', '--reason', 'x');
    expect((await acts()).slice(-4).map(({ action }) => action)).toContain('tokens.ask_to_reregister');
  });
});
