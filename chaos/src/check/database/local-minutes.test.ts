import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../server/test/support/database.js';
import { inSpan, localMinutes } from './local-minutes.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

it('tells the local minute over changes of clocks, and does not guess at a zone that is none', async () => {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  const at = (zone: string, iso: string) => ({ zone, at: Date.parse(iso) });
  const minutes = await localMinutes(client, [
    at('Asia/Tokyo', '2026-11-24T03:00:00Z'),
    at('Europe/Berlin', '2026-03-29T00:59:00Z'),
    at('Europe/Berlin', '2026-03-29T01:00:00Z'),
    at('america/new_york', '2026-11-01T05:30:00Z'),
    at('America/New_York', '2026-11-01T06:30:00Z'),
    at('Asia/Kathmandu', '2026-01-01T00:00:00Z'),
    at('Mars/Olympus', '2026-01-01T00:00:00Z'),
  ]);
  expect(minutes).toEqual([12 * 60, 119, 180, 90, 90, 345, null]);
  expect(await localMinutes(client, [])).toEqual([]);
  await client.end();
});

it.each([
  [60, 120, 60, true],
  [60, 120, 120, false],
  [1320, 420, 1439, true],
  [1320, 420, 419, true],
  [1320, 420, 420, false],
  [1320, 420, 700, false],
  [300, 300, 300, false],
])('a span from %i to %i at %i: %s', (start, end, minute, inside) => {
  expect(inSpan(minute, start, end)).toBe(inside);
});
