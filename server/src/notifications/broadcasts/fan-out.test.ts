import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/support/database.js';
import type { Database } from '../../database/database.js';
import { silentLogger } from '../../logging/logger.js';
import { BroadcastManager } from './broadcast-manager.js';
import { BroadcastFanOut } from './fan-out.js';

const by = { actor: 'cli:test', reason: 'a test' };

let db: TestDatabase;
let manager: BroadcastManager;

beforeAll(async () => {
  db = await testDatabase();
  manager = new BroadcastManager(db.database);
});
afterAll(async () => {
  await db.close();
});
afterEach(async () => {
  await db.admin.query(
    'truncate push_tokens, notification_settings, notifications, push.broadcasts, push.broadcast_recipients, push.outbox, push.ledger_entries',
  );
});

/** What it would only log, because it will be tried again, fails a test. */
const strictLogger = {
  ...silentLogger,
  error: (fields: object) => {
    throw new Error(JSON.stringify(fields));
  },
};

function fanOut(options: { batchSize?: number; mostWaiting?: number } = {}): BroadcastFanOut {
  return new BroadcastFanOut({ database: db.database, log: strictLogger }, options);
}

/** Users with 0 … 2 tokens and perhaps settings; all of them are in the audience "all". */
async function makeUsers(count: number): Promise<void> {
  await db.admin.query(
    /* sql */ `
    with person as (select gen_random_uuid() as id, i from generate_series(1, $1) i), settings as (
      insert into notification_settings (user_id) select id from person where i % 3 <> 1
    )
    insert into push_tokens (user_id, platform, token_ciphertext, token_hash, key_id)
    select id, 'ios', '\\x00', uuid_send(gen_random_uuid()), 1 from person, generate_series(1, 2) d where i % 3 = 1 or (i % 3 = 2 and d = 1)`,
    [count],
  );
}

/** Throws at the end of some transactions, when all statements have been answered: as a crash before the commit does. */
function crashing(database: Database, crashes: (nr: number) => boolean): Database {
  let nr = 0;
  return {
    ...database,
    transaction: (work, options) =>
      database.transaction(async (tx) => {
        const result = await work(tx);
        if (crashes(nr++)) throw new Error('crashed before the commit');
        return result;
      }, options),
  };
}

async function made(broadcastId: number): Promise<{ rows: number; users: number; outbox: number; created: number; state: string }> {
  const [row] = await db.admin.query<{ rows: number; users: number; outbox: number; created: number; state: string }>(
    /* sql */ `
    select (select count(*) from notifications where broadcast_id = b.id) as rows,
      (select count(distinct user_id) from notifications where broadcast_id = b.id) as users,
      (select coalesce(sum(n), 0)::bigint from push.outbox where broadcast_id = b.id) as outbox, created, state
    from push.broadcasts b where id = $1`,
    [broadcastId],
  );
  if (row === undefined) throw new Error('no broadcast');
  return row;
}

test('20,000 users get one row each, whatever crashes on the way', async () => {
  await makeUsers(20_000);
  const { id, estimate } = await manager.create({ type: 'news', title: 'All', audience: { kind: 'all' } }, by, { start: true });
  expect(estimate).toBe(20_000);
  const crashes = crashing(db.database, (nr) => nr % 3 !== 2 || (nr * 7919) % 10 < 3);
  const worker = new BroadcastFanOut({ database: crashes, log: silentLogger }, { batchSize: 700 });
  for (let tries = 0; (await made(id)).state === 'running'; tries++) {
    expect(tries).toBeLessThan(1000);
    await worker.run();
  }
  expect(await made(id)).toEqual({ rows: 20_000, users: 20_000, outbox: 20_000, created: 20_000, state: 'done' });
});

test('several workers at once take turns', async () => {
  await makeUsers(3000);
  const { id } = await manager.create({ type: 'news', title: 'All', audience: { kind: 'all' } }, by, { start: true });
  const workers = [1, 2, 3].map(() => fanOut({ batchSize: 100 }));
  while ((await made(id)).state === 'running') await Promise.all(workers.map((worker) => worker.run()));
  expect(await made(id)).toMatchObject({ rows: 3000, users: 3000, created: 3000 });
});

interface Person {
  readonly tokens: readonly { platform: string; locale: string | null; app_version: string | null; active: boolean; day: number }[];
  readonly zone: string | null | undefined;
}

const person: fc.Arbitrary<Person> = fc.record({
  tokens: fc.array(
    fc.record({
      platform: fc.constantFrom('ios', 'android', 'web'),
      locale: fc.constantFrom('ja', 'ja-JP', 'en-US', 'jam', null),
      app_version: fc.constantFrom('1.0', '2.0', null),
      active: fc.boolean(),
      day: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 3 },
  ),
  // undefined: no settings row.
  zone: fc.constantFrom('Asia/Tokyo', 'Europe/Paris', null, undefined),
});

interface Filter {
  kind: 'filter';
  platforms?: readonly string[];
  locales?: readonly string[];
  appVersions?: readonly string[];
  timezones?: readonly string[];
  registeredAfter?: string;
  registeredBefore?: string;
  hasToken?: boolean;
}

const day = (n: number): string => `2026-01-0${n}T00:00:00Z`;

const filter: fc.Arbitrary<Filter> = fc
  .record(
    {
      kind: fc.constant('filter' as const),
      platforms: fc.constantFrom(['ios'], ['android', 'web']),
      locales: fc.constantFrom(['ja'], ['JA-jp', 'en-US']),
      appVersions: fc.constantFrom(['1.0'], ['1.0', '2.0']),
      timezones: fc.constantFrom(['Asia/Tokyo'], ['Europe/Paris']),
      registeredAfter: fc.integer({ min: 2, max: 4 }).map(day),
      registeredBefore: fc.integer({ min: 5, max: 8 }).map(day),
      hasToken: fc.boolean(),
    },
    { requiredKeys: ['kind'] },
  )
  .filter(({ kind: _, hasToken, timezones, ...device }) =>
    Object.keys(device).length > 0 ? hasToken !== false : hasToken !== undefined || timezones !== undefined,
  );

/** The same question asked of the model. */
function isMeant({ tokens, zone }: Person, f: Filter): boolean {
  const active = tokens.filter((token) => token.active);
  if (zone === undefined && active.length === 0) return false;
  const fits = active.filter(
    (token) =>
      (f.platforms?.includes(token.platform) ?? true) &&
      (f.locales?.some((l) => `${token.locale?.toLowerCase()}-`.startsWith(`${l.toLowerCase()}-`)) ?? true) &&
      (f.appVersions?.includes(token.app_version ?? '') ?? true) &&
      (f.registeredAfter === undefined || day(token.day) >= f.registeredAfter) &&
      (f.registeredBefore === undefined || day(token.day) < f.registeredBefore),
  );
  const asksDevice = [f.platforms, f.locales, f.appVersions, f.registeredAfter, f.registeredBefore].some((c) => c !== undefined);
  if (asksDevice && fits.length === 0) return false;
  if (f.hasToken !== undefined && f.hasToken !== active.length > 0) return false;
  return f.timezones?.includes(zone ?? 'Asia/Tokyo') ?? true;
}

test('the pages together are the audience, whatever the people, the filter and the size of a page', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(person, { maxLength: 12 }), filter, fc.integer({ min: 1, max: 5 }), async (people, audience, batchSize) => {
      await db.admin.query(
        'truncate push_tokens, notification_settings, notifications, push.broadcasts, push.broadcast_recipients, push.outbox',
      );
      const ids = people.map(() => randomUUID());
      const tokens = people.flatMap(({ tokens: own }, i) => own.map((token) => ({ ...token, user_id: ids[i], at: day(token.day) })));
      await db.admin.query(
        /* sql */ `
        insert into push_tokens (user_id, platform, locale, app_version, is_active, state, registered_at, token_ciphertext, token_hash, key_id)
        select user_id, platform, locale, app_version, active, case when active then 'active' else 'signed_out' end, at, '\\x00', uuid_send(gen_random_uuid()), 1
        from json_to_recordset($1) as t(user_id uuid, platform text, locale text, app_version text, active boolean, at timestamptz)`,
        [JSON.stringify(tokens)],
      );
      const settings = people.flatMap(({ zone }, i) => (zone === undefined ? [] : [{ user_id: ids[i], zone }]));
      await db.admin.query(
        'insert into notification_settings (user_id, timezone) select * from json_to_recordset($1) as s(user_id uuid, zone text)',
        [JSON.stringify(settings)],
      );
      const meant = ids.filter((_, i) => isMeant(people[i] as Person, audience));
      expect(await manager.preview(audience)).toMatchObject({ users: meant.length });
      const { id } = await manager.create({ type: 'news', title: 'Some', audience }, by, { start: true });
      while ((await made(id)).state === 'running') await fanOut({ batchSize }).run();
      const got = await db.admin.query<{ user_id: string }>('select user_id from notifications where broadcast_id = $1', [id]);
      expect(got.map((row) => row.user_id).sort()).toEqual(meant.sort());
    }),
    { numRuns: 60 },
  );
});

describe('back-pressure', () => {
  test('nothing is made while too much waits in the lane', async () => {
    await makeUsers(30);
    const { id } = await manager.create({ type: 'news', title: 'All', audience: { kind: 'all' } }, by, { start: true });
    const worker = fanOut({ batchSize: 10, mostWaiting: 15 });
    while (await worker.run());
    expect(await made(id)).toMatchObject({ created: 20, state: 'running' });
    await db.admin.query('truncate push.outbox');
    await worker.run();
    expect(await made(id)).toMatchObject({ created: 30 });
  });

  test('nothing is made while pushes are stopped or the trigger is off', async () => {
    await makeUsers(30);
    const { id } = await manager.create({ type: 'news', title: 'All', audience: { kind: 'all' } }, by, { start: true });
    for (const [stop, go] of [
      ['update push.controls set emergency = true', 'update push.controls set emergency = false'],
      ['update push.controls set pushes_enabled = false', 'update push.controls set pushes_enabled = true'],
      [
        'alter table notifications disable trigger notification_push_trigger',
        'alter table notifications enable trigger notification_push_trigger',
      ],
    ] as const) {
      await db.admin.query(stop);
      expect(await fanOut().run()).toBe(false);
      expect((await made(id)).created).toBe(0);
      await db.admin.query(go);
    }
    await fanOut().run();
    expect(await made(id)).toMatchObject({ created: 30, outbox: 30 });
  });
});

test('the rows are what was asked for', async () => {
  const userIds = [randomUUID(), randomUUID()];
  const { id } = await manager.create(
    {
      ...{
        type: 'news',
        title: 'タイトル',
        message: '本文',
        data: { a: [1, 'x'] },
        push: { sound: 'default' },
        collapseKey: 'news',
        lane: 1,
      },
      ...{
        sendAt: '2099-01-01T00:00:00Z',
        expiresAt: '2099-01-02T00:00:00Z',
        audience: { kind: 'list', userIds: [...userIds, ...userIds] },
      },
    },
    by,
  );
  const more = randomUUID();
  expect(await manager.appendRecipients(id, [more, userIds[0]], by)).toBe(3);
  await manager.start(id, by);
  await fanOut({ batchSize: 1 }).run();
  while (await fanOut({ batchSize: 1 }).run());
  const rows = await db.admin.query(
    'select user_id, type, title, message, data, push, collapse_key, send_at, expires_at from notifications where broadcast_id = $1',
    [id],
  );
  expect(rows.map((row) => row['user_id']).sort()).toEqual([...userIds, more].sort());
  const [first] = rows;
  expect(first).toMatchObject({
    ...{ type: 'news', title: 'タイトル', message: '本文', data: { a: [1, 'x'] }, push: { sound: 'default' }, collapse_key: 'news' },
    ...{ send_at: new Date('2099-01-01T00:00:00Z'), expires_at: new Date('2099-01-02T00:00:00Z') },
  });
  expect(await db.admin.query('select distinct lane from push.outbox')).toEqual([{ lane: 1 }]);
});

test('makes no rows while the trigger is off, also when it was switched off after the broadcast was chosen', async () => {
  await makeUsers(4);
  const { id } = await manager.create({ type: 'news', title: 'News', audience: { kind: 'all' } }, by, { start: true });
  await db.admin.query('alter table notifications disable trigger notification_push_trigger');
  try {
    expect(await fanOut().step(id)).toBe(false);
    expect(await made(id)).toMatchObject({ rows: 0, created: 0, state: 'running' });
  } finally {
    await db.admin.query('alter table notifications enable trigger notification_push_trigger');
  }
  expect(await fanOut().step(id)).toBe(false);
  const { rows, outbox } = await made(id);
  expect(outbox).toBe(rows);
});
