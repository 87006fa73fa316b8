/** Quiet hours against an implementation that shares nothing with ours: the database's, with tables of time zones of its own. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { changesOfClocks, quietSpan } from '../../test/support/local-time-arbitraries.js';
import { LocalTime } from './local-time.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

/** Zones whose rules have stood for years, so that two editions of the tables say the same: every kind of offset and of change of clocks. */
const zones = [
  'UTC',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Lisbon',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Atlantic/Azores',
] as const;

const from = Date.parse('2024-01-01T00:00:00Z');
const until = Date.parse('2026-01-01T00:00:00Z');

const question = fc.constantFrom(...zones).chain((zone) => {
  const changes = changesOfClocks(zone).filter((change) => change < until);
  const anywhere = fc.integer({ min: from, max: until });
  const near =
    changes.length === 0
      ? anywhere
      : fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -180, max: 180 })).map(([change, minutes]) => change + minutes * 60_000);
  return fc.record({ zone: fc.constant<string>(zone), at: fc.oneof(near, near, anywhere), quiet: quietSpan });
});

it('says quiet when the database says so', async () => {
  const localTime = new LocalTime();
  await fc.assert(
    fc.asyncProperty(fc.array(question, { minLength: 200, maxLength: 400 }), async (questions) => {
      const rows = await db.admin.query<{ minute: number }>(
        /* sql */ `
        select (extract(hour from l) * 60 + extract(minute from l))::int as minute
        from unnest($1::text[], $2::float8[]) with ordinality as q(zone, at_ms, nr), lateral (select to_timestamp(at_ms / 1000) at time zone zone) t(l)
        order by nr`,
        [questions.map(({ zone }) => zone), questions.map(({ at }) => at)],
      );
      for (const [i, { zone, at, quiet }] of questions.entries()) {
        const minute = rows[i]?.minute ?? Number.NaN;
        const { startMinute, endMinute } = quiet;
        const inside = startMinute < endMinute ? minute >= startMinute && minute < endMinute : minute >= startMinute || minute < endMinute;
        expect(localTime.isQuiet(quiet, at, zone), `${zone} ${new Date(at).toISOString()}`).toBe(inside);
      }
    }),
    { numRuns: 25 },
  );
});

it('ends a quiet time no sooner than the database’s clock does, and at its first open minute', async () => {
  const localTime = new LocalTime();
  await fc.assert(
    fc.asyncProperty(question, async ({ zone, at, quiet }) => {
      fc.pre(localTime.isQuiet(quiet, at, zone));
      const end = localTime.quietEnd(quiet, at, zone);
      const { startMinute, endMinute } = quiet;
      const [row] = await db.admin.query<{ first: number; minute: number; putBack: boolean }>(
        /* sql */ `
        select ms::float8 as first, minute::int as minute,
          (to_timestamp(ms / 1000) at time zone $1) - (to_timestamp($2::float8 / 1000) at time zone $1) < make_interval(secs => (ms - $2::float8) / 1000) as "putBack"
        from (
          select floor($2::float8 / 60000) * 60000 + g * 60000 as ms from generate_series(1, 60 * 50) g) m,
          lateral (select extract(hour from to_timestamp(ms / 1000) at time zone $1) * 60 + extract(minute from to_timestamp(ms / 1000) at time zone $1)) t(minute)
        where not (case when $3::int < $4::int then minute >= $3 and minute < $4 else minute >= $3 or minute < $4 end)
        order by ms limit 1`,
        [zone, at, startMinute, endMinute],
      );
      const { first, minute, putBack } = row ?? { first: Number.NaN, minute: Number.NaN, putBack: false };
      expect(end).toBeGreaterThanOrEqual(first);
      expect(localTime.isQuiet(quiet, end, zone)).toBe(false);
      // Where clocks are put back over the start, minutes before it come again; the span in which the hold began still ends at its end.
      const beforeStart = (startMinute - minute + 1440) % 1440;
      const comesAgain = putBack && beforeStart > 0 && beforeStart <= 60;
      if (comesAgain) return;
      // Where they are put back over the end it may come twice; ours is then the later.
      expect(end - first).toBeLessThanOrEqual(3_600_000);
    }),
    { numRuns: 60 },
  );
});
