import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Spine } from '../support/spine.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.admin.query('update push.policy set release_spread_seconds = 0');
  await spine.worker();
});
afterAll(() => spine.close());
afterEach(() => {
  spine.planningTime = null;
});

describe('a row in notifications', () => {
  it('becomes a push on every active device, and its receipt ends it', async () => {
    const user = await spine.user(2);
    const id = await spine.notify(user.id, { title: '授乳の時間です', data: { screen: 'feeding' } });
    const ended = await spine.reaches(id, 'accepted_by_platform');
    expect(ended).toHaveLength(2);
    for (const token of user.tokens) {
      const [taken, ...more] = spine.simulator.control.takenBy(token);
      expect(more).toEqual([]);
      expect(ended.map((step) => String(step.delivery_id))).toContain(taken?.deliveryId);
    }
  });

  it('rolls back with its transaction', async () => {
    const user = await spine.user();
    await spine.admin
      .transaction(async (tx) => {
        await tx.query("insert into notifications (user_id, type, title) values ($1, 'reminder', 'Rolled back')", [user.id]);
        throw new Error('roll back');
      })
      .catch(() => undefined);
    const marker = await spine.notify(user.id);
    await spine.reaches(marker, 'accepted_by_platform');
    expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toHaveLength(1);
  });

  it('is suppressed, with the reason, when there is no device', async () => {
    const id = await spine.notify('00000000-0000-4000-8000-000000000001');
    await expect.poll(() => spine.decisions(id)).toMatchObject([{ verdict: 3, reason: 'no_token' }]);
  });

  it('goes out once when the same content comes again within the window', async () => {
    const user = await spine.user();
    const first = await spine.notify(user.id, { title: 'Twice' });
    await spine.reaches(first, 'accepted_by_platform');
    const second = await spine.notify(user.id, { title: 'Twice' });
    await expect.poll(() => spine.decisions(second)).toMatchObject([{ verdict: 3, reason: 'duplicate' }]);
    const other = await spine.notify(user.id, { title: 'Twice', data: { n: 2 } });
    await spine.reaches(other, 'accepted_by_platform');
  });

  it('lets exactly one of many equal rows of one statement pass', async () => {
    const user = await spine.user();
    await spine.admin.query("insert into notifications (user_id, type, title) select $1, 'reminder', 'Same' from generate_series(1, 50)", [
      user.id,
    ]);
    await expect
      .poll(() =>
        spine.admin.query(
          'select verdict, count(*)::int as n from push.decisions join notifications n on n.id = notification_id where user_id = $1 group by 1 order by 1',
          [user.id],
        ),
      )
      .toEqual([
        { verdict: 1, n: 1 },
        { verdict: 3, n: 49 },
      ]);
  });

  it('stops at the frequency cap, and gives back what was not sent', async () => {
    const user = await spine.user();
    await spine.admin.query(
      "insert into notifications (user_id, type, title) select $1, 'reminder', 'Number ' || i from generate_series(1, 40) i",
      [user.id],
    );
    const outcome = () =>
      spine.admin.query<{ verdict: number; n: number }>(
        'select verdict, count(*)::int as n from push.decisions join notifications n on n.id = notification_id where user_id = $1 group by 1 order by 1',
        [user.id],
      );
    await expect.poll(outcome).toEqual([
      { verdict: 1, n: 30 },
      { verdict: 3, n: 10 },
    ]);
    const critical = await spine.notify(user.id, { type: 'critical' });
    await spine.reaches(critical, 'accepted_by_platform');
  });

  it('waits for its time and for the end of quiet hours, and is planned again then', async () => {
    const user = await spine.user();
    await spine.admin.query(
      "insert into notification_settings (user_id, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end) values ($1, 'Asia/Tokyo', true, '22:00', '07:00')",
      [user.id],
    );
    // 23:30 in Tokyo.
    await spine.planAt(new Date('2026-06-01T14:30:00Z'));
    const id = await spine.notify(user.id, { created_at: '2026-06-01T14:29:00Z', expires_at: '2036-01-01T00:00:00Z' });
    await expect
      .poll(() => spine.decisions(id))
      .toMatchObject([{ verdict: 2, reason: 'quiet_hours', hold_until: new Date('2026-06-01T22:00:00Z') }]);
    expect(await spine.deliveries(id)).toEqual([]);
    await spine.admin.query('update notification_settings set quiet_hours_enabled = false where user_id = $1', [user.id]);
    spine.planningTime = new Date('2026-06-01T22:00:01Z');
    await expect.poll(() => spine.decisions(id)).toMatchObject([{ verdict: 2 }, { verdict: 1 }]);
    await spine.reaches(id, 'accepted_by_platform');
  });

  it('does not leave while the trigger is disabled, and is caught up on request only', async () => {
    const user = await spine.user();
    await spine.admin.query('alter table notifications disable trigger notification_push_trigger');
    const id = await spine.notify(user.id);
    await spine.admin.query('alter table notifications enable trigger notification_push_trigger');
    const after = await spine.notify(user.id);
    await spine.reaches(after, 'accepted_by_platform');
    expect(await spine.decisions(id)).toEqual([]);
    const [taken] = await spine.database.query("select push.catch_up(now() - interval '1 hour', now() + interval '1 minute')::int as n");
    expect(taken).toEqual({ n: 1 });
    await spine.reaches(id, 'accepted_by_platform');
    const [again] = await spine.database.query("select push.catch_up(now() - interval '1 hour', now() + interval '1 minute')::int as n");
    expect(again).toEqual({ n: 0 });
  });

  it('is accounted for: what was accepted is what ended', async () => {
    await spine.settles();
    const ledger = await spine.ledger();
    const suppressed = Object.entries(ledger).filter(([item]) => item.startsWith('suppressed:'));
    const ended = Object.entries(ledger).filter(([item]) => item.startsWith('state:'));
    const sum = (items: [string, number][]) => items.reduce((total, [, n]) => total + n, 0);
    expect(ledger['accepted']).toBe((ledger['planned'] ?? 0) + sum(suppressed));
    expect(ledger['deliveries']).toBe(sum(ended));
    expect(spine.simulator.control.duplicates()).toEqual([]);
  });
});
