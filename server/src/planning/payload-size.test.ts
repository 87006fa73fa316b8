import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { payload } from '../../test/support/payload-arbitraries.js';
import { MAX_PAYLOAD_BYTES, PAYLOAD_BYTES_SQL, payloadBytes } from './payload-size.js';

const measured = (data: Record<string, unknown>): number => payloadBytes({ title: '', message: '', data });

describe('payloadBytes', () => {
  it.each([
    ['hello', 5],
    ['é', 2],
    ['届く', 6],
    ['👶', 4],
    ['👨‍👩‍👧‍👦', 25],
    ['\n', 1],
  ])('counts %j as %i bytes of UTF-8', (title, bytes) => {
    expect(payloadBytes({ title, message: title, data: {} })).toBe(2 * bytes + 2);
  });

  it('counts data and push options as compact JSON', () => {
    const data = { a: 1, b: ['あ', '"\n', true, false, null], c: { d: {}, e: [] } };
    const push = { sound: 'default', badge: 3 };
    expect(measured(data)).toBe(Buffer.byteLength(JSON.stringify(data)));
    expect(payloadBytes({ title: '', message: '', data, push }) - measured(data)).toBe(Buffer.byteLength(JSON.stringify(push)));
    expect(payloadBytes({ title: '', message: '', data, push: null })).toBe(measured(data));
  });

  it.each([
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [1e21, '1000000000000000000000'],
    [1.25e22, '12500000000000000000000'],
    [-0, '0'],
    [0.000001, '0.000001'],
  ])('counts the number %d written out', (number, written) => {
    expect(measured({ n: number })).toBe(`{"n":${written}}`.length);
  });
});

describe('payloadBytes and PAYLOAD_BYTES_SQL', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.close());

  async function measuredInSql(items: readonly { title: string; message: string; data: object; push: object | null }[]): Promise<number[]> {
    const sql = /* sql */ `
      select ${PAYLOAD_BYTES_SQL} as bytes
      from jsonb_array_elements($1::jsonb) with ordinality as item(value, nr)
      cross join lateral (select value ->> 'title' as title, value ->> 'message' as message, value -> 'data' as data,
        nullif(value -> 'push', 'null') as push) n
      order by nr`;
    return (await db.admin.query<{ bytes: number }>(sql, [JSON.stringify(items)])).map((row) => row.bytes);
  }

  it('agree on what is too big, and on the size of what would be too big but for its spaces', async () => {
    const items = fc.sample(payload, 3000);
    const inSql = await measuredInSql(items);
    let near = 0;
    for (const [index, item] of items.entries()) {
      const ours = payloadBytes(item);
      const theirs = inSql[index] ?? 0;
      expect(theirs > MAX_PAYLOAD_BYTES, JSON.stringify(item)).toBe(ours > MAX_PAYLOAD_BYTES);
      if (theirs > MAX_PAYLOAD_BYTES && theirs <= (MAX_PAYLOAD_BYTES * 4) / 3) {
        near++;
        expect(theirs, JSON.stringify(item)).toBe(ours);
      }
    }
    expect(near).toBeGreaterThan(50);
  });

  it('take exactly the limit, however many spaces jsonb prints', async () => {
    const data = { list: Array.from({ length: 1000 }, (_, index) => index % 10), text: ' : , "\\ ' };
    const room = MAX_PAYLOAD_BYTES - payloadBytes({ title: '', message: '', data });
    const fits = { title: 'あ', message: 'x'.repeat(room - 3), data, push: null };
    const tooBig = { ...fits, message: `${fits.message}x` };
    expect([payloadBytes(fits), payloadBytes(tooBig)]).toEqual([MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1]);
    expect(await measuredInSql([fits, tooBig])).toEqual([MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1]);
  });

  it('measure a row of notifications by name, and refuse what is far too big', async () => {
    const user = '00000000-0000-4000-8000-000000000001';
    await db.admin.query('insert into notifications (user_id, type, title, data) values ($1, $2, $3, $4)', [
      user,
      'a',
      'huge',
      { text: 'x'.repeat(100_000) },
    ]);
    const [row] = await db.admin.query<{ bytes: number }>(/* sql */ `select ${PAYLOAD_BYTES_SQL} as bytes from notifications n`);
    expect(row?.bytes).toBeGreaterThan(100_000);
  });
});
