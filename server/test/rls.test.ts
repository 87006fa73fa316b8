/** Row level security as the roles themselves meet it: what each may see and change of the three public tables, and of schema push nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, actingAs, touched } from './support/act-as.js';
import { type TestDatabase, testDatabase } from './support/database.js';

const ownerId = '0a000000-0000-4000-8000-000000000001';
const otherId = '0b000000-0000-4000-8000-000000000002';
const newcomerId = '0c000000-0000-4000-8000-000000000003';
const notificationOf: Readonly<Record<string, string>> = {
  [ownerId]: '01990000-0000-7000-8000-00000000000a',
  [otherId]: '01990000-0000-7000-8000-00000000000b',
};

const user = (id: string): Actor => ({ role: 'authenticated', claims: { sub: id, role: 'authenticated', aud: 'authenticated' } });
const actors = {
  owner: user(ownerId),
  other: user(otherId),
  nobody: { role: 'authenticated' },
  'an emptied token': { role: 'authenticated', claims: '' },
  anon: { role: 'anon', claims: { sub: ownerId } },
  service_role: { role: 'service_role' },
  todoku_worker: { role: 'todoku_worker' },
} as const satisfies Record<string, Actor>;
type ActorName = keyof typeof actors;
type Answers = Readonly<Record<ActorName, number | 'denied'>>;

const answers = (owner: number | 'denied', others: number | 'denied', service: number | 'denied', worker: number): Answers => ({
  owner,
  other: others,
  nobody: others,
  'an emptied token': others,
  anon: 'denied',
  service_role: service,
  todoku_worker: worker,
});

const publicTables = ['notifications', 'push_tokens', 'notification_settings'];

/** Every statement is about the owner's row. */
const statements: readonly (readonly [string, string, Answers])[] = [
  ['select notifications', 'select 1 from notifications where user_id = $1', answers(1, 0, 1, 1)],
  [
    'insert notifications',
    `insert into notifications (user_id, type, title) values ($1, 'a', 'b') returning 1`,
    answers('denied', 'denied', 1, 1),
  ],
  ['update notifications', 'update notifications set is_read = true where user_id = $1 returning 1', answers(1, 0, 1, 1)],
  ['delete notifications', 'delete from notifications where user_id = $1 returning 1', answers('denied', 'denied', 1, 1)],
  ['select push_tokens', 'select id from push_tokens where user_id = $1', answers(1, 0, 1, 1)],
  [
    'insert push_tokens',
    String.raw`insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id) values ($1, 'ios', '\x00', '\x99', 1) returning 1`,
    answers('denied', 'denied', 'denied', 1),
  ],
  ['update push_tokens', `update push_tokens set locale = 'ja' where user_id = $1 returning 1`, answers('denied', 'denied', 'denied', 1)],
  ['take over push_tokens', 'update push_tokens set user_id = $1 returning 1', answers('denied', 'denied', 'denied', 2)],
  ['delete push_tokens', 'delete from push_tokens where user_id = $1 returning 1', answers('denied', 'denied', 1, 1)],
  ['select notification_settings', 'select * from notification_settings where user_id = $1', answers(1, 0, 1, 1)],
  [
    'update notification_settings',
    'update notification_settings set push_enabled = false where user_id = $1 returning 1',
    answers(1, 0, 1, 1),
  ],
  ['delete notification_settings', 'delete from notification_settings where user_id = $1 returning 1', answers('denied', 'denied', 1, 1)],
];

const cases = statements.flatMap(([what, sql, expected]) =>
  (Object.keys(actors) as ActorName[]).map((name) => ({ what, sql, name, expected: expected[name] })),
);

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  for (const [nr, id] of [ownerId, otherId].entries()) {
    await db.admin.query(`insert into notifications (id, user_id, type, title) values ($1, $2, 'a', 'secret')`, [notificationOf[id], id]);
    await db.admin.query(
      `insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id) values ($1, 'ios', $2, $2, 1)`,
      [id, Buffer.from([nr])],
    );
    await db.admin.query('insert into notification_settings (user_id) values ($1)', [id]);
  }
});
afterAll(() => db.close());

describe("the owner's row", () => {
  it.each(cases)('$what as $name: $expected', async ({ sql, name, expected }) => {
    expect(await touched(db.admin, actors[name], sql, [ownerId])).toBe(expected);
  });

  it.each(publicTables)('is the only one that she sees in %s', async (table) => {
    const sql = `select user_id from ${table}`;
    expect(await actingAs(db.admin, actors.owner, (tx) => tx.query(sql))).toEqual([{ user_id: ownerId }]);
    expect(await actingAs(db.admin, actors.service_role, (tx) => tx.query(sql))).toHaveLength(2);
  });

  it('of settings is hers to make, and nobody else can make it', async () => {
    const sql = 'insert into notification_settings (user_id, timezone) values ($1, $2) returning 1';
    const made = async (actor: Actor): Promise<number | 'denied'> => await touched(db.admin, actor, sql, [newcomerId, 'Asia/Tokyo']);
    expect(await made(user(newcomerId))).toBe(1);
    expect(await made(actors.owner)).toBe('denied');
    expect(await made(actors.nobody)).toBe('denied');
    expect(await made(actors.anon)).toBe('denied');
    expect(await made(actors.service_role)).toBe(1);
  });

  it('can be upserted by the app only while it is hers', async () => {
    const sql = /* sql */ `insert into notification_settings (user_id, push_enabled) values ($1, false)
      on conflict (user_id) do update set push_enabled = excluded.push_enabled returning 1`;
    expect(await touched(db.admin, actors.owner, sql, [ownerId])).toBe(1);
    expect(await touched(db.admin, actors.other, sql, [ownerId])).toBe('denied');
  });

  it('is not seen with the other form of claims either', async () => {
    const asOther = `select set_config('request.jwt.claim.sub', '${otherId}', true)`;
    const seen = await actingAs(
      db.admin,
      { role: 'authenticated', claims: '' },
      (tx) => tx.query('select user_id from notifications'),
      (tx) => tx.query(asOther),
    );
    expect(seen).toEqual([{ user_id: otherId }]);
  });
});

const columnsOf = async (table: string): Promise<string[]> => {
  const rows = await db.admin.query<{ attname: string }>(
    'select attname::text from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum',
    [table],
  );
  return rows.map((row) => row.attname);
};

const allowedColumns = async (table: string, actor: Actor, statement: (column: string) => string): Promise<string[]> => {
  const allowed: string[] = [];
  for (const column of await columnsOf(table)) {
    if ((await touched(db.admin, actor, statement(column))) !== 'denied') allowed.push(column);
  }
  return allowed;
};

describe('columns', () => {
  it('a user can change: of notifications those that say she has read it, of her settings what she wants', async () => {
    const updating = (table: string) => (column: string) =>
      `update ${table} set ${column} = null where user_id = '${newcomerId}' returning 1`;
    expect(await allowedColumns('notifications', actors.owner, updating('notifications'))).toEqual(['is_read', 'read_at', 'opened_at']);
    expect(await allowedColumns('push_tokens', actors.owner, updating('push_tokens'))).toEqual([]);
    expect(await allowedColumns('notification_settings', actors.owner, updating('notification_settings'))).toEqual([
      'push_enabled',
      'timezone',
      'quiet_hours_enabled',
      'quiet_hours_start',
      'quiet_hours_end',
      'types',
    ]);
  });

  const hidden = ['token_ciphertext', 'token_hash', 'key_id'];
  const selecting = (column: string): string => `select ${column} from push_tokens`;

  it('of push_tokens that nobody but the worker sees: the token in every form', async () => {
    const all = await columnsOf('push_tokens');
    expect(await allowedColumns('push_tokens', actors.owner, selecting)).toEqual([
      ...[
        'id',
        'user_id',
        'platform',
        'is_active',
        'state',
        'device_id',
        'app_version',
        'locale',
        'registered_at',
        'created_at',
        'updated_at',
        'register_again_at',
      ],
    ]);
    expect(await allowedColumns('push_tokens', actors.service_role, selecting)).toEqual(all.filter((column) => !hidden.includes(column)));
    expect(await allowedColumns('push_tokens', actors.anon, selecting)).toEqual([]);
    expect(await allowedColumns('push_tokens', actors.todoku_worker, selecting)).toEqual(all);
  });

  it.each(hidden)('%s can be neither asked about nor returned', async (column) => {
    for (const sql of [
      `select 1 from push_tokens where ${column} is not null`,
      `select 1 from push_tokens order by ${column}`,
      `select count(${column}) from push_tokens`,
      'select * from push_tokens',
      'select t from push_tokens t',
      `delete from push_tokens returning ${column}`,
    ]) {
      expect(await touched(db.admin, actors.owner, sql), sql).toBe('denied');
      expect(await touched(db.admin, actors.service_role, sql), sql).toBe('denied');
    }
  });
});

describe('reading', () => {
  it('is read once: the first time stands', async () => {
    const seen = await actingAs(db.admin, actors.owner, async (tx) => {
      const first = await tx.query<{ read_at: Date }>('update notifications set is_read = true returning read_at');
      const again = await tx.query<{ read_at: Date }>('update notifications set is_read = true returning read_at');
      return [first[0]?.read_at, again[0]?.read_at];
    });
    expect(seen[0]).toBeInstanceOf(Date);
    expect(seen[1]).toEqual(seen[0]);
  });
});

describe("the manual's stricter policy", () => {
  const manual = /* sql */ `
    DROP POLICY IF EXISTS "Users can view own notifications" ON notifications;
    CREATE POLICY "Users can view own notifications" ON notifications
      FOR SELECT USING (
        auth.uid() = user_id
        AND auth.jwt() ->> 'aud' = 'authenticated'
      )`;
  const seenBy = async (actor: Actor): Promise<number | 'denied'> =>
    await touched(db.admin, actor, 'select 1 from notifications', [], (tx) => tx.query(manual));

  it('replaces the one that is there', async () => {
    expect(await seenBy(actors.owner)).toBe(1);
    expect(await seenBy({ role: 'authenticated', claims: { sub: ownerId, aud: 'elsewhere' } })).toBe(0);
    expect(await seenBy({ role: 'authenticated', claims: { sub: ownerId } })).toBe(0);
    expect(await seenBy(actors.anon)).toBe('denied');
    expect(await seenBy(actors.service_role)).toBe(2);
  });
});

describe('the catalogue', () => {
  it.each(publicTables)('says that row level security of %s is on, for the owner too', async (table) => {
    const [flags] = await db.admin.query(
      'select relrowsecurity as "on", relforcerowsecurity as forced from pg_class where oid = $1::regclass',
      [table],
    );
    expect(flags).toEqual({ on: true, forced: true });
  });

  it('has the policies that the manual names', async () => {
    const policies = await db.admin.query<{ name: string }>(
      `select policyname as name from pg_policies where 'authenticated' = any(roles) order by 1`,
    );
    expect(policies.map(({ name }) => name)).toEqual([
      'Users can insert own notification settings',
      'Users can update own notification settings',
      'Users can update own notifications',
      'Users can view own notification settings',
      'Users can view own notifications',
      'Users can view own push tokens',
    ]);
  });
});

describe('schema push', () => {
  const outside = ['anon', 'authenticated', 'service_role'];

  it('is closed to the roles of the app: every table, partition, sequence and function, those to come too', async () => {
    await db.admin.query(`select push.ensure_partitions(now(), now() + interval '40 days')`);
    const relations = await db.admin.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relnamespace = 'push'::regnamespace and relkind in ('r', 'p', 'v', 'm') order by 1`,
    );
    expect(relations.length).toBeGreaterThan(40);
    for (const role of outside) {
      const open = await db.admin.query(
        /* sql */ `select oid::regclass::text as name from pg_class where relnamespace = 'push'::regnamespace and case
            when relkind in ('r', 'p', 'v', 'm') then has_table_privilege($1, oid, 'select, insert, update, delete, truncate, references, trigger')
            when relkind = 'S' then has_sequence_privilege($1, oid, 'usage, select, update')
          end
          union all select 'schema' where has_schema_privilege($1, 'push', 'usage, create')
          union all select oid::regprocedure::text from pg_proc
          where pronamespace = 'push'::regnamespace and prosecdef and has_function_privilege($1, oid, 'execute')`,
        [role],
      );
      expect(open, role).toEqual([]);
    }
    for (const { name } of relations) {
      for (const role of outside) {
        expect(await touched(db.admin, { role, claims: { sub: ownerId } }, `select 1 from ${name}`), `${role} ${name}`).toBe('denied');
      }
    }
  });

  it('still serves what the app does: defaults, triggers and checks that live in it', async () => {
    const inserted = await actingAs(db.admin, actors.service_role, (tx) =>
      tx.query<{ id: string }>(`insert into notifications (user_id, type, title) values ($1, 'a', 'b') returning id`, [ownerId]),
    );
    expect(inserted[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const badZone = touched(
      db.admin,
      actors.owner,
      `update notification_settings set timezone = 'Mars/Olympus' where user_id = $1 returning 1`,
      [ownerId],
    );
    await expect(badZone).rejects.toMatchObject({ code: '23514', constraint: 'notification_settings_timezone_known' });
  });

  it.each(['read_at', 'opened_at'])('lets nobody set %s to a time that no calendar has', async (column) => {
    for (const time of ['infinity', '-infinity', '200000-01-01', '1999-12-31']) {
      const set = touched(db.admin, actors.owner, `update notifications set ${column} = '${time}' where user_id = $1 returning 1`, [
        ownerId,
      ]);
      await expect(set, time).rejects.toMatchObject({ code: '23514', constraint: `notifications_${column}_sane` });
    }
    const now = `update notifications set ${column} = now() where user_id = $1 returning 1`;
    expect(await touched(db.admin, actors.owner, now, [ownerId])).toBeGreaterThan(0);
  });

  it('lets a user store no more settings than the API takes', async () => {
    const huge = `update notification_settings set types = jsonb_build_object('t', repeat('x', 1000000)) where user_id = $1 returning 1`;
    await expect(touched(db.admin, actors.owner, huge, [ownerId])).rejects.toMatchObject({
      code: '23514',
      constraint: 'notification_settings_types_known',
    });
    const fine = `update notification_settings set types = '{"Feeding": {"enabled": false}}' where user_id = $1 returning 1`;
    expect(await touched(db.admin, actors.owner, fine, [ownerId])).toBe(1);
  });

  it('lets the worker change neither the audit nor the words of the system', async () => {
    for (const sql of [
      'delete from push.audit returning 1',
      `update push.audit set reason = 'x' returning 1`,
      'delete from push.delivery_states returning 1',
    ]) {
      expect(await touched(db.admin, actors.todoku_worker, sql), sql).toBe('denied');
    }
  });
});
