/** All that a worker does, behind the door, at once; written for a database whose statements fail, where callers try again as they are told to. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logging/logger.js';
import { readLedger } from '../../src/monitoring/ledger.js';
import { reconcile } from '../../src/monitoring/reconciler.js';
import { BroadcastManager } from '../../src/notifications/broadcasts/broadcast-manager.js';
import { Quarantine } from '../../src/tokens/quarantine.js';
import { workerDuties } from '../../src/workers/duties.js';
import { type Answer, HttpDoor, httpParts } from '../support/http-door.js';
import { Spine, type TestUser } from '../support/spine.js';

const by = { actor: 'test', reason: 'a test' };

let spine: Spine;
let door: HttpDoor;
let keys: HttpDoor['keys'];

beforeAll(async () => {
  spine = await Spine.start({
    quarantine: (database) => new Quarantine(database, silentLogger),
    duties: (database) => workerDuties({ database, log: silentLogger, quarantine: new Quarantine(database, silentLogger) }),
  });
  const sound = await HttpDoor.open(spine.database, { keyring: spine.keyring });
  keys = sound.keys;
  await sound.close();
  door = await HttpDoor.withParts(httpParts(spine.asProduct(spine.database), { keyring: spine.keyring }));
  for (const id of ['one', 'two']) await spine.worker({ id });
});
afterAll(async () => {
  await door.close();
  await spine.close();
});

/** As a client does that is told that it was not its fault, or that its first try is still under way. */
async function tried(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    const again = answer.status >= 500 || (answer.body as { error?: { code?: string } }).error?.code === 'IDEMPOTENCY_KEY_BUSY';
    if (!again || attempt === 20) return answer;
  }
}

const takenBy = (user: TestUser): number => spine.simulator.control.takenBy(user.tokens[0] ?? '').length;
const accountedFor = async (): Promise<void> => {
  await spine.settles();
  await expect.poll(async () => (await readLedger(spine.database)).rows.map(({ unaccounted }) => unaccounted)).toEqual([0]);
  expect(await reconcile(spine.database)).toMatchObject({ unaccounted: 0 });
  const extra = [...spine.simulator.control.hits().values()].reduce((sum, taken) => sum + taken - 1, 0);
  expect(extra).toBeLessThanOrEqual((await spine.ledger())['resent_unknown'] ?? 0);
};

describe('the whole of it', () => {
  it('takes each request with a key once, however often it is sent, and delivers it', async () => {
    const users = await spine.users(60);
    const send = (user: TestUser, headers: Record<string, string>) => (): Promise<Answer> =>
      door.call('POST', '/v1/notifications', { as: keys.send, body: { userId: user.id, type: 'message', title: 'Once' }, headers });
    const answers = await Promise.all(users.map((user) => tried(send(user, { 'idempotency-key': randomUUID() }))));
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      users.map(() => ({ status: 202, body: { status: 'accepted', id: expect.any(String) } })),
    );
    await accountedFor();
    for (const { body } of answers) await spine.reaches((body as { id: string }).id, 'accepted_by_platform');
    expect(await spine.admin.query("select count(*)::int as n from notifications where type = 'message'")).toEqual([{ n: 60 }]);
  });

  it('keeps a device that was registered, and its owner, whatever became of the answer', async () => {
    const userId = randomUUID();
    const phone = await door.signIn(userId);
    const token = `ExponentPushToken[${randomUUID()}]`;
    const register = (): Promise<Answer> => door.post('/v1/push-tokens', phone, { token, platform: 'ios' });
    for (let time = 1; time <= 10; time++) expect((await tried(register)).status).toBeLessThan(300);
    expect(await spine.admin.query('select is_active from push_tokens where user_id = $1', [userId])).toEqual([{ is_active: true }]);
    await spine.reaches(await spine.notify(userId), 'accepted_by_platform');
  });

  it('brings a broadcast to everybody', async () => {
    const users = await spine.users(1200);
    const broadcasts = new BroadcastManager(spine.database);
    const audience = { kind: 'list', userIds: users.map(({ id }) => id) };
    const { id } = await broadcasts.create({ type: 'news', title: 'News', audience }, by, { start: true });
    await expect
      .poll(async () => (await broadcasts.get(id)).progress, { timeout: 60_000 })
      .toMatchObject({ planned: 1200, deliveries: 1200, waiting: 0, unaccounted: 0 });
    await accountedFor();
    expect(await spine.admin.query('select count(*)::int as n from notifications where broadcast_id = $1', [id])).toEqual([{ n: 1200 }]);
    expect(users.filter((user) => takenBy(user) === 0)).toEqual([]);
  });
});
