import { beforeAll, describe, expect, it } from 'vitest';
import type { FailpointName } from '../../src/failpoints/failpoint.js';
import { buildCrashWorker, type CrashProcess, startCrashProcess } from '../support/crash-process.js';
import { quickWorker, Spine, testKeys } from '../support/spine.js';

let bundle: string;

beforeAll(async () => {
  bundle = await buildCrashWorker();
});

/** Each on a system of its own: most of their time they wait for leases, so several wait at once. */
async function onItsOwn(work: (spine: Spine) => Promise<void>): Promise<void> {
  const spine = await Spine.start();
  try {
    await spine.admin.query("insert into push.notification_types (type, unknown_policy) values ('once', 'drop')");
    await work(spine);
  } finally {
    await spine.close();
  }
}

function startWorker(spine: Spine, id: string, failpoints: Partial<Record<FailpointName, string>>): Promise<CrashProcess> {
  return startCrashProcess({
    bundle,
    databaseUrl: spine.url,
    expoUrl: spine.simulator.url,
    keys: testKeys,
    options: { ...options, id },
    failpoints,
  });
}

const options = { ...quickWorker, leaseSeconds: 3, requestDeadlineMs: 1000, slots: 6 };
const points: FailpointName[] = [
  'before_plan_commit',
  'after_claim',
  'after_intent',
  'after_write',
  'after_response',
  'before_outcome_commit',
  'after_outcome_commit',
  'receipt_poll',
  'before_receipts_commit',
];

/** 120 users, two thirds of them with a type that is resent, one third with one that is not. */
async function load(spine: Spine): Promise<string[]> {
  const users = await spine.users(120);
  const rows = await spine.admin.query<{ id: string }>(
    `insert into notifications (user_id, type, title)
     select u, case when nr % 3 = 0 then 'once' else 'reminder' end, 'Crash ' || nr from unnest($1::uuid[]) with ordinality as x(u, nr) returning id`,
    [users.map((user) => user.id)],
  );
  return rows.map((row) => row.id);
}

describe('kill -9', () => {
  it.concurrent.each(points)('at %s loses nothing, and every second copy is a counted unknown', { timeout: 240_000 }, (point) =>
    onItsOwn(async (spine) => {
      const { ended } = await startWorker(spine, `crash ${point}`, { [point]: 'kill9' });
      const ids = await load(spine);
      expect(await ended).toBe('SIGKILL');

      await spine.worker({ ...options, id: `heir of ${point}` });
      await spine.settles(180_000);
      await spine.stopWorkers();

      const steps = await spine.admin.query<{ delivery_id: number; state: string; type: string }>(
        `select distinct on (d.delivery_id) d.delivery_id, s.name as state, n.type from push.deliveries d
         join push.delivery_states s on s.code = d.state join notifications n on n.id = d.notification_id
         where d.notification_id = any($1::uuid[]) order by d.delivery_id, d.at desc, d.state desc`,
        [ids],
      );
      expect(steps).toHaveLength(ids.length);
      const hits = spine.simulator.control.hits();
      let copies = 0;
      for (const step of steps) {
        const taken = hits.get(String(step.delivery_id)) ?? 0;
        copies += Math.max(0, taken - 1);
        if (step.type === 'once') expect(taken).toBeLessThanOrEqual(1);
        if (step.state === 'accepted_by_platform') expect(taken).toBeGreaterThanOrEqual(1);
        else expect([step.type, step.state]).toEqual(['once', 'unknown']);
      }
      const ledger = await spine.ledger();
      // Every copy was counted; what was counted may not have been on the wire yet when the process died.
      expect(copies).toBeLessThanOrEqual(ledger['resent_unknown'] ?? 0);
      const endings = Object.entries(ledger).filter(([item]) => item.startsWith('state:'));
      expect(ledger['deliveries']).toBe(endings.reduce((sum, [, n]) => sum + n, 0));
      expect(ledger['accepted']).toBe(ledger['planned']);
    }),
  );
});

describe('SIGTERM under load', () => {
  it.concurrent('finishes what is on the wire and leaves no unknown', () =>
    onItsOwn(async (spine) => {
      spine.simulator.control.change({ latencyMs: 150 });
      const { child, ended } = await startWorker(spine, 'terminated', {});
      await load(spine);
      await spine.simulator.control.waitForAccepted(1);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      const [sending] = await spine.admin.query('select count(*)::int as n from push.chunks where state = 2');
      expect(sending).toEqual({ n: 0 });
      spine.simulator.control.change({ latencyMs: 0 });
      await spine.worker(options);
      await spine.settles(60_000);
      const ledger = await spine.ledger();
      expect(ledger).not.toHaveProperty('resent_unknown');
      expect(ledger).not.toHaveProperty('state:unknown');
    }));
});
