import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { NotificationSettingsManager } from './notification-settings-manager.js';
import { defaultSettings, type SettingsPatch } from './settings-form.js';

let db: TestDatabase;
let manager: NotificationSettingsManager;
beforeAll(async () => {
  db = await testDatabase();
  manager = new NotificationSettingsManager(db.database);
});
afterAll(() => db.close());

const rowsOf = async (userId: string): Promise<number> =>
  (await db.admin.query('select from notification_settings where user_id = $1', [userId])).length;

describe('getSettings', () => {
  it('gives the defaults of the table to whom has said nothing, and stores nothing', async () => {
    const user = randomUUID();
    expect(await manager.getSettings(user)).toEqual(defaultSettings);
    expect(await rowsOf(user)).toBe(0);
    await db.admin.query('insert into notification_settings (user_id) values ($1)', [user]);
    expect(await manager.getSettings(user)).toEqual(defaultSettings);
  });

  it('reads a row that the app has written in its own way', async () => {
    const user = randomUUID();
    await db.admin.query(
      /* sql */ `insert into notification_settings (user_id, timezone, quiet_hours_start, quiet_hours_end, types)
        values ($1, 'asia/tokyo', '24:00', '06:59:30', '{"c": {"enabled": false}}')`,
      [user],
    );
    expect(await manager.getSettings(user)).toEqual({
      pushEnabled: true,
      timezone: 'asia/tokyo',
      quietHours: { enabled: false, start: '00:00', end: '07:00' },
      types: { c: { enabled: false } },
    });
  });

  it.each(['JST', 'JST-9', 'EST5EDT', '+09:00', 'Mars/Olympus5'])('never meets the zone %j: the table refuses it', async (zone) => {
    const inserted = db.admin.query('insert into notification_settings (user_id, timezone) values ($1, $2)', [randomUUID(), zone]);
    await expect(inserted).rejects.toMatchObject({ code: '23514' });
  });
});

describe('the table', () => {
  const write = (types: string) =>
    db.admin.query('insert into notification_settings (user_id, types) values ($1, $2::jsonb)', [randomUUID(), types]);
  const many = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, nr) => [`t${nr}`, { enabled: false }])));
  const longest = JSON.stringify({ ['T'.repeat(64)]: { enabled: true } });

  it.each(['{}', longest, many(200)])('takes what the API takes', async (types) => {
    await expect(write(types)).resolves.toEqual([]);
  });

  it.each([
    ['more than 200 types', many(201)],
    ['100,000 types', many(100_000)],
    ['a name of megabytes', JSON.stringify({ ['t'.repeat(4_000_000)]: { enabled: false } })],
    ['a name that no type has', '{"a b": {"enabled": false}}'],
    ['a huge value', JSON.stringify({ t: { enabled: false, more: 'x'.repeat(4_000_000) } })],
    ['what says nothing', '{"t": {"enabled": "no"}}'],
    ['no object', '[]'],
    ['null', 'null'],
  ])('refuses %s, whoever writes it', async (_name, types) => {
    await expect(write(types)).rejects.toMatchObject({ code: '23514', constraint: 'notification_settings_types_known' });
  });
});

describe('updateSettings', () => {
  const full: Required<SettingsPatch> = {
    pushEnabled: false,
    timezone: 'America/New_York',
    quietHours: { enabled: true, start: '21:30', end: '06:15' },
    types: { feeding: { enabled: false } },
  };

  it('stores everything, and gives it back', async () => {
    const user = randomUUID();
    expect(await manager.updateSettings(user, full)).toEqual(full);
    expect(await manager.getSettings(user)).toEqual(full);
  });

  it.each<[string, SettingsPatch, object]>([
    ['nothing', {}, {}],
    ['pushEnabled', { pushEnabled: true }, { pushEnabled: true }],
    ['timezone', { timezone: 'Asia/Tokyo' }, { timezone: 'Asia/Tokyo' }],
    ['timezone to the default', { timezone: null }, { timezone: null }],
    ['a part of the quiet hours', { quietHours: { end: '08:00' } }, { quietHours: { enabled: true, start: '21:30', end: '08:00' } }],
    [
      'a type in capitals',
      { types: { Feeding: { enabled: true } } },
      { types: { feeding: { enabled: false }, Feeding: { enabled: true } } },
    ],
    ['one type', { types: { growth: { enabled: false } } }, { types: { feeding: { enabled: false }, growth: { enabled: false } } }],
    ['a type again', { types: { feeding: { enabled: true } } }, { types: { feeding: { enabled: true } } }],
  ])('changes %s and nothing else', async (_name, patch, changed) => {
    const user = randomUUID();
    await manager.updateSettings(user, full);
    expect(await manager.updateSettings(user, patch)).toEqual({ ...full, ...changed });
    expect(await manager.getSettings(user)).toEqual({ ...full, ...changed });
  });

  it.each<[string, SettingsPatch, object]>([
    ['nothing', {}, {}],
    ['a part of the quiet hours', { quietHours: { enabled: true } }, { quietHours: { enabled: true, start: '22:00', end: '07:00' } }],
    ['pushes off', { pushEnabled: false }, { pushEnabled: false }],
  ])('starts from the defaults: %s', async (_name, patch, changed) => {
    expect(await manager.updateSettings(randomUUID(), patch)).toEqual({ ...defaultSettings, ...changed });
  });

  it('loses nothing of two changes at once', async () => {
    const user = randomUUID();
    const patches = Array.from({ length: 20 }, (_, nr) => manager.updateSettings(user, { types: { [`t${nr}`]: { enabled: false } } }));
    await Promise.all(patches);
    expect(Object.keys((await manager.getSettings(user)).types)).toHaveLength(20);
  });

  it.each([
    ['pushEnabled', { pushEnabled: 'no' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['timezone', { timezone: '+09:00' }],
    ['timezone', { timezone: 'JST' }],
    ['timezone', { timezone: 'Asia/Tokyo\0' }],
    ['timezone', { timezone: { length: { toString: [] } } }],
    ['quietHours', { quietHours: null }],
    ['quietHours.start', { quietHours: { start: '24:00' } }],
    ['quietHours.start', { quietHours: { start: '7:00' } }],
    ['quietHours.end', { quietHours: { end: '07:60' } }],
    ['quietHours.end', { quietHours: { end: 420 } }],
    ['quietHours.from', { quietHours: { from: '07:00' } }],
    ['types', { types: [] }],
    ['types["a b"]', { types: { 'a b': { enabled: true } } }],
    ['types.feeding', { types: { feeding: false } }],
    ['types.feeding.enabled', { types: { feeding: { enabled: 1 } } }],
    ['userId', { userId: 'x' }],
    ['', null],
  ])('refuses a wrong %s and stores nothing', async (path, patch) => {
    const user = randomUUID();
    await expect(manager.updateSettings(user, patch as SettingsPatch)).rejects.toMatchObject({ code: 'INVALID_INPUT', path });
    expect(await rowsOf(user)).toBe(0);
  });

  it('keeps at most 200 types, in one call or many', async () => {
    const user = randomUUID();
    const types = (from: number, count: number): SettingsPatch => ({
      types: Object.fromEntries(Array.from({ length: count }, (_, nr) => [`t${from + nr}`, { enabled: false }])),
    });
    await expect(manager.updateSettings(user, types(0, 201), 'body')).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'body.types' });
    expect(await rowsOf(user)).toBe(0);
    await manager.updateSettings(user, types(0, 200));
    await expect(manager.updateSettings(user, { ...types(200, 1), pushEnabled: false })).rejects.toMatchObject({ path: 'types' });
    await expect(manager.updateSettings(user, types(199, 1))).resolves.toMatchObject({ pushEnabled: true });
  });

  // The last one: it leaves the database with a list of zones of its own.
  it('says which field is wrong when Postgres does not know a zone that Node knows', async () => {
    await db.admin.transaction(async (tx) => {
      await tx.query(
        /* sql */ `create or replace function push.is_timezone(zone text) returns boolean language sql stable as $$ select zone <> 'Asia/Tokyo' $$`,
      );
    });
    const refused = manager.updateSettings(randomUUID(), { timezone: 'Asia/Tokyo' });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', path: 'timezone' });
  });
});
