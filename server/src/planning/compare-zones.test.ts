import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { changesOfClocks, zones } from '../../test/support/local-time-arbitraries.js';
import { silentLogger } from '../logging/logger.js';
import { differingFrom, warnOfZonesThatDiffer, zonesThatDiffer } from './compare-zones.js';
import { isKnownTimezone } from './local-time.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const hour = 3_600_000;

describe('zonesThatDiffer', () => {
  it('finds few: two independent implementations agree around every change of clocks from 2024 to 2030', async () => {
    const changes = [...new Set(zones.flatMap(changesOfClocks))].sort((a, b) => a - b);
    expect(changes.length).toBeGreaterThan(100);
    const around = [-hour, -60_000, -1, 0, 60_000, hour - 1, hour];
    const differing = await zonesThatDiffer(db.database, [
      ...new Set(changes.flatMap((change) => around.map((distance) => change + distance))),
    ]);
    // Which rules a government made last depends on the age of Node and of Postgres. Faults of ours would show in many zones.
    expect(differing.length, differing.join(' ')).toBeLessThan(zones.length / 20);
    expect(differing).not.toContain('Asia/Tokyo');
    expect(differing).not.toContain('Europe/Berlin');
    expect(differing).not.toContain('America/New_York');
    expect(differing).not.toContain('Australia/Lord_Howe');
  });

  it('are told to the log, with what to do, and only if there are any', async () => {
    const now = new Date('2026-11-15T00:00:00Z');
    const differing = await zonesThatDiffer(
      db.database,
      [0, 91, 182, 273].map((days) => now.getTime() + days * 24 * hour),
    );
    const warn = vi.fn();
    await warnOfZonesThatDiffer(db.database, now, { ...silentLogger, warn });
    const told = expect.objectContaining({ zones: differing, remedy: expect.any(String) }) as object;
    expect(warn.mock.calls).toEqual(differing.length === 0 ? [] : [[told, expect.any(String)]]);
  });
});

describe('differingFrom', () => {
  const winter = Date.UTC(2026, 0, 1);
  const summer = Date.UTC(2026, 6, 1);

  it('finds a zone that is off at any of the instants', () => {
    const right = { name: 'Asia/Tokyo', minutes: [540, 540] };
    const withoutSummerTime = { name: 'Europe/Berlin', minutes: [60, 60] };
    expect(differingFrom([right, withoutSummerTime], [winter, summer])).toEqual(['Europe/Berlin']);
    expect(differingFrom([right, withoutSummerTime], [winter])).toEqual([]);
  });

  it('leaves out what this Node does not know', () => {
    expect(differingFrom([{ name: 'Factory', minutes: [1] }], [winter])).toEqual([]);
  });
});

describe('isKnownTimezone and push.is_timezone', () => {
  const accepted = async (names: readonly string[]): Promise<string[]> => {
    const rows = await db.admin.query<{ name: string }>('select name from unnest($1::text[]) as name where push.is_timezone(name)', [
      names,
    ]);
    return rows.map(({ name }) => name);
  };

  it('both know every zone of this Node and, abbreviations apart, every zone of this Postgres', async () => {
    expect(await accepted(zones)).toEqual(zones);
    const named = await db.admin.query<{ name: string }>(
      `select name from pg_timezone_names where name !~ '^(posix|right)/|^posixrules$|^localtime$'`,
    );
    const names = named.map(({ name }) => name);
    expect(await accepted(names)).toEqual(names.filter(isKnownTimezone));
    const unknown = names.filter((name) => !isKnownTimezone(name)).sort();
    expect(abbreviations).toEqual(expect.arrayContaining(unknown));
  });

  /** Of IANA too, but each is an abbreviation or a POSIX rule as well. */
  const abbreviations = [
    'CET',
    'CST6CDT',
    'EET',
    'EST',
    'EST5EDT',
    'Factory',
    'GMT+0',
    'GMT-0',
    'GMT0',
    'HST',
    'MET',
    'MST',
    'MST7MDT',
    'PST8PDT',
    'WET',
  ];

  const wrong = [
    '',
    ' ',
    'Mars/Olympus',
    '+05:30',
    '-8',
    'Asia/Tokyo ',
    ' Asia/Tokyo',
    'Asia//Tokyo',
    '/Asia/Tokyo',
    '東京',
    '<+09>-9',
    ':Asia/Tokyo',
    "'; select 1",
    ...[
      'JST',
      'PST',
      'IST',
      'BST',
      'XYZ5',
      'JST-9',
      'UTC+9',
      'Mars/Olympus5',
      'Asia/Tokyo-9',
      'Asia/Tokyo5',
      'Etc/GMT+13',
      'Etc/GMT-15',
      'Etc/GMT+99',
    ],
    ...[
      'posix/Asia/Tokyo',
      'POSIX/Asia/Tokyo',
      'right/Asia/Tokyo',
      'localtime',
      'posixrules',
      'Asia/Tokyo\nUTC',
      'UTC\n',
      'Asia',
      '_',
      'A/_',
    ],
    ...abbreviations,
  ];
  it('both refuse what is no name', async () => {
    expect(await accepted(wrong)).toEqual([]);
    expect(wrong.filter(isKnownTimezone)).toEqual([]);
  });
});
