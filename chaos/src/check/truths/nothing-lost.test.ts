/** Truth 1: each way of losing or inventing something is noticed, and what may look like it but is none is not. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { broken, freshSchema, Scene } from '../support/scene.js';

let schema: readonly string[];
beforeAll(async () => {
  schema = await freshSchema();
});

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open(schema);
});
afterEach(() => scene.db.close());

const minute = 60_000;

async function expectBroken(spoil: () => Promise<void>, rule: string): Promise<void> {
  await spoil();
  expect(broken(await scene.judge())).toEqual(expect.arrayContaining([rule]));
}

describe('1, nothing is lost:', () => {
  it.each<[string, () => Promise<void>]>([
    ['1 acknowledged_but_missing', async () => scene.submission({ title: 'gone', userIds: [randomUUID()], ids: [randomUUID()] })],
    [
      '1 notification_nowhere',
      async () => {
        const { id } = await scene.arrived();
        await scene.sql('delete from push.decisions where notification_id = $1', [id]);
      },
    ],
    [
      '1 notification_in_two_places',
      async () => {
        const { id } = await scene.arrived();
        await scene.sql(
          `insert into push.held (notification_id, created_at, lane, release_at, reason) values ($1, now(), 1, now() + interval '1 day', 'scheduled')`,
          [id],
        );
      },
    ],
    [
      '1 delivery_lost',
      async () => {
        const { deliveryId } = await scene.arrived();
        await scene.sql('delete from push.deliveries where delivery_id = $1', [deliveryId]);
      },
    ],
    [
      '1 receipt_awaited_by_nobody',
      async () => {
        const { deliveryId } = await scene.arrived();
        await scene.sql('delete from push.deliveries where delivery_id = $1 and state = 20', [deliveryId]);
      },
    ],
    [
      '1 illegal_step',
      async () => {
        const made = await scene.arrived();
        await scene.step({ ...made, state: 30 });
      },
    ],
    ['1 ledger_disagrees', async () => scene.count({ 'state:failed': 1 })],
    [
      '1 rolled_back_but_there',
      async () => {
        const { title, userId } = await scene.arrived();
        scene.submission({ title, userIds: [userId], rolledBack: true });
      },
    ],
    [
      '1 rolled_back_but_sent',
      async () => {
        const { title, id, userId } = await scene.arrived();
        await scene.sql('delete from notifications where id = $1', [id]);
        scene.timeline.submissions.splice(0);
        scene.submission({ title, userIds: [userId], rolledBack: true });
      },
    ],
    [
      '1 half_done',
      async () => {
        const { title, userId } = await scene.arrived();
        scene.timeline.submissions.splice(0);
        scene.submission({ title, userIds: [userId, randomUUID()], answered: 'unknown', to: Number.POSITIVE_INFINITY });
      },
    ],
    [
      '1 made_twice',
      async () => {
        const one = await scene.arrived({ title: 'same' });
        await scene.arrived({ title: 'same', message: 'other' }, one);
      },
    ],
    [
      '1 untrue_no_token',
      async () => {
        const { id } = await scene.arrived();
        await scene.sql(
          `update push.decisions set verdict = 3, reason = 'no_token', deliveries = 0, first_delivery = null where notification_id = $1`,
          [id],
        );
      },
    ],
    [
      '1 untrue_quiet_hours',
      async () => {
        const { id } = await scene.arrived();
        await scene.sql(`insert into push.decisions (notification_id, created_at, verdict, reason) values ($1, now(), 2, 'quiet_hours')`, [
          id,
        ]);
      },
    ],
    [
      '1 untrue_duplicate',
      async () => {
        const { id } = await scene.arrived();
        await scene.sql(
          `update push.decisions set verdict = 3, reason = 'duplicate', deliveries = 0, first_delivery = null where notification_id = $1`,
          [id],
        );
      },
    ],
    [
      '1 device_left_out',
      async () => {
        const { userId } = await scene.arrived();
        await scene.device(userId);
      },
    ],
    [
      '1 sent_but_unknown',
      async () => {
        const made = await scene.arrived();
        scene.hit({ ...made, deliveryId: '77', ticketId: null }, scene.now);
      },
    ],
    [
      '1 wrong_text_sent',
      async () => {
        const made = await scene.arrived();
        scene.hits.splice(0);
        scene.hit({ ...made, title: 'another' }, scene.now - minute);
      },
    ],
    [
      '1 receipt_misread',
      async () => {
        const { deliveryId, ticketId } = await scene.arrived();
        const dead = ticketId.replace('7000-8000-00', '7000-8000-01');
        await scene.sql('update push.deliveries set ticket_id = $2 where delivery_id = $1', [deliveryId, dead]);
      },
    ],
  ])('%s', async (rule, spoil) => {
    await expectBroken(spoil, rule);
  });
});

describe('no fault is', () => {
  it('a request whose repeat was refused while it was under way, and that committed after all', async () => {
    const { title, userId } = await scene.arrived();
    const [made] = scene.timeline.submissions.splice(0);
    const from = made?.from ?? 0;
    const keyed = { title, userIds: [userId], idempotencyKey: 'k' };
    scene.submission({ ...keyed, from, to: Number.POSITIVE_INFINITY, answered: 'unknown' });
    scene.submission({ ...keyed, from: from + 100, answered: 'refused' });
    expect(broken(await scene.judge())).toEqual([]);
    // The first of all was refused: nothing of it may be there.
    scene.submission({ ...keyed, from: from - 100, answered: 'refused' });
    expect(broken(await scene.judge())).toEqual(['1 rolled_back_but_sent', '1 rolled_back_but_there']);
  });

  it('what was due when its decision was written, if the process had stood still since it was made', async () => {
    const { id } = await scene.arrived();
    await scene.sql(`update notifications set send_at = created_at where id = $1`, [id]);
    await scene.sql(
      `insert into push.decisions (notification_id, created_at, decided_at, verdict, reason)
       select id, created_at, created_at + interval '15 s', 2, 'scheduled' from notifications where id = $1`,
      [id],
    );
    expect(broken(await scene.judge())).toEqual(['1 untrue_scheduled']);
    const written = scene.now - minute + 15_000;
    scene.evidence = { thawed: [{ from: written - 12_000, to: written - 500 }] };
    expect(broken(await scene.judge())).toEqual([]);
  });
});
