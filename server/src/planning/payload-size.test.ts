import { startSimulator } from '@todoku/simulator';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { outgoingMessage } from '../../test/support/outgoing-message.js';
import { payload } from '../../test/support/payload-arbitraries.js';
import { systemClock } from '../clock/clock.js';
import { silentLogger } from '../logging/logger.js';
import { createExpoProvider } from '../providers/expo/expo-provider.js';
import { createBodyBuilder } from '../providers/expo/request-body.js';
import { FRAME_BYTES, MAX_PAYLOAD_BYTES, PAYLOAD_BYTES_SQL, payloadBytes } from './payload-size.js';

/** What the data add to a notification that has nothing else. */
const measured = (data: Record<string, unknown>): number => payloadBytes({ title: '', message: '', data }) - FRAME_BYTES - 4;

describe('payloadBytes', () => {
  it.each([
    ['hello', 5],
    ['é', 2],
    ['届く', 6],
    ['👶', 4],
    ['👨‍👩‍👧‍👦', 25],
    ['\n', 2],
    ['"', 2],
    ['\u0001', 6],
  ])('counts %j as %i bytes of UTF-8', (title, bytes) => {
    expect(payloadBytes({ title, message: title, data: {} })).toBe(FRAME_BYTES + 2 * (bytes + 2) + 2);
  });

  it('counts data and push options as compact JSON', () => {
    const data = { a: 1, b: ['あ', '"\n', true, false, null], c: { d: {}, e: [] } };
    const push = { sound: 'default', badge: 3 };
    expect(measured(data)).toBe(Buffer.byteLength(JSON.stringify(data)));
    expect(payloadBytes({ title: '', message: '', data, push }) - payloadBytes({ title: '', message: '', data })).toBe(
      Buffer.byteLength(JSON.stringify(push)),
    );
    expect(payloadBytes({ title: '', message: '', data, push: null })).toBe(payloadBytes({ title: '', message: '', data }));
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

describe('what is sent', () => {
  it('is never bigger than what was measured', () => {
    const buildBody = createBodyBuilder();
    fc.assert(
      fc.property(payload, ({ title, message, data }) => {
        const push = { sound: 'default', subtitle: title.slice(0, 100).trim() || 'x', badge: 1 };
        const deliveryId = '9223372036854775807';
        const pushJson = JSON.stringify(push);
        const body = buildBody([outgoingMessage(0, { title, message, dataJson: JSON.stringify(data), pushJson, deliveryId })]);
        const [{ to, ttl, priority, collapseId, ...content }] = JSON.parse(body) as [Record<string, unknown>];
        expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThanOrEqual(payloadBytes({ title, message, data, push }));
      }),
      { numRuns: 300 },
    );
  });

  it('is taken by the provider at exactly the limit', async () => {
    const simulator = await startSimulator({ rate: null });
    const provider = createExpoProvider({
      baseUrl: simulator.url,
      accessToken: null,
      connections: 1,
      clock: systemClock,
      log: silentLogger,
    });
    const text = '"授乳"\n';
    const data = { screen: 'feeding' };
    const room = MAX_PAYLOAD_BYTES - payloadBytes({ title: text, message: '', data });
    const message = outgoingMessage(0, { title: text, message: 'x'.repeat(room), dataJson: JSON.stringify(data) });
    const sent = await provider.send([{ ...message, deliveryId: '9223372036854775807' }], 20_000);
    expect(sent).toMatchObject({ outcomes: [{ kind: 'accepted' }] });
    const [ticket] = sent.kind === 'answered' ? sent.outcomes : [];
    simulator.control.advance(3_600_000);
    const id = ticket?.kind === 'accepted' ? (ticket.ticketId ?? '') : '';
    expect(await provider.receipts([id], 20_000)).toMatchObject({ receipts: new Map([[id, { kind: 'accepted' }]]) });
    await provider.close();
    await simulator.close();
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
    const room = MAX_PAYLOAD_BYTES - payloadBytes({ title: 'あ\n', message: '', data });
    const fits = { title: 'あ\n', message: 'x'.repeat(room), data, push: null };
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
