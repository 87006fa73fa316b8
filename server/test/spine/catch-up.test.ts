import { afterAll, beforeAll, expect, it } from 'vitest';
import { catchUp } from '../../src/operations/catch-up.js';
import { Spine } from '../support/spine.js';

const by = { actor: 'cli:test', reason: 'a test' };
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.worker();
});
afterAll(() => spine.close());

it('sends nothing again whose decision left with its partition, and still finds what was missed', async () => {
  const user = await spine.user();
  await spine.admin.query('select push.ensure_partitions($1, $2)', [daysAgo(41), daysAgo(39)]);
  const old = await spine.notify(user.id, { created_at: daysAgo(40), expires_at: daysAgo(-30) });
  await spine.reaches(old, 'accepted_by_platform');
  await spine.admin.query('update push.decisions set decided_at = $2 where notification_id = $1', [old, daysAgo(40)]);
  expect(await spine.admin.query("select push.drop_partitions('push.decisions', $1)", [daysAgo(20)])).not.toEqual([]);

  await spine.admin.query('alter table notifications disable trigger notification_push_trigger');
  const missed = await spine.notify(user.id);
  await spine.admin.query('alter table notifications enable trigger notification_push_trigger');
  expect(await catchUp(spine.database, { since: daysAgo(60) }, by)).toBe(1);
  await spine.reaches(missed, 'accepted_by_platform');
  await spine.settles();
  expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toHaveLength(2);
});
