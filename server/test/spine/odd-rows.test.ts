import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spine } from '../support/spine.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.worker();
});
afterAll(() => spine.close());

const verdicts = (userId: string) =>
  spine.admin.query<{ verdict: number; reason: string | null }>(
    `select verdict, reason from push.decisions d join notifications n on n.id = d.notification_id and n.created_at = d.created_at
     where n.user_id = $1 order by verdict, reason`,
    [userId],
  );

describe('rows that an app may well insert', () => {
  it('with one id twice: both are held, and nobody waits behind them', async () => {
    const user = await spine.user();
    const id = randomUUID();
    const sendAt = new Date(Date.now() + 3_600_000);
    await spine.notify(user.id, { id, send_at: sendAt });
    await spine.notify(user.id, { id, send_at: sendAt });
    const after = await spine.notify(user.id);
    await spine.reaches(after, 'accepted_by_platform');
    const held = (): Promise<object[]> => spine.admin.query('select created_at from push.held where notification_id = $1', [id]);
    await expect.poll(held).toHaveLength(2);
    // Each at its own time; it is read anew when it is released.
    await spine.admin.query(
      'update notifications set send_at = now() where id = $1 and created_at = (select min(created_at) from notifications where id = $1)',
      [id],
    );
    await spine.admin.query(
      'update push.held set release_at = now() where (notification_id, created_at) in (select notification_id, min(created_at) from push.held group by 1)',
    );
    await spine.reaches(id, 'accepted_by_platform');
    expect(await held()).toHaveLength(1);
    await spine.admin.query('delete from push.held');
  });

  it('with the same words for different times: a reminder at eight and at noon are two', async () => {
    const user = await spine.user();
    const at = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
    for (const sendAt of [at(1), at(5), null]) await spine.notify(user.id, { title: 'Time to drink', send_at: sendAt });
    await expect
      .poll(() => verdicts(user.id))
      .toEqual([
        { verdict: 1, reason: null },
        { verdict: 2, reason: 'scheduled' },
        { verdict: 2, reason: 'scheduled' },
      ]);
  });

  it('with an id that was used before, as who tries again after an answer that was lost: once', async () => {
    const user = await spine.user();
    // A user with a history: for a new one there is nothing to know of before.
    await spine.reaches(await spine.notify(user.id), 'accepted_by_platform');
    const id = randomUUID();
    await spine.notify(user.id, { id, title: 'Once' });
    await spine.reaches(id, 'accepted_by_platform');
    await spine.notify(user.id, { id, title: 'Once' });
    await expect.poll(() => verdicts(user.id)).toContainEqual({ verdict: 3, reason: 'duplicate' });
    expect(new Set((await spine.deliveries(id)).map(({ delivery_id: delivery }) => delivery)).size).toBe(1);
  });

  it('with the words of one that is being released: the released one goes', async () => {
    const user = await spine.user();
    const sendAt = new Date(Date.now() + 300_000);
    const held = await spine.notify(user.id, { title: 'Good morning', send_at: sendAt });
    await expect.poll(() => verdicts(user.id)).toEqual([{ verdict: 2, reason: 'scheduled' }]);
    await spine.stopWorkers();
    const again = await spine.notify(user.id, { title: 'Good morning', send_at: sendAt });
    await spine.admin.query(
      `with due as (delete from push.held where notification_id = $1 returning *)
       insert into push.outbox (lane, was_held, n, notification_ids, created_ats)
       select lane, true, 1, array[notification_id], array[created_at] from due`,
      [held],
    );
    spine.planningTime = new Date(Date.now() + 301_000);
    await spine.worker();
    try {
      await spine.reaches(held, 'accepted_by_platform');
      await expect.poll(() => spine.decisions(again)).toMatchObject([{ verdict: 3, reason: 'duplicate' }]);
    } finally {
      spine.planningTime = null;
    }
  });

  it('with the same words for the same time: one of them is enough', async () => {
    const user = await spine.user();
    const sendAt = new Date(Date.now() + 3_600_000);
    for (let i = 0; i < 2; i++) await spine.notify(user.id, { title: 'Time to drink', send_at: sendAt });
    await expect
      .poll(() => verdicts(user.id))
      .toEqual([
        { verdict: 2, reason: 'scheduled' },
        { verdict: 3, reason: 'duplicate' },
      ]);
  });

  it('the same twice beside another one, to somebody who never got anything: once', async () => {
    const user = await spine.user();
    await spine.admin.query("insert into push.notification_types (type, capped) values ('free', false)");
    await spine.admin.query(
      `insert into notifications (user_id, type, title) values ($1, 'reminder', 'Other'), ($1, 'free', 'Same'), ($1, 'free', 'Same')`,
      [user.id],
    );
    await expect.poll(async () => (await verdicts(user.id)).length).toBe(3);
    expect((await verdicts(user.id)).map(({ reason }) => reason)).toEqual([null, null, 'duplicate']);
  });

  it.each([`it's, "quoted" {and} \\back\\slashed`, 'NULL', '', '通知,{}', 'line\nbreak'])('with a type named %j', async (type) => {
    const user = await spine.user();
    await spine.admin.query(
      `insert into notification_settings (user_id, types) values ($1, jsonb_build_object('other', '{"enabled": false}'::jsonb))`,
      [user.id],
    );
    await spine.reaches(await spine.notify(user.id, { type }), 'accepted_by_platform');
  });

  it.each(['NULL', 'A.b-c_0'])('with a type named %j, that she has switched off', async (type) => {
    const user = await spine.user();
    await spine.admin.query(
      `insert into notification_settings (user_id, types) values ($1, jsonb_build_object($2::text, '{"enabled": false}'::jsonb))`,
      [user.id, type],
    );
    const off = await spine.notify(user.id, { type });
    await expect.poll(() => spine.decisions(off)).toMatchObject([{ verdict: 3, reason: 'user_disabled_type' }]);
  });
});
