/** A row whose partition is made while somebody looks for it is found. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadContent } from '../../src/delivery/load-content.js';
import type { Lease } from '../../src/queue/queue-engine.js';
import { Spine } from '../support/spine.js';

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
/** Nobody has made a partition for it. */
const longAgo = { created_at: daysAgo(40), expires_at: daysAgo(-30) };

let spine: Spine;
beforeEach(async () => {
  spine = await Spine.start();
});
afterEach(() => spine.close());

/** `look` begins while the row's partition is made, and one of its statements, with this in its text, has to wait for that. */
async function whilePartitionIsMade<T>(text: string, look: () => Promise<T>): Promise<T> {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and strpos(query, $1) > 0`;
  const { looking } = await spine.admin.transaction(async (tx) => {
    await tx.query('select push.ensure_partitions($1, $2)', [daysAgo(40), daysAgo(39)]);
    const begun = look();
    await expect.poll(() => spine.admin.query(waits, [text])).not.toEqual([]);
    return { looking: begun };
  });
  return await looking;
}

it('while it is planned', async () => {
  const { id: user } = await spine.user();
  const id = await spine.notify(user, longAgo);
  await whilePartitionIsMade('select id, n from push.outbox', () => spine.worker());
  await spine.reaches(id, 'accepted_by_platform');
  expect(await spine.decisions(id)).toMatchObject([{ verdict: 1, deliveries: 1 }]);
});

it('while its content is read', async () => {
  const { id: user } = await spine.user();
  await spine.admin.query('update push.controls set paused = true');
  const planner = await spine.worker();
  const id = await spine.notify(user, { ...longAgo, message: 'Still there' });
  await expect.poll(() => spine.decisions(id)).toMatchObject([{ verdict: 1, deliveries: 1 }]);
  await planner.stop();
  const leases = await spine.admin.query<Lease>(
    `update push.chunks set state = 2, epoch = epoch + 1, lease_until = now() + interval '1 minute' returning id::text as "chunkId", epoch`,
  );
  const chunks = await whilePartitionIsMade('join push.chunks c on c.id = l.id', () => loadContent(spine.database, leases));
  expect([...chunks.values()]).toMatchObject([{ deliveries: [{ gone: null, message: 'Still there' }] }]);
});
