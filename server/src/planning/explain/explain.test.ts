import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Spine } from '../../../test/support/spine.js';
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
  expect(text).toContain('due, waiting for its lane and the rate budget');
  expect(text).toContain('Sending is paused at the moment');
  expect((await explainUser(spine.database, user.id)).recent).toMatchObject([{ standing: 'planned', states: { in_flight: 1 } }]);
  await spine.admin.query('update push.controls set paused = false');
  await spine.reaches(id, 'accepted_by_platform');
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
