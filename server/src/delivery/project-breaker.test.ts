import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
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
  breaker = new ProjectBreaker(on.database, new ProjectRegistry(on.database, () => performance.now()), silentLogger);
  // As a claim leaves it: the probe is on the wire.
  await on.admin.query(
    "update push.projects set breaker_state = 'open', breaker_reason = 'TEST', breaker_opened_at = now(), breaker_probe_at = now() + interval '100 seconds'",
  );
});

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
