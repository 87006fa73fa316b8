import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Database } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import { silentLogger } from '../logging/logger.js';
import { ProjectBreaker } from './project-breaker.js';
import { ProjectRegistry } from './project-registry.js';

let on: TestDatabase;
let breaker: ProjectBreaker;

beforeAll(async () => {
  on = await testDatabase();
});
afterAll(() => on.close());
beforeEach(async () => {
  breaker = breakerOn(on.database);
  // As a claim leaves it: the probe is on the wire.
  await on.admin.query(
    "update push.projects set breaker_state = 'open', breaker_reason = 'TEST', breaker_opened_at = now(), breaker_probe_at = now() + interval '100 seconds', breaker_closed_at = null",
  );
});

function breakerOn(database: Database, monotonic = () => performance.now()): ProjectBreaker {
  const registry = new ProjectRegistry(on.database, () => performance.now());
  return new ProjectBreaker(database, registry, monotonic, silentLogger, async () => undefined);
}

async function probeIn(): Promise<number> {
  const [row] = await on.admin.query<{ seconds: number }>(
    "select ceil(date_part('epoch', breaker_probe_at - clock_timestamp())) as seconds from push.projects where id = 1",
  );
  return row?.seconds ?? Number.NaN;
}

it('lets nobody probe earlier because another request of before came back: the probe may still be on the wire', async () => {
  for (let i = 0; i < 6; i++) await breaker.failed(1, 'ECONNRESET');
  await breaker.fault(1, 'UNAUTHORIZED');
  expect(await probeIn()).toBeGreaterThan(90);
});

it.each([
  ['had no answer', (at: ProjectBreaker) => at.failed(1, 'ECONNRESET', true), 10],
  ['found the project at fault', (at: ProjectBreaker) => at.fault(1, 'UNAUTHORIZED', true), 60],
  ['was not sent after all', (at: ProjectBreaker) => at.probeUnused(1), 0],
  ['takes longer', (at: ProjectBreaker) => at.holdProbe(1, 35), 35],
] as const)('lets the next one probe in its time when the probe %s', async (_what, happens, seconds) => {
  await happens(breaker);
  const left = await probeIn();
  expect(left).toBeLessThanOrEqual(seconds);
  expect(left).toBeGreaterThan(seconds - 8);
});

const state = async (): Promise<unknown> =>
  (await on.admin.query<{ state: string }>('select breaker_state as state from push.projects where id = 1'))[0]?.state;

it.each([
  ['closes when its probe is answered, although it was never read here that it is open', true, 'closed'],
  ['is not written for each answer of a project that is not known to have one open', false, 'open'],
] as const)('%s', async (_what, isProbe, after) => {
  await breaker.answered(1, isProbe);
  expect(await state()).toBe(after);
});

describe('what the database did not take', () => {
  /** Its first `times` transactions fail as on a lost connection; `failed` is called at each. */
  function failing(times: number, failed: () => Promise<void> = async () => undefined): Database {
    let left = times;
    const transaction: Database['transaction'] = async (work) => {
      if (left-- <= 0) return await on.database.transaction(work);
      await failed();
      throw new DatabaseError('08006', 'connection lost');
    };
    return { ...on.database, transaction };
  }

  /** Keeps what each transaction that succeeds comes to: whether it changed anything. */
  function recording(database: Database): { readonly database: Database; readonly changed: unknown[] } {
    const changed: unknown[] = [];
    const transaction: Database['transaction'] = async (work) => {
      const result = await database.transaction(work);
      changed.push(result);
      return result;
    };
    return { database: { ...database, transaction }, changed };
  }

  it('is told again a moment later', async () => {
    await on.admin.query("update push.projects set breaker_state = 'closed'");
    await breakerOn(failing(3)).fault(1, 'UNAUTHORIZED');
    await vi.waitFor(async () => expect(await state()).toBe('open'));
  });

  it('is told no more once more is known', async () => {
    await on.admin.query("update push.projects set breaker_state = 'closed'");
    let failures = 0;
    const at: ProjectBreaker = breakerOn(
      failing(9, async () => {
        if (++failures === 2) await at.answered(1);
      }),
    );
    await at.fault(1, 'UNAUTHORIZED');
    await vi.waitFor(() => expect(failures).toBe(2));
    await new Promise((resolve) => setImmediate(resolve));
    expect({ failures, state: await state() }).toEqual({ failures: 2, state: 'closed' });
  });

  it.each([
    ['a fault', 'open', (at: ProjectBreaker) => at.fault(1, 'UNAUTHORIZED'), (other: ProjectBreaker) => other.answered(1, true), 'closed'],
    [
      'an answer',
      'closed',
      (at: ProjectBreaker) => at.answered(1, true),
      (other: ProjectBreaker) => other.fault(1, 'UNAUTHORIZED'),
      'open',
    ],
  ] as const)('and was %s does not undo what another worker has learnt since', async (_what, before, learns, learnsLater, after) => {
    await on.admin.query('update push.projects set breaker_state = $1, breaker_opened_at = null', [before]);
    let now = 0;
    const losing = failing(1, async () => {
      await learnsLater(breaker);
      now = 10_000;
    });
    const told = recording(losing);
    await learns(breakerOn(told.database, () => now));
    await vi.waitFor(() => expect(told.changed).toEqual([false]));
    expect(await state()).toBe(after);
  });

  it.each([
    [20, 5, 'closed'],
    [20, 40, 'open'],
  ] as const)(
    'and is told %i s later opens nothing that was closed since: closed %i s ago, it is %s then',
    async (later, closedAgo, after) => {
      await on.admin.query(
        "update push.projects set breaker_state = 'closed', breaker_closed_at = clock_timestamp() - make_interval(secs => $1)",
        [closedAgo],
      );
      let now = 0;
      const losing = failing(1, async () => {
        now = later * 1000;
      });
      const told = recording(losing);
      await breakerOn(told.database, () => now).fault(1, 'UNAUTHORIZED');
      await vi.waitFor(() => expect(told.changed).toEqual([after === 'open']));
      expect(await state()).toBe(after);
    },
  );

  it('is told again although more of the same was learnt since', async () => {
    let failures = 0;
    const at: ProjectBreaker = breakerOn(
      failing(1, async () => {
        failures++;
        await at.answered(1);
      }),
    );
    await at.answered(1, true);
    await vi.waitFor(async () => expect(await state()).toBe('closed'));
    expect(failures).toBe(1);
  });

  it('is not held back by what a clock that was set back has left in the future', async () => {
    await on.admin.query("update push.projects set breaker_state = 'closed', breaker_closed_at = now() + interval '1 hour'");
    await breaker.fault(1, 'UNAUTHORIZED');
    expect(await state()).toBe('open');
    await on.admin.query("update push.projects set breaker_opened_at = now() + interval '1 hour'");
    await breaker.answered(1, true);
    expect(await state()).toBe('closed');
  });
});
