/** A row whose partition is made while somebody looks for it is found. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Spine } from '../support/spine.js';

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
/** Nobody has made a partition for it. */
const longAgo = { created_at: daysAgo(40), expires_at: daysAgo(-30) };

let spine: Spine;
beforeEach(async () => {
  spine = await Spine.start();
});
afterEach(() => spine.close());

/** A worker starts, and one of its statements, with this in its text, has to wait for the partition that is being made. */
async function workerMeetsNewPartition(text: string): Promise<void> {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and strpos(query, $1) > 0`;
  await spine.admin.transaction(async (tx) => {
    await tx.query('select push.ensure_partitions($1, $2)', [daysAgo(40), daysAgo(39)]);
    await spine.worker();
    await expect.poll(() => spine.admin.query(waits, [text])).not.toEqual([]);
  });
}

it('while it is planned', async () => {
  const { id: user } = await spine.user();
  const id = await spine.notify(user, longAgo);
  await workerMeetsNewPartition('select id, n from push.outbox');
  await spine.reaches(id, 'accepted_by_platform');
  expect(await spine.decisions(id)).toMatchObject([{ verdict: 1, deliveries: 1 }]);
});

it('while its content is read', async () => {
  const { id: user } = await spine.user();
  await spine.admin.query('update push.controls set paused = true');
  const planner = await spine.worker();
  const id = await spine.notify(user, longAgo);
  await expect.poll(() => spine.decisions(id)).toMatchObject([{ verdict: 1, deliveries: 1 }]);
  await planner.stop();
  await spine.admin.query('update push.controls set paused = false');
  await workerMeetsNewPartition('join push.chunks c on c.id = l.id');
  await spine.reaches(id, 'accepted_by_platform');
});
