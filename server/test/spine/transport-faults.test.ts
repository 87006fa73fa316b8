import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Worker } from '../../src/workers/worker.js';
import { isAddedError } from '../support/faults/added-errors.js';
import { closeServer, listen, startRawServer } from '../support/raw-server.js';
import { selfSigned } from '../support/self-signed.js';
import { Spine } from '../support/spine.js';

let spine: Spine;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  spine = await Spine.start();
});
afterAll(() => spine.close());
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const breaker = async () =>
  (
    await spine.admin.query<{ state: string; reason: string | null }>(
      'select breaker_state as state, breaker_reason as reason from push.projects where id = 1',
    )
  )[0];

/** A worker against an address that is not Expo's, until the breaker is open. */
async function workUntilOpen(baseUrl: string, reason: string): Promise<void> {
  const worker: Worker = await spine.worker({}, spine.provider(baseUrl));
  closers.push(() => spine.stopWorkers());
  await vi.waitFor(async () => expect(await breaker()).toEqual({ state: 'open', reason }), { interval: 20 });
  await worker.stop();
}

async function sendAfterwards(ids: readonly string[]): Promise<void> {
  const steps = await Promise.all(ids.map((id) => spine.deliveries(id)));
  expect(steps.flat().filter(({ code }) => !isAddedError(code))).toEqual([]);
  const lost = await spine.resentOfLostClaims();
  expect(await spine.admin.query('select 1 from push.chunks where attempt > 0 or (crash_recoveries > 0 and $1 = 0)', [lost])).toEqual([]);
  await spine.admin.query("update push.projects set breaker_probe_at = now() where breaker_state = 'open'");
  await spine.admin.query('update push.chunks set due_at = now()');
  await spine.worker();
  for (const id of ids) await spine.reaches(id, 'accepted_by_platform');
  // It may have to be told twice, beside the work, where statements fail.
  await vi.waitFor(async () => expect(await breaker()).toEqual({ state: 'closed', reason: null }), { interval: 20, timeout: 5000 });
}

async function notifyUsers(count: number): Promise<string[]> {
  const users = await spine.users(count);
  return await Promise.all(users.map((user) => spine.notify(user.id)));
}

describe('when something else answers in place of the provider', () => {
  it('opens the breaker at a certificate that cannot be trusted, and burns no attempt', async () => {
    const server = createTlsServer(selfSigned('127.0.0.1'));
    const url = await listen(server);
    closers.push(() => closeServer(server));
    const ids = await notifyUsers(3);
    await workUntilOpen(url.replace('http', 'https'), 'TLS_FAILED');
    await sendAfterwards(ids);
  });

  it.each([400, 406, 413])('blames no message for the page of a firewall with status %i', async (status) => {
    const server = await startRawServer((response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>blocked</html>'),
    );
    closers.push(() => server.close());
    const ids = await notifyUsers(3);
    await workUntilOpen(server.url, `HTTP_${status}`);
    await sendAfterwards(ids);
  });
});
