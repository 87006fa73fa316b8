/** Every truth: a run in which all fits passes, and each way of spoiling it is noticed. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { broken, freshSchema, Scene } from './support/scene.js';

let schema: readonly string[];
beforeAll(async () => {
  schema = await freshSchema();
});

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open(schema);
});
afterEach(() => scene.db.close());

const act = (from: number) => ({ from, to: from + 5, answered: 'done' as const });
const minute = 60_000;

it('finds nothing wrong where all is right', async () => {
  const first = await scene.arrived();
  await scene.arrived({}, first);
  await scene.arrived({ type: 'once' });
  expect(broken(await scene.judge())).toEqual([]);
});

type Spoil = () => Promise<void> | void;

async function expectBroken(spoil: Spoil, ...rules: string[]): Promise<void> {
  await spoil();
  expect(broken(await scene.judge())).toEqual(expect.arrayContaining(rules));
}

describe('2, nothing is sent that must not be:', () => {
  const longAgo = (): number => scene.now - 10 * minute;

  it.each<[string, () => Promise<void> | void]>([
    ['2 sent_during_pause', () => void scene.timeline.switches.push({ ...act(longAgo()), name: 'pause', stops: true })],
    ['2 sent_during_emergency', () => void scene.timeline.switches.push({ ...act(longAgo()), name: 'emergency', stops: true })],
    ['2 sent_during_pushes_off', () => void scene.timeline.switches.push({ ...act(longAgo()), name: 'pushes_off', stops: true })],
    [
      '2 sent_to_former_owner',
      () =>
        void scene.timeline.devices.push({ ...act(longAgo()), kind: 'register', userId: randomUUID(), token: scene.hits[0]?.token ?? '' }),
    ],
    [
      '2 sent_after_cancel',
      async () => {
        await scene.sql(
          `insert into push.broadcasts (state, type, title, audience, created_by, created) values ('cancelled', 'news', 't', '{"kind":"list"}', 'x', 1)`,
        );
        await scene.sql('update notifications set broadcast_id = 1');
        scene.timeline.broadcasts.push({ ...act(longAgo()), kind: 'cancel', broadcastId: '1', title: null, userIds: null });
      },
    ],
    [
      '2 sent_while_broadcast_paused',
      async () => {
        await scene.sql(
          `insert into push.broadcasts (state, type, title, audience, created_by, created) values ('paused', 'news', 't', '{"kind":"list"}', 'x', 1)`,
        );
        await scene.sql('update notifications set broadcast_id = 1');
        scene.timeline.broadcasts.push({ ...act(longAgo()), kind: 'pause', broadcastId: '1', title: null, userIds: null });
      },
    ],
    ['2 sent_though_pushes_off', () => wish({ pushEnabled: false })],
    ['2 sent_though_type_off', () => wish({ disabledTypes: ['reminder'] })],
    ['2 sent_after_expiry', () => scene.sql(`update notifications set expires_at = now() - interval '10 minutes'`)],
    ['2 sent_after_its_end', () => void scene.hits.push({ ...(scene.hits[0] as (typeof scene.hits)[0]), tMono: scene.now })],
    [
      '2 sent_in_quiet_hours',
      async () => {
        const hour = new Date(Date.now() - minute).getUTCHours() * 60;
        const quiet = { startMinute: (hour + 1440 - 120) % 1440, endMinute: (hour + 180) % 1440 };
        const [userId = ''] = scene.timeline.devices.map((device) => device.userId);
        scene.timeline.settings.push({ ...act(longAgo()), userId, quiet, timezone: 'UTC', pushEnabled: true, disabledTypes: [] });
      },
    ],
  ])('%s', async (rule, spoil) => {
    await scene.arrived();
    await expectBroken(spoil, rule);
  });

  function wish(wishes: { pushEnabled?: boolean; disabledTypes?: string[] }): void {
    const [userId = ''] = scene.timeline.devices.map((device) => device.userId);
    const all = { quiet: null, timezone: 'UTC', pushEnabled: true, disabledTypes: [], ...wishes };
    scene.timeline.settings.push({ ...act(longAgo()), userId, ...all });
  }

  it('takes an end that was written by a clock set back for as late as it may have been', async () => {
    await scene.arrived();
    const [hit] = scene.hits as [(typeof scene.hits)[0]];
    // The end stands at 59.1 s ago: if the clock was 30 s behind, it was written 29.1 s ago.
    const wrong = { from: scene.now - 32_000, to: scene.now - 26_000, offMs: -30_000 };
    const judged = async (ago: number, clockWrong = [wrong]): Promise<string[]> => {
      scene.hits[0] = { ...hit, tMono: scene.now - ago };
      scene.evidence = { clockWrong };
      return broken(await scene.judge()).filter((rule) => rule.includes('sent_after_its_end'));
    };
    expect(await judged(40_000)).toEqual([]);
    expect(await judged(40_000, [{ ...wrong, offMs: -5000 }])).toEqual(['2 sent_after_its_end']);
    expect(await judged(40_000, [])).toEqual(['2 sent_after_its_end']);
    expect(await judged(15_000)).toEqual(['2 sent_after_its_end']);
  });

  it('is not said of what may have been on its way, or may have been allowed again', async () => {
    const { token, userId } = await scene.arrived();
    const sentAt = scene.hits[0]?.tMono ?? 0;
    scene.timeline.switches.push({ ...act(sentAt - 1000), name: 'pause', stops: true });
    scene.timeline.switches.push({ ...act(longAgo()), name: 'emergency', stops: true });
    scene.timeline.switches.push({
      from: sentAt - minute,
      to: Number.POSITIVE_INFINITY,
      answered: 'unknown',
      name: 'emergency',
      stops: false,
    });
    scene.timeline.devices.push({ ...act(longAgo()), kind: 'register', userId: randomUUID(), token });
    scene.timeline.devices.push({ ...act(longAgo() + 1000), kind: 'register', userId, token });
    expect(broken(await scene.judge())).toEqual([]);
  });
});

describe('3, duplicates:', () => {
  it.each<[string, () => Promise<void>]>([
    [
      '3 duplicate_not_counted',
      async () => {
        const made = await scene.arrived();
        scene.hit({ ...made, ticketId: '00000000-0000-7000-8000-000000009999' }, scene.now - minute);
      },
    ],
    [
      '3 accepted_but_never_taken',
      async () => {
        await scene.arrived();
        scene.hits.splice(0);
      },
    ],
    [
      '3 ticket_of_another',
      async () => {
        const one = await scene.arrived();
        const two = await scene.arrived();
        await scene.sql('update push.deliveries set ticket_id = $2 where delivery_id = $1', [one.deliveryId, two.ticketId]);
      },
    ],
    [
      '3 refusal_recorded_as_accepted',
      async () => {
        await scene.arrived();
        scene.hits[0] = { ...(scene.hits[0] as (typeof scene.hits)[0]), accepted: false, answer: 'MessageTooBig' };
      },
    ],
    ['3 resent_unknown_miscounted', async () => scene.count({ resent_unknown: 1 })],
    [
      '3 at_most_once_resent',
      async () => {
        const made = await scene.arrived({ type: 'once' });
        await scene.step({ ...made, chunkId: '1', state: 1, ticketId: null, code: 'LEASE_EXPIRED' });
      },
    ],
    [
      '3 at_most_once_doubled',
      async () => {
        const made = await scene.arrived({ type: 'once' });
        scene.hit({ ...made, ticketId: null }, scene.now - minute);
      },
    ],
    [
      '3 unknown_not_resent',
      async () => {
        const { deliveryId } = await scene.arrived();
        await scene.sql('update push.deliveries set state = 33 where delivery_id = $1 and state = 20', [deliveryId]);
      },
    ],
    [
      '3 duplicate_content_sent',
      async () => {
        const one = await scene.arrived({ title: 'same' });
        await scene.arrived({ title: 'same' }, one);
      },
    ],
    [
      '3 cap_exceeded',
      async () => {
        await scene.sql('update push.policy set cap_limit = 2');
        const one = await scene.arrived();
        for (let i = 0; i < 4; i++) await scene.arrived({}, one);
      },
    ],
    [
      '3 key_answered_differently',
      async () => {
        const { id, userId } = await scene.arrived();
        for (const ids of [[id], [randomUUID()]]) scene.submission({ title: randomUUID(), userIds: [userId], ids, idempotencyKey: 'k' });
      },
    ],
  ])('%s', async (rule, spoil) => {
    await expectBroken(spoil, rule);
  });

  it('counted as sent again are no fault', async () => {
    const made = await scene.arrived();
    await scene.step({ ...made, chunkId: '1', state: 1, ticketId: null, code: 'LEASE_EXPIRED', at: scene.now - 2 * minute });
    await scene.count({ resent_unknown: 1 });
    scene.hit({ ...made, ticketId: '00000000-0000-7000-8000-000000009999' }, scene.now - 2 * minute);
    expect(broken(await scene.judge())).toEqual([]);
  });
});

describe('4, a stale worker:', () => {
  it.each<[string, (chunk: string) => Promise<void>]>([
    ['4 stale_outcome_kept', (chunk) => scene.attempt(chunk, 2, 'fenced')],
    ['4 chunk_settled_twice', (chunk) => scene.attempt(chunk, 2, 'lease_expired')],
    ['4 two_outcomes_under_one_epoch', (chunk) => scene.attempt(chunk, 1, 'transient')],
  ])('%s', async (rule, spoil) => {
    const { chunkId } = await scene.arrived();
    await expectBroken(() => spoil(chunkId), rule);
  });

  it('that was shut out is no fault', async () => {
    const { chunkId } = await scene.arrived();
    await scene.attempt(chunkId, 0, 'fenced');
    await scene.attempt(chunkId, 0, 'transient');
    expect(broken(await scene.judge())).toEqual([]);
  });
});

it('5, more recipients than the budget lets pass', async () => {
  const made = await scene.arrived();
  const spoil = (): void => {
    for (let i = 0; i < 1200; i++) scene.hit({ ...made, ticketId: null }, scene.now - minute, { accepted: false });
  };
  await expectBroken(spoil, '5 over_budget_in_1_s');
});

describe('6, secrets:', () => {
  it('in a table', async () => {
    const { token, id } = await scene.arrived();
    await expectBroken(() => scene.sql('update notifications set message = $2 where id = $1', [id, `it is ${token}`]), '6 secret_in_table');
  });

  it('in a log, in clear or in disguise', async () => {
    const { token } = await scene.arrived();
    const folder = await mkdtemp(join(tmpdir(), 'chaos-secrets-'));
    await writeFile(join(folder, 'plain.log'), `sent to ${token}\n`);
    await writeFile(join(folder, 'hex.log'), Buffer.from(token).toString('hex'));
    await writeFile(join(folder, 'base64.log'), Buffer.from(`[{"to":"${token}"}]`).toString('base64'));
    await writeFile(join(folder, 'key.log'), 'authorization: Bearer td_secret_of_the_scene');
    await writeFile(join(folder, 'harmless.log'), 'ExponentPushToken[…ne-1] td_');
    scene.evidence = { secrets: { tokens: [token], keys: [['API key', 'td_secret_of_the_scene']], files: [folder] } };
    const { truths } = await scene.judge();
    const examples = truths
      .flatMap(({ findings }) => findings.flatMap((finding) => finding.examples))
      .map((line) => line.split('/').at(-1));
    expect(new Set(examples)).toEqual(new Set(['plain.log', 'hex.log', 'base64.log', 'key.log']));
    await rm(folder, { recursive: true });
  });
});

describe('7, isolation:', () => {
  it.each<[string, string]>([
    ['7 row_security_not_forced', 'alter table notifications no force row level security'],
    ['7 row_security_off', 'alter table push_tokens disable row level security'],
    ['7 others_rows_seen', 'create policy leak on notifications for select to authenticated using (true)'],
    ['7 others_rows_changed', 'create policy leak on notifications for all to authenticated using (true)'],
    [
      '7 open_to_strangers',
      'grant insert on notifications to authenticated; create policy leak on notifications for insert to authenticated with check (true)',
    ],
    ['8 schema_has_besides', 'create policy leak on notifications for select to authenticated using (true)'],
  ])('%s', async (rule, statement) => {
    await scene.arrived();
    await scene.arrived();
    await expectBroken(() => scene.sql(statement), rule);
  });

  it('of a device that was signed out', async () => {
    const { token, userId } = await scene.arrived();
    const spoil = () => void scene.timeline.devices.push({ ...act(scene.now - 10 * minute), kind: 'sign_out', userId, token });
    await expectBroken(spoil, '7 sent_to_signed_out_device');
  });
});

describe('8, the schema:', () => {
  it.each<[string, string]>([
    ['8 schema_lacks', 'drop index push.held_release'],
    ['8 migrations_not_once', `delete from supabase_migrations.schema_migrations where version like '%1100'`],
    ['8 schema_has_besides', 'alter table push.outbox add column more int'],
  ])('%s', async (rule, statement) => {
    await expectBroken(() => scene.sql(statement), rule);
  });
});

describe('9, bad input:', () => {
  const bad = (change: object) => ({ ...act(scene.now - minute), name: 'wrong type', status: 400, path: 'type', marker: null, ...change });
  it.each<[string, () => object]>([
    ['9 bad_input_not_refused', () => bad({ status: 202 })],
    ['9 bad_input_not_refused', () => bad({ status: 500 })],
    ['9 refused_without_path', () => bad({ path: null })],
    ['9 bad_input_left_something', () => bad({ marker: scene.timeline.submissions[0]?.title })],
  ])('%s', async (rule, make) => {
    await scene.arrived();
    await expectBroken(() => void scene.timeline.bad.push(make() as (typeof scene.timeline.bad)[0]), rule);
  });

  it('never makes an internal error', async () => {
    scene.timeline.failures.push({ at: scene.now, what: 'POST /v1/notifications', status: 503 });
    expect(broken(await scene.judge())).toEqual([]);
    scene.timeline.failures.push({ at: scene.now, what: 'POST /v1/notifications', status: 500 });
    expect(broken(await scene.judge())).toEqual(['9 internal_error']);
  });
});

it('10, memory that grows', async () => {
  const sample = (i: number, megabytes: number) => ({ pid: 1, name: 'worker', at: i * 1000, rssBytes: megabytes << 20 });
  scene.evidence = { memory: Array.from({ length: 60 }, (_, i) => sample(i, 150 + (i % 5))) };
  expect(broken(await scene.judge())).toEqual([]);
  scene.evidence = { memory: Array.from({ length: 60 }, (_, i) => sample(i, 100 + 8 * i)) };
  expect(broken(await scene.judge())).toEqual(['10 memory_grows']);
});

describe('besides:', () => {
  const broadcast = `insert into push.broadcasts (state, type, title, audience, created_by, created) values ('done', 'news', 't', '{"kind":"list"}', 'x', 1)`;

  it('a broadcast that skips one and doubles another', async () => {
    const { userId } = await scene.arrived({});
    await scene.arrived({}, { ...(await scene.device()), userId });
    await scene.sql(broadcast);
    await scene.sql('update notifications set broadcast_id = 1');
    await expectBroken(
      () => scene.sql('insert into push.broadcast_recipients values (1, $1), (1, $2)', [userId, randomUUID()]),
      '0 broadcast_doubled',
      '0 broadcast_miscounted',
      '0 broadcast_skipped',
    );
  });

  it('a broadcast to all that leaves somebody out', async () => {
    await scene.arrived();
    await scene.sql(
      `insert into push.broadcasts (state, type, title, audience, created_by, created, started_at, finished_at)
       values ('done', 'news', 't', '{"kind":"all"}', 'x', 1, now(), now())`,
    );
    await scene.sql('update notifications set broadcast_id = 1');
    expect(broken(await scene.judge())).toEqual([]);
    await scene.device();
    expect(broken(await scene.judge())).toEqual(['0 broadcast_skipped']);
  });

  it('work that is left', async () => {
    await scene.arrived();
    scene.evidence = { idleAt: null };
    await expectBroken(
      () => scene.sql(`insert into notifications (user_id, type, title) values (gen_random_uuid(), 'a', 'b')`),
      '0 never_idle',
      '0 not_planned',
    );
  });

  it('a receipt that nobody fetched, though each was asked for once more', async () => {
    await scene.arrived();
    await scene.sql('delete from push.deliveries where state = 20');
    await scene.sql(`update push.ledger_entries set item = 'state:accepted_by_expo' where item = 'state:accepted_by_platform'`);
    await scene.sql(`
      insert into push.receipt_batches (project_id, chunk_id, lane, sent_at, due_at, hour, attempt, n, ticket_ids, delivery_ids, notification_ids, created_ats,
        token_ids, expires_at, resend_unknown)
      select 1, chunk_id, 2, at, clock_timestamp() + interval '1 hour', date_trunc('hour', at), 0, 1, array[ticket_id], array[delivery_id],
        array[notification_id], array[created_at], array[token_id], 'infinity', true
      from push.deliveries`);
    scene.evidence = { receiptsAskedAgain: true };
    expect(broken(await scene.judge())).toEqual(['0 receipt_not_fetched']);
    scene.evidence = { receiptsAskedAgain: false };
    expect(broken(await scene.judge())).toEqual([]);
  });

  it('a fault that never struck', async () => {
    const coverage = {
      expectedFailpoints: ['after_claim'],
      hitFailpoints: new Set<string>(),
      expectedFaults: ['rst'],
      hitFaults: new Set(['rst']),
    };
    scene.evidence = { coverage: { ...coverage, required: true } };
    expect(await scene.judge()).toMatchObject({
      clean: false,
      coverage: { complete: false, failpointsMissed: ['after_claim'], faultsMissed: [] },
    });
    scene.evidence = { coverage: { ...coverage, required: false } };
    expect(await scene.judge()).toMatchObject({ clean: true });
  });
});
