import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../../test/support/spine.js';
import { tendStrayChunks } from '../../notifications/broadcasts/broadcast-chunks.js';
import { BroadcastManager } from '../../notifications/broadcasts/broadcast-manager.js';
import { ControlPanel } from '../../operations/controls.js';
import { PolicyManager } from '../policy-manager.js';
import { explainNotification } from './explain-notification.js';
import { explainUser } from './explain-user.js';
import { renderNotification } from './render-notification.js';
import { renderUser } from './render-user.js';
import { english } from './wording-en.js';
import { japanese } from './wording-ja.js';

let spine: Spine;

beforeAll(async () => {
  spine = await Spine.start();
  await spine.worker();
});
afterAll(async () => {
  await spine.close();
});

const explain = (id: string) => explainNotification(spine.database, id);

test('a delivery: decision, request, ticket, receipt, and no claim beyond them', async () => {
  const user = await spine.user(2);
  const id = await spine.notify(user.id, { title: '授乳の時間です' });
  await spine.reaches(id, 'accepted_by_platform');
  const story = await explain(id);
  expect(story).toMatchObject({
    standing: 'planned',
    timezone: 'Asia/Tokyo',
    decisions: [{ verdict: 'send', deliveries: 2, same: true }],
    deliveries: [
      {
        state: 'accepted_by_platform',
        device: { platform: 'ios', state: 'active', isStillHers: true },
        attempts: [{ outcome: 'answered', httpStatus: 200 }],
      },
      { state: 'accepted_by_platform' },
    ],
  });
  expect(story.deliveries[0]?.steps.map((step) => step.state)).toEqual(['accepted_by_expo', 'accepted_by_platform']);
  const text = renderNotification(story, 'en');
  expect(text).toContain('In short: taken by Apple or Google (2 of 2 devices)');
  expect(text).toContain('Whether the device showed it, nobody tells');
  expect(text).toMatch(/request with 2 recipients, \d+ ms, by test: answered \(HTTP 200\)/);
  expect(text).not.toContain(user.tokens[0]);
  expect(renderNotification(story, 'ja')).toContain('要約: Apple / Google 受付済み（2 台中 2 台）');
});

test('a dead token: failed, with its code and what to do', async () => {
  const user = await spine.user();
  spine.simulator.control.setToken(user.tokens[0] ?? '', { behaviour: 'dead_at_ticket' });
  const id = await spine.notify(user.id);
  await spine.reaches(id, 'failed');
  const story = await explain(id);
  expect(story.deliveries).toMatchObject([{ state: 'failed', code: 'DeviceNotRegistered' }]);
  expect(renderNotification(story, 'en')).toContain(english.advice['DeviceNotRegistered']);
});

test('a dead token that stays active says why, and since when', async () => {
  const user = await spine.user();
  spine.simulator.control.setToken(user.tokens[0] ?? '', { behaviour: 'dead_at_ticket' });
  await spine.admin.query(`update push.projects set frozen_at = '2026-08-01T00:00:00Z', frozen_reason = '60 of 70 were called dead'`);
  const id = await spine.notify(user.id);
  await spine.reaches(id, 'failed');
  const texts = [renderNotification(await explain(id), 'en'), renderUser(await explainUser(spine.database, user.id), 'en')];
  for (const text of texts) {
    expect(text).toContain('project 1 is frozen since 2026-08-01 09:00:00 (60 of 70 were called dead)');
    expect(text).toContain('todoku tokens unfreeze');
  }
  await spine.admin.query('update push.projects set frozen_at = null, frozen_reason = null');
});

test('a quarantined device says since when', async () => {
  const user = await spine.user();
  await spine.admin.query(
    `update push_tokens set state = 'quarantined', is_active = false, state_reason = 'DeviceNotRegistered', state_at = '2026-08-01T00:00:00Z'
     where user_id = $1`,
    [user.id],
  );
  expect(renderUser(await explainUser(spine.database, user.id), 'en')).toMatch(
    /in quarantine.* since 2026-08-01 09:00:00 \[DeviceNotRegistered\]/,
  );
});

test('every attempt, also those with the chunks that a part was split from', async () => {
  const users = await spine.users(30);
  const bad = users[17];
  spine.simulator.control.addFault({ kind: 'status_400', times: null, match: { token: bad?.tokens[0] ?? '' } });
  await spine.admin.query("insert into notifications (user_id, type, title) select u, 'reminder', 'Split' from unnest($1::uuid[]) u", [
    users.map((user) => user.id),
  ]);
  const ids = await spine.admin.query<{ id: string; user_id: string }>("select id, user_id from notifications where title = 'Split'");
  const idOf = (userId: string | undefined): string => ids.find((row) => row.user_id === userId)?.id ?? '';
  await spine.reaches(idOf(bad?.id), 'failed');
  await spine.settles();
  const [refused] = (await explain(idOf(bad?.id))).deliveries;
  expect(refused?.attempts).toMatchObject([
    { outcome: 'isolate', recipients: 30 },
    { outcome: 'isolate', recipients: 3 },
    { outcome: 'isolate', recipients: 1 },
  ]);
  const [neighbour] = (await explain(idOf(users[0]?.id))).deliveries;
  expect(neighbour?.attempts.map(({ outcome }) => outcome)).toEqual(['isolate', 'answered']);
  spine.simulator.control.clearFaults();
});

test('quiet hours are told as they are read: all day but a minute, or none', async () => {
  const [always, never] = [await spine.user(), await spine.user()];
  await spine.admin.query(
    `insert into notification_settings (user_id, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end)
     values ($1, 'Asia/Tokyo', true, '00:00', '24:00'), ($2, 'Asia/Tokyo', true, '07:00:30', '07:00:30')`,
    [always.id, never.id],
  );
  expect(renderUser(await explainUser(spine.database, always.id), 'en')).toContain('quiet hours 00:00 to 23:59');
  const told = renderUser(await explainUser(spine.database, never.id), 'en');
  expect(told).toContain('no quiet hours: they begin and end at 07:00');
  expect(told).not.toContain('quiet now');
});

test('what never became a send', async () => {
  const nobody = randomUUID();
  const id = await spine.notify(nobody);
  await expect.poll(() => spine.decisions(id)).toHaveLength(1);
  const story = await explain(id);
  expect(story).toMatchObject({ standing: 'suppressed', decisions: [{ reason: 'no_token', same: true }], deliveries: [] });
  expect(renderNotification(story, 'en')).toContain('not sent: the user has no active device');
  expect(renderUser(await explainUser(spine.database, nobody), 'ja')).toContain('登録された端末がありません');
});

test('a duplicate names the first one', async () => {
  const user = await spine.user();
  const first = await spine.notify(user.id, { title: 'Twice' });
  await spine.reaches(first, 'accepted_by_platform');
  const second = await spine.notify(user.id, { title: 'Twice' });
  await expect.poll(() => spine.decisions(second)).toHaveLength(1);
  const story = await explain(second);
  expect(story.decisions).toMatchObject([{ reason: 'duplicate', duplicateOf: first, same: true }]);
  expect(renderNotification(story, 'en')).toContain(`the same as notification ${first}`);
});

test('a hold says until when on her clock, and the user view that it is quiet', async () => {
  const user = await spine.user();
  await spine.admin.query(
    /* sql */ `insert into notification_settings (user_id, timezone, quiet_hours_enabled, quiet_hours_start, quiet_hours_end, types)
    values ($1, 'America/New_York', true, (now() at time zone 'America/New_York' - interval '1 hour')::time,
      (now() at time zone 'America/New_York' + interval '2 hours')::time, '{"ads": {"enabled": false}}')`,
    [user.id],
  );
  const id = await spine.notify(user.id);
  await expect.poll(() => spine.decisions(id)).toHaveLength(1);
  const story = await explain(id);
  expect(story).toMatchObject({
    standing: 'held',
    timezone: 'America/New_York',
    decisions: [{ verdict: 'hold', reason: 'quiet_hours', same: true }],
  });
  const until = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'medium' }).format(
    story.held?.until,
  );
  expect(renderNotification(story, 'en')).toContain(`held until ${until}`);
  const told = await explainUser(spine.database, user.id);
  expect(told.quietUntil).not.toBeNull();
  expect(told.recent).toMatchObject([{ id, standing: 'held' }]);
  const text = renderUser(told, 'en');
  expect(text).toContain('quiet now, until');
  expect(text).toContain('switched off: ads');

  // What was decided is asked again with what it saw, also of the spread.
  const [{ inputs } = { inputs: {} }] = await spine.admin.query<{ inputs: object }>(
    'select inputs from push.decisions where notification_id = $1',
    [id],
  );
  expect(inputs).toMatchObject({ releaseSpreadSeconds: 600 });
  await spine.admin.query('update push.policy set release_spread_seconds = 0');
  expect((await explain(id)).decisions).toMatchObject([{ verdict: 'hold', same: true }]);
  await spine.admin.query(`update push.decisions set inputs = (inputs::jsonb || '{"releaseSpreadSeconds": 0, "spread": 1}')::json`);
  expect((await explain(id)).decisions).toMatchObject([
    { same: false, today: expect.stringMatching(/^hold: quiet_hours, .*Z$/) as string },
  ]);
  await spine.admin.query('update push.policy set release_spread_seconds = 600');
});

test('rows that the trigger never saw, rows that are gone, and ids that never were', async () => {
  const user = await spine.user();
  await spine.admin.query('alter table notifications disable trigger notification_push_trigger');
  const untaken = await spine.notify(user.id, { title: 'Untaken' });
  await spine.admin.query('alter table notifications enable trigger notification_push_trigger');
  expect(await explain(untaken)).toMatchObject({ standing: 'untaken', decisions: [] });

  const old = await spine.notify(user.id, { title: 'Old', id: randomUUID() });
  await spine.reaches(old, 'accepted_by_platform');
  await spine.admin.query('delete from notifications where id = $1', [old]);
  const story = await explain(old);
  expect(story).toMatchObject({ notification: null, decisions: [{ same: null }], deliveries: [{ state: 'accepted_by_platform' }] });
  expect(renderNotification(story, 'en')).toContain(english.rowDeleted);
  await expect(explain(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what waits says for what, and which switch stops it', async () => {
  await spine.admin.query('update push.controls set paused = true');
  const user = await spine.user();
  const id = await spine.notify(user.id, { title: 'Waits' });
  await expect.poll(async () => (await explain(id)).deliveries).toMatchObject([{ state: 'queued', chunk: { state: 'ready' }, steps: [] }]);
  const text = renderNotification(await explain(id), 'en');
  expect(text).toContain('In short: queued, STOPPED: sending is paused;');
  expect((await explainUser(spine.database, user.id)).recent).toMatchObject([{ standing: 'planned', states: { in_flight: 1 } }]);
  await spine.admin.query('update push.controls set paused = false');
  await spine.reaches(id, 'accepted_by_platform');
});

test('the headline of what waits says what stops it, who did it, why and since when', async () => {
  const by = { actor: 'cli:mei', reason: 'a drill' };
  const panel = new ControlPanel(spine.database);
  const paused = await panel.pause(by);
  await panel.emergencyStop({ actor: 'key:1', reason: 'wrong text' });
  await panel.setPushesEnabled(false, { actor: 'cli:ken', reason: 'withdrawn' });
  await spine.admin.query(
    `update push.projects set paused = true, breaker_state = 'open', breaker_reason = 'InvalidCredentials', breaker_opened_at = now(),
       breaker_probe_at = '2199-01-01T00:00:00Z', backoff_until = '2199-01-01T00:00:00Z'`,
  );
  await spine.admin.query("insert into push.workers (id, host, pid, roles, version) values ('w', 'h', 1, '{worker}', '1')");
  const user = await spine.user();
  const id = await spine.notify(user.id, { title: 'Stopped' });
  await expect.poll(async () => (await explain(id)).deliveries).toMatchObject([{ state: 'queued' }]);
  const [story, hers] = [await explain(id), await explainUser(spine.database, user.id)];
  const kinds = ['emergency', 'paused', 'disabled', 'project_paused', 'breaker_open', 'backoff'];
  expect(story.stops.map(({ kind }) => kind)).toEqual(kinds);
  expect(hers.stops.map(({ kind }) => kind)).toEqual(kinds);
  expect(story.stops[1]).toMatchObject({ by: 'cli:mei', reason: 'a drill', at: paused.pausedAt });
  expect(story.stops[2]).toMatchObject({ by: 'cli:ken', reason: 'withdrawn', at: expect.any(Date) as Date });
  const headline = renderNotification(story, 'en').match(/^In short: .*$/m)?.[0];
  expect(headline).toMatch(
    /^In short: queued, STOPPED: the emergency stop is on by key:1 since \S+ \S+ \(wrong text\); sending is paused by cli:mei since /,
  );
  expect(headline).toContain('project 1 is not sent to: its breaker is open, next try 2199-01-01 09:00:00');
  expect(renderNotification(story, 'ja')).toMatch(
    /^要約: キュー待ち【停止中】緊急停止中（key:1、.*、理由: wrong text）、送信は一時停止中（cli:mei、/m,
  );
  expect(renderUser(hers, 'en')).toContain('STOPPED: the emergency stop is on by key:1');
  await spine.admin.query("update push.projects set paused = false, breaker_state = 'closed', backoff_until = null");
  await spine.admin.query(
    'update push.controls set paused = false, emergency = false, pushes_enabled = true; update push.workers set stopped_at = now()',
  );
  await spine.reaches(id, 'accepted_by_platform');
  expect(renderNotification(await explain(id), 'en')).not.toContain('STOPPED');
});

test('the frequency cap says its limit, how many there were, and when it ends', async () => {
  const policy = new PolicyManager(spine.database);
  const by = { actor: 'cli:mei', reason: 'a test' };
  await policy.change({ capLimit: 2, capWindowSeconds: 7200 }, by);
  const user = await spine.user();
  let capped = '';
  await expect
    .poll(async () => {
      capped = await spine.notify(user.id);
      await expect.poll(() => spine.decisions(capped)).toHaveLength(1);
      return (await explain(capped)).decisions[0]?.reason;
    })
    .toBe('frequency_cap');
  const story = await explain(capped);
  const { cap } = story.decisions[0] ?? {};
  expect(cap).toMatchObject({ limit: 2, windowSeconds: 7200, passesFrom: expect.any(Date) as Date });
  expect(cap?.count).toBeGreaterThanOrEqual(2);
  expect(renderNotification(story, 'en')).toMatch(
    /In short: not sent: .*frequency cap allows: at most 2 pushes in 2 hours, \d+ so far; the next one passes from \d{4}-\d\d-\d\d \S+ on/,
  );
  expect(renderNotification(story, 'ja')).toMatch(
    /送信頻度の上限に達している: 2 時間あたり 2 件まで、これまで \d+ 件、次に送れるのは .* 以降/,
  );
  expect(renderUser(await explainUser(spine.database, user.id), 'en')).toMatch(
    /frequency cap: at most 2 pushes in 2 hours, \d+ so far; the next/,
  );

  // What was in force then stays told, whatever was set since.
  await policy.change({ capLimit: 30, capWindowSeconds: 3600 }, by);
  expect((await explain(capped)).decisions).toMatchObject([{ same: true, cap: { limit: 2, windowSeconds: 7200 } }]);
});

test('what was withdrawn with its broadcast says by whom, why and when, and that nothing changed since', async () => {
  const users = await spine.users(2);
  await spine.admin.query('update push.controls set paused = true');
  const manager = new BroadcastManager(spine.database);
  const by = { actor: 'cli:mei', reason: 'the text is wrong' };
  const made = await manager.create({ type: 'news', title: 'News', audience: { kind: 'list', userIds: users.map(({ id }) => id) } }, by);
  const sent = await spine.notify(users[0]?.id ?? '', { broadcast_id: made.id });
  await expect.poll(async () => (await explain(sent)).deliveries).toMatchObject([{ state: 'queued' }]);
  expect(renderNotification(await explain(sent), 'en')).toContain('its broadcast has not been started');
  // As a fan-out that ended before: then the broadcast's own time of ending is no time of cancellation.
  await spine.admin.query("update push.broadcasts set state = 'done', finished_at = now() - interval '1 hour' where id = $1", [made.id]);
  await manager.pause(made.id, by);
  await expect.poll(async () => renderNotification(await explain(sent), 'en')).toContain('its broadcast is paused by cli:mei since ');
  await manager.cancel(made.id, { actor: 'key:7', reason: 'wrong link' });
  const story = await explain(sent);
  expect(story).toMatchObject({
    broadcast: { state: 'cancelled', cancelled: { by: 'key:7', reason: 'wrong link' } },
    decisions: [{ verdict: 'send', same: true }],
    deliveries: [{ state: 'cancelled', code: 'BROADCAST_CANCELLED' }],
  });
  expect(renderNotification(story, 'en')).toMatch(/^In short: withdrawn: its broadcast was cancelled by key:7 at \S+ \S+ \(wrong link\)$/m);
  expect(renderNotification(story, 'ja')).toMatch(/^要約: 取り下げ: 一斉配信が中止された（key:7、.*、理由: wrong link）$/m);

  const late = await spine.notify(users[1]?.id ?? '', { broadcast_id: made.id });
  await expect.poll(() => spine.decisions(late)).toHaveLength(1);
  expect(renderNotification(await explain(late), 'en')).toMatch(/^In short: not sent: its broadcast was cancelled by key:7 at /m);

  // What is held is ended at its release; it is not told as if it were still to come.
  const held = await spine.notify(users[1]?.id ?? '', { send_at: '2199-01-01T00:00:00Z' });
  await expect.poll(async () => (await explain(held)).standing).toBe('held');
  await spine.admin.query('update notifications set broadcast_id = $2 where id = $1', [held, made.id]);
  expect(renderNotification(await explain(held), 'en')).toMatch(
    /^In short: held until 2199-.*STOPPED: .*its broadcast was cancelled by key:7 at \S+ \S+ \(wrong link\)/m,
  );
  await spine.admin.query('update push.controls set paused = false');
});

test('a broadcast that does not exist is refused; one that was deleted ends what waits, and says so', async () => {
  const user = await spine.user();
  await expect(spine.notify(user.id, { broadcast_id: 987_654 })).rejects.toMatchObject({ code: '23503' });
  await spine.admin.query('update push.controls set paused = true');
  const manager = new BroadcastManager(spine.database);
  const { id } = await manager.create(
    { type: 'news', title: 'Gone', audience: { kind: 'list', userIds: [user.id] } },
    { actor: 'cli:mei', reason: 'test' },
  );
  const orphan = await spine.notify(user.id, { broadcast_id: id });
  await expect.poll(async () => (await explain(orphan)).deliveries).toMatchObject([{ state: 'queued' }]);
  await spine.admin.query('delete from push.broadcasts where id = $1', [id]);
  expect(renderNotification(await explain(orphan), 'en')).toContain('its broadcast does not exist; it is withdrawn soon');
  await tendStrayChunks(spine.database);
  const story = await explain(orphan);
  expect(story.deliveries).toMatchObject([{ state: 'cancelled', code: 'BROADCAST_UNKNOWN' }]);
  expect(renderNotification(story, 'en')).toMatch(/^In short: withdrawn: its broadcast does not exist$/m);
  await spine.admin.query('update push.controls set paused = false');
});

test('a device that registered again with a new token is one device with two deliveries', async () => {
  const user = await spine.user(2);
  await spine.admin.query("update push_tokens set device_id = 'phone-1' where user_id = $1", [user.id]);
  const id = await spine.notify(user.id);
  await spine.reaches(id, 'accepted_by_platform');
  const story = await explain(id);
  expect(story.devices).toBe(1);
  expect(renderNotification(story, 'en')).toContain('In short: taken by Apple or Google (2 of 2 deliveries, to 1 device)');
  expect(renderNotification(story, 'ja')).toContain('要約: Apple / Google 受付済み（配信 2 件中 2 件、端末 1 台）');
  expect(renderUser(await explainUser(spine.database, user.id), 'en')).toContain('(2 of 2 deliveries, to 1 device)');
});

test('no stored text can forge a line, or turn the direction of writing', async () => {
  const user = await spine.user();
  const evil = 'A\nIn short: taken by Apple or Google\u001b[2J\u202egpj';
  await spine.admin.query('update push_tokens set app_version = $2, device_id = $2, state_reason = $2 where user_id = $1', [user.id, evil]);
  await spine.admin.query('update push.controls set paused = true, paused_by = $1, paused_reason = $1', [evil]);
  await spine.admin.query("update push.projects set frozen_at = now(), frozen_reason = $1, breaker_state = 'open', breaker_reason = $1", [
    evil,
  ]);
  const id = await spine.notify(user.id, { title: evil, type: evil, message: evil });
  await expect.poll(async () => (await explain(id)).deliveries).toHaveLength(1);
  const told = [await explain(id), await explainUser(spine.database, user.id)] as const;
  for (const text of (['en', 'ja'] as const).flatMap((lang) => [renderNotification(told[0], lang), renderUser(told[1], lang)])) {
    expect(text).toContain('A\ufffdIn short');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|^In short: taken/m);
  }
  await spine.admin.query(
    "update push.projects set frozen_at = null, frozen_reason = null, breaker_state = 'closed', breaker_reason = null",
  );
  await spine.admin.query('update push.controls set paused = false, paused_by = null, paused_reason = null');
});

test('a decision that would be another today says so', async () => {
  const user = await spine.user();
  const id = await spine.notify(user.id, { title: 'Changed', type: 'changing' });
  await spine.reaches(id, 'accepted_by_platform');
  await spine.admin.query("insert into push.notification_types (type, enabled) values ('changing', false)");
  expect((await explain(id)).decisions).toMatchObject([{ verdict: 'send', same: false, today: 'suppress: type_disabled' }]);
});

test('both languages speak of the same things, and of every state there is', async () => {
  const keys = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keys(inner)])) : '';
  expect(keys(japanese)).toEqual(keys(english));
  const states = await spine.admin.query<{ name: string }>('select name from push.delivery_states');
  expect(Object.keys(english.states)).toEqual(expect.arrayContaining(states.map((state) => state.name)));
  expect(Object.keys(english.shortStates)).toEqual(expect.arrayContaining(states.map((state) => state.name)));
});
