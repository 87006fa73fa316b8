import { afterAll, beforeAll, expect, it } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { uuidV7 } from '../notifications/uuid-v7.js';
import { deviceFates, findFates } from './device-fate.js';

let spine: Spine;
beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(() => spine.close());

/** A notification to the first of a user's two devices, as if it had been made `minutesAgo`. */
async function forOneDevice(): Promise<{ readonly id: string; readonly tokenId: string; readonly createdAt: Date }> {
  const user = await spine.user(2);
  const tokenId = user.tokenIds[0] ?? '';
  const id = await spine.notify(user.id, { token_id: tokenId });
  const [row] = await spine.admin.query<{ created_at: Date }>('select created_at from notifications where id = $1', [id]);
  return { id, tokenId, createdAt: row?.created_at ?? new Date(0) };
}

let nextDelivery = 900_000_000;

async function decided(
  { id, createdAt }: { readonly id: string; readonly createdAt: Date },
  verdict: number,
  reason: string | null = null,
): Promise<number> {
  const delivery = ++nextDelivery;
  await spine.admin.query(
    'insert into push.decisions (notification_id, created_at, verdict, reason, first_delivery, deliveries) values ($1, $2, $3, $4, $5, 1)',
    [id, createdAt, verdict, reason, delivery],
  );
  return delivery;
}

async function step(
  delivery: number,
  note: Awaited<ReturnType<typeof forOneDevice>>,
  state: number,
  chunk: number,
  code: string | null = null,
): Promise<void> {
  await spine.admin.query(
    'insert into push.deliveries (delivery_id, state, chunk_id, notification_id, created_at, token_id, code) values ($1, $2, $3, $4, $5, $6, $7)',
    [delivery, state, chunk, note.id, note.createdAt, note.tokenId, code],
  );
}

const fateOf = async (id: string) => (await deviceFates(spine.database, [id])).get(id);

it('is in flight until something ended it', async () => {
  const note = await forOneDevice();
  expect(await fateOf(note.id)).toEqual({ kind: 'in_flight' });
  await decided(note, 2, 'quiet_hours');
  expect(await fateOf(note.id)).toEqual({ kind: 'in_flight' });
  const delivery = await decided(note, 1);
  expect(await fateOf(note.id)).toEqual({ kind: 'in_flight' });
  await step(delivery, note, 10, 1);
  expect(await fateOf(note.id)).toEqual({ kind: 'in_flight' });
  await step(delivery, note, 1, 2, 'ProviderError');
  expect(await fateOf(note.id)).toEqual({ kind: 'in_flight' });
  await step(delivery, note, 10, 2);
  await step(delivery, note, 20, 2);
  expect(await fateOf(note.id)).toEqual({ kind: 'accepted_by_platform' });
  await step(delivery, note, 21, 2);
  expect(await fateOf(note.id)).toEqual({ kind: 'accepted_by_platform' });
});

it.each([
  [30, 'failed', 'MessageTooBig'],
  [31, 'expired', 'EXPIRED'],
  [32, 'cancelled', 'TOKEN_MOVED'],
  [33, 'unknown', 'LEASE_EXPIRED'],
  [34, 'receipt_missing', 'RECEIPT_MISSING'],
  [35, 'dead_letter', 'POISONED'],
])('ended with state %i', async (state, name, code) => {
  const note = await forOneDevice();
  await step(await decided(note, 1), note, state, 1, code);
  expect(await fateOf(note.id)).toEqual({ kind: 'ended', state: name, code, deviceActive: true });
});

it('was suppressed for a reason, and the device may be out of use since', async () => {
  const note = await forOneDevice();
  await decided(note, 3, 'no_token');
  expect(await fateOf(note.id)).toEqual({ kind: 'suppressed', reason: 'no_token', deviceActive: true });
  await spine.admin.query(`update push_tokens set state = 'signed_out', is_active = false where id = $1`, [note.tokenId]);
  expect(await fateOf(note.id)).toEqual({ kind: 'suppressed', reason: 'no_token', deviceActive: false });
});

it('is not told of notifications to all devices of a user, nor of other ids', async () => {
  const user = await spine.user();
  const id = await spine.notify(user.id);
  const fates = await deviceFates(spine.database, [id, uuidV7(new Date()), 'x', 'ffffffff-ffff-7fff-bfff-ffffffffffff']);
  expect(fates).toEqual(new Map());
  expect(await deviceFates(spine.database, [])).toEqual(new Map());
});

it('looks only at the partitions of the time that the ids tell', async () => {
  const note = await forOneDevice();
  const now = Date.now() / 1000;
  const plan = await spine.admin.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, costs off, timing off, summary off) ${findFates.text}`,
    [[note.id], now - 86_400, now + 86_400],
  );
  const lines = plan.map((line) => line['QUERY PLAN']).filter((line) => !line.includes('never executed'));
  const read = (table: string): Set<string> => new Set(lines.flatMap((line) => new RegExp(`on ${table}_p\\d+`).exec(line)?.[0] ?? []));
  expect(read('notifications').size).toBeLessThanOrEqual(2);
  expect(read('decisions').size).toBeLessThanOrEqual(3);
});
