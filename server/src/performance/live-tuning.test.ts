import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Spine } from '../../test/support/spine.js';
import { silentLogger } from '../logging/logger.js';
import { LiveTuning } from './live-tuning.js';
import { changeTuning, readHistory } from './tuning-store.js';

const defaults = { slots: 4, chunkSize: 1 };
const by = { actor: 'test', reason: 'a test' };
let spine: Spine;
const live: LiveTuning[] = [];
beforeAll(async () => {
  const tuning = (): LiveTuning => {
    const one = new LiveTuning({ database: spine.database, defaults, log: silentLogger });
    live.push(one);
    return one;
  };
  spine = await Spine.start({ worker: { requestDeadlineMs: 10_000 }, tuning });
});
afterAll(async () => {
  await spine.stopWorkers();
  for (const one of live) await one.stop();
  await spine.close();
});

it('starts from the environment, and is followed by every worker while it runs; what is on the wire is not dropped', async () => {
  await spine.worker({ id: 'one' });
  await spine.worker({ id: 'two' });
  for (const one of live) await one.start();
  expect(live.map((one) => one.current())).toMatchObject([defaults, defaults]);
  spine.simulator.control.addFault({ kind: 'slow_response', delayMs: 3000, times: null });
  const users = await spine.users(60);
  await spine.admin.query(
    `insert into notifications (user_id, type, title, expires_at) select u, 'reminder', u::text, now() + interval '1 day' from unnest($1::uuid[]) u`,
    [users.map(({ id }) => id)],
  );
  const onTheWire = async (): Promise<unknown> =>
    (await spine.admin.query(`select leased_by, count(*)::int as n from push.chunks where state = 2 group by 1 order by 1`)).map(
      Object.values,
    );
  const each = async (slots: number, timeout: number): Promise<void> =>
    void (await vi.waitFor(
      async () =>
        expect(await onTheWire()).toEqual([
          ['one', slots],
          ['two', slots],
        ]),
      { timeout },
    ));
  // Some slots are kept for what is critical.
  await each(3, 2800);
  await changeTuning(spine.database, { slots: 16 }, by);
  await each(14, 2800);
  await changeTuning(spine.database, { slots: 2 }, by);
  await each(2, 15_000);
  spine.simulator.control.clearFaults();
  await spine.settles();
  // One request each: none was given back or sent again.
  expect(await spine.admin.query('select count(*)::int as n from push.attempts')).toEqual([{ n: 60 }]);
  expect(await spine.ledger()).toMatchObject({ 'state:accepted_by_platform': 60 });
});

it('refuses what is out of bounds, changes nothing then, and remembers who changed what and why', async () => {
  for (const change of [{ slots: 0 }, { slots: 201 }, { slots: Number.NaN }, { settingsTtl: -1 }, { chunkSize: 101 }, { chunkSize: 1.5 }]) {
    const [field] = Object.keys(change);
    await expect(changeTuning(spine.database, change, by)).rejects.toMatchObject({ code: 'INVALID_INPUT', path: field });
  }
  expect(await readHistory(spine.database, 10)).toMatchObject([
    { actor: 'test', reason: 'a test', before: { slots: 16 }, after: { slots: 2 }, measurements: null },
    { before: { slots: null }, after: { slots: 16 } },
  ]);
  expect(await spine.admin.query(`select actor, reason from push.audit where action = 'tuning.change'`)).toHaveLength(2);
  expect(await changeTuning(spine.database, { slots: null }, by)).toMatchObject({ slots: null });
  await vi.waitFor(() => expect(live[0]?.current().slots).toBe(4));
});
