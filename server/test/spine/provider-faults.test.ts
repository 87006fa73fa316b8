import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { statementsFail } from '../support/faults/added-errors.js';
import { Spine } from '../support/spine.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.admin.query("insert into push.notification_types (type, unknown_policy) values ('once', 'drop')");
  await spine.worker();
});
afterAll(() => spine.close());
afterEach(async () => {
  spine.simulator.control.clearFaults();
  spine.simulator.control.clearTokens();
  await spine.admin.query("update push.projects set breaker_state = 'closed', breaker_probe_at = null, backoff_until = null");
});

const hits = (id: number): number => spine.simulator.control.hits().get(String(id)) ?? 0;

describe('when the provider answers badly', () => {
  it.each([
    'accept_then_reset',
    'accept_then_504_html',
    'accept_then_truncate',
    'short_ticket_count',
    'html_with_200',
    'invalid_json',
  ] as const)('%s: an unknown is sent again, and the second copy is counted', async (kind) => {
    const user = await spine.user();
    spine.simulator.control.addFault({ kind, match: { token: user.tokens[0] ?? '' } });
    const resent = async (): Promise<number> => ((await spine.ledger())['resent_unknown'] ?? 0) - (await spine.resentOfLostClaims());
    const before = await resent();
    const id = await spine.notify(user.id);
    const [ended] = await spine.reaches(id, 'accepted_by_platform');
    expect(hits(ended?.delivery_id ?? 0)).toBe(2);
    expect(await resent()).toBe(before + 1);
  });

  it.each(['accept_then_reset', 'accept_then_hang', 'status_500'] as const)('%s: a type that says so is not sent twice', async (kind) => {
    const user = await spine.user();
    spine.simulator.control.addFault({ kind, match: { token: user.tokens[0] ?? '' } });
    const id = await spine.notify(user.id, { type: 'once' });
    const [ended] = await spine.reaches(id, 'unknown');
    expect(hits(ended?.delivery_id ?? 0)).toBeLessThanOrEqual(1);
  });

  it('waits when it is told to slow down, and loses nothing', async () => {
    const user = await spine.user();
    spine.simulator.control.addFault({ kind: 'status_429', retryAfter: 1 });
    const id = await spine.notify(user.id);
    const [ended] = await spine.reaches(id, 'accepted_by_platform');
    expect(hits(ended?.delivery_id ?? 0)).toBe(1);
  });

  it('finds the one bad message of many and sends the others', async () => {
    const users = await spine.users(30);
    const bad = users[17]?.tokens[0] ?? '';
    spine.simulator.control.addFault({ kind: 'status_400', times: null, match: { token: bad } });
    await spine.admin.query(
      "insert into notifications (user_id, type, title) select u, 'reminder', 'To all of them' from unnest($1::uuid[]) u",
      [users.map((user) => user.id)],
    );
    await spine.settles();
    const rows = await spine.admin.query(
      `select s.name as state, count(distinct d.delivery_id)::int as n from push.deliveries d join push.delivery_states s on s.code = d.state
       where d.token_id = any($1::uuid[]) and s.terminal group by 1 order by 1`,
      [users.map((user) => user.tokenIds[0])],
    );
    expect(rows).toEqual([
      { state: 'accepted_by_platform', n: 29 },
      { state: 'failed', n: 1 },
    ]);
    expect(spine.simulator.control.takenBy(bad)).toEqual([]);
  });

  it('sorts tokens of two Expo projects apart', async () => {
    const users = await spine.users(4);
    for (const [i, user] of users.entries()) {
      spine.simulator.control.setToken(user.tokens[0] ?? '', { project: i % 2 === 0 ? '@owner/a' : '@owner/b' });
    }
    await spine.admin.query(
      "insert into notifications (user_id, type, title) select u, 'reminder', 'Two projects' from unnest($1::uuid[]) u",
      [users.map((user) => user.id)],
    );
    await spine.settles();
    for (const user of users) expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toHaveLength(1);
    const projects = await spine.admin.query("select name from push.projects where name like '@owner/%' order by name");
    const both = [{ name: '@owner/a' }, { name: '@owner/b' }];
    // One that could not be stored is told again at the next refusal; tokens that are among their like meet none.
    expect(projects).toEqual(statementsFail() ? both.filter(({ name }) => projects.some((one) => one['name'] === name)) : both);
  });

  it('opens the breaker for a fault of the project, touches no token, and goes on when it is mended', async () => {
    const user = await spine.user();
    spine.simulator.control.addFault({ kind: 'status_403', times: null });
    const id = await spine.notify(user.id);
    const breaker = () => spine.admin.query('select breaker_state, breaker_reason from push.projects where id = 1');
    await expect.poll(breaker).toEqual([{ breaker_state: 'open', breaker_reason: 'UNAUTHORIZED' }]);
    expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toEqual([]);
    spine.simulator.control.clearFaults();
    await spine.admin.query('update push.projects set breaker_probe_at = now() where id = 1');
    await spine.reaches(id, 'accepted_by_platform');
    await expect.poll(breaker).toEqual([{ breaker_state: 'closed', breaker_reason: null }]);
    expect(await spine.admin.query('select is_active from push_tokens where user_id = $1', [user.id])).toEqual([{ is_active: true }]);
  });

  it.each([
    ['dead_at_ticket', 'DeviceNotRegistered'],
    ['dead_at_receipt', 'DeviceNotRegistered'],
    ['apns_bad_token', 'BadDeviceToken'],
    ['too_big', 'MessageTooBig'],
  ] as const)('fails for good when a device is %s', async (behaviour, code) => {
    const user = await spine.user();
    spine.simulator.control.setToken(user.tokens[0] ?? '', { behaviour });
    const id = await spine.notify(user.id);
    expect(await spine.reaches(id, 'failed')).toMatchObject([{ code }]);
  });

  it('cancels what was on its way to a device that has changed hands', async () => {
    const user = await spine.user();
    const other = await spine.user();
    await spine.admin.query('update push.controls set paused = true');
    const id = await spine.notify(user.id);
    await expect.poll(() => spine.decisions(id)).toMatchObject([{ verdict: 1 }]);
    await spine.admin.query('update push_tokens set user_id = $2 where user_id = $1', [user.id, other.id]);
    await spine.admin.query('update push.controls set paused = false');
    const [ended] = await spine.reaches(id, 'cancelled');
    expect(ended?.code).toBe('TOKEN_MOVED');
    expect(spine.simulator.control.takenBy(user.tokens[0] ?? '')).toEqual([]);
  });

  it('never took a delivery more often than it was counted', async () => {
    await spine.settles();
    const extra = [...spine.simulator.control.hits().values()].reduce((sum, n) => sum + n - 1, 0);
    expect(extra).toBeLessThanOrEqual((await spine.ledger())['resent_unknown'] ?? 0);
  });

  it('keeps a breaker open whose probe finds the same fault of the project: nothing slips through in between', async () => {
    const user = await spine.user();
    spine.simulator.control.setToken(user.tokens[0] ?? '', { behaviour: 'invalid_credentials_at_ticket' });
    const id = await spine.notify(user.id);
    const opened = async (): Promise<{ breaker_state: string; breaker_opened_at: Date | null } | undefined> =>
      (
        await spine.admin.query<{ breaker_state: string; breaker_opened_at: Date | null }>(
          'select breaker_state, breaker_opened_at from push.projects where id = 1',
        )
      )[0];
    await expect.poll(opened).toMatchObject({ breaker_state: 'open' });
    const first = await opened();
    const attempts = () => spine.admin.query("select 1 from push.attempts where outcome = 'answered' and accepted = 0 and failed = 0");
    await expect.poll(() => spine.admin.query('select 1 from push.chunks where state = 1')).toHaveLength(1);
    const before = (await attempts()).length;
    await spine.admin.query('update push.projects set breaker_probe_at = now()');
    await spine.admin.query('update push.chunks set due_at = now()');
    await expect.poll(async () => (await attempts()).length).toBeGreaterThan(before);
    expect(await opened()).toEqual(first);
    spine.simulator.control.clearTokens();
    await spine.admin.query('update push.projects set breaker_probe_at = now()');
    await spine.admin.query('update push.chunks set due_at = now()');
    await spine.reaches(id, 'accepted_by_platform');
  });
});
