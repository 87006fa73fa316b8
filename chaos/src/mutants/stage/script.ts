/** What happens in a short run. One script for all mutants: each of them breaks something that happens here. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SwitchName } from '../../check/timeline.js';
import { type Cast, type CastUser, invite, register, signOut } from './cast.js';
import { Frozen } from './frozen.js';
import type { ProductProcess } from './product-process.js';
import { leaseSeconds, type Stage } from './stage.js';
import { insertRows, post, repeat, sendNonsense } from './submit.js';

export interface Played {
  readonly healedAt: number;
  readonly idleAt: number | null;
}

export const livenessMs = 45_000;

export async function play(stage: Stage, say: (what: string) => void): Promise<Played> {
  await stage.startApi();
  await stage.query(`insert into push.notification_types (type, unknown_policy) values ('once', 'drop')`);
  await stage.query('update push.policy set cap_limit = 200');
  await stage.query('update push.projects set rate_budget = 300, rate_burst = 100');
  const cast = await invite(stage);
  // The first freezes with an answer in hand; whoever takes its lease up waits, so that it wakes before they have settled it.
  const frozen = new Frozen(stage.startWorker('worker-1', 'after_response=stop@3,fanout_batch=kill9'), (leaseSeconds + 3) * 1000);
  const others = ['worker-2', 'worker-3'].map((name) => stage.startWorker(name, 'lease_recovery=delay:7000,fanout_batch=kill9'));
  await delay(1500);

  say('traffic, a frozen worker, answers that break');
  const traffic = Promise.all([talk(stage, cast, 14_000), breakAnswers(stage, 14_000)]);
  const thawed = await frozen.thaw(20_000);
  if (thawed !== null) stage.frozen.push(thawed);
  // Whoever took its leases up settles them now.
  await Promise.all([traffic, delay(6000)]);

  // What was sent while a process stood still is not judged: here none does.
  await insertRows(
    stage,
    cast.night.map(({ id }) => ({ userId: id, type: 'reminder' })),
  );
  say('a broadcast whose fan-out is killed');
  await startBroadcast(stage, cast);
  say('workers killed with requests on the wire');
  await killAll(stage, cast, [frozen.process, ...others]);
  await delay(2000);
  say('pause, with devices that change hands');
  await pauseAndMove(stage, cast);

  const { idleAt, healedAt } = await settle(stage);
  return { healedAt, idleAt };
}

async function talk(stage: Stage, { plain, night }: Cast, ms: number): Promise<void> {
  const pick = (list: readonly CastUser[], i: number): string => list[i % list.length]?.id ?? '';
  const rounds = Math.floor(ms / 250);
  for (let i = 0; i < rounds; i++) {
    const type = i % 3 === 0 ? 'once' : 'reminder';
    const users = [0, 1, 2, 3, 4].map((k) => ({ userId: pick(plain, 5 * i + k), type }));
    await insertRows(stage, users);
    if (i % 5 === 1) await insertRows(stage, users, 'rollback');
    if (i % 4 === 2) await post(stage, pick(plain, i), type, i % 8 === 2 ? 2 : 1);
    if (i % 10 === 3) await repeat(stage, pick(plain, i), 'reminder');
    if (i % 8 === 4) await insertRows(stage, [{ userId: pick(night, i), type: 'reminder' }]);
    if (i === 7) await sendNonsense(stage, pick(plain, i));
    await delay(200);
  }
}

async function breakAnswers(stage: Stage, ms: number): Promise<void> {
  const { control } = stage.simulator;
  // Late enough that the worker which shall freeze has had its answers.
  for (const kind of ['short_ticket_count', 'accept_then_reset', 'short_ticket_count', 'status_429', 'short_ticket_count'] as const) {
    await delay(ms / 6);
    control.addFault({ kind, ...(kind === 'status_429' ? { retryAfter: 1 } : {}) });
  }
}

async function startBroadcast(stage: Stage, { plain, strangers }: Cast): Promise<void> {
  const userIds = [...strangers, ...plain.slice(0, 20).map(({ id }) => id)];
  const { act, result } = await stage.act(
    () =>
      stage.call('POST', '/v1/broadcasts', {
        type: 'news',
        title: 'To many',
        audience: { kind: 'list', userIds },
        start: true,
        reason: 'stage',
      }),
    ({ status }) => status === 201,
  );
  const id = (result?.body as { id?: number } | null)?.id;
  stage.timeline.broadcasts.push({ ...act, kind: 'start', broadcastId: id === undefined ? null : String(id), title: 'To many', userIds });
  await delay(2500);
}

/** Answers hang while the workers are killed: what was on the wire is unknown, and comes back when the leases have run out. */
async function killAll(stage: Stage, { plain }: Cast, workers: readonly ProductProcess[]): Promise<void> {
  stage.simulator.control.addFault({ kind: 'accept_then_hang', times: 20 });
  for (const type of ['reminder', 'once'])
    await insertRows(
      stage,
      [...plain, ...plain].slice(0, 60).map(({ id }) => ({ userId: id, type })),
    );
  await delay(800);
  for (const worker of workers) worker.signal('SIGKILL');
  stage.simulator.control.clearFaults();
  await delay(leaseSeconds * 1000);
}

async function pauseAndMove(stage: Stage, { plain, movers, leavers }: Cast): Promise<void> {
  await flip(stage, 'pause', true);
  await delay(500);
  for (let i = 0; i < 30; i++)
    await insertRows(
      stage,
      plain.slice(0, 30).map(({ id }) => ({ userId: id, type: 'reminder' })),
    );
  for (const { id } of [...movers, ...leavers]) await insertRows(stage, [{ userId: id, type: 'reminder' }]);
  await insertRows(
    stage,
    plain.slice(0, 20).map(({ id }) => ({ userId: id, type: 'reminder', expiresInSeconds: 3 })),
  );
  await delay(2000);
  for (const [i, { tokens }] of movers.entries()) await register(stage, plain[i]?.id ?? '', tokens[0] ?? '');
  for (const { id, tokens } of leavers) await signOut(stage, id, tokens[0] ?? '');
  await delay(8000);
  await flip(stage, 'pause', false);
}

async function flip(stage: Stage, name: SwitchName, stops: boolean): Promise<void> {
  const { act } = await stage.act(
    () => stage.call('POST', `/v1/queue/${stops ? 'pause' : 'resume'}`, { reason: 'stage' }),
    ({ status }) => status === 200,
  );
  stage.timeline.switches.push({ ...act, name, stops });
}

async function settle(stage: Stage): Promise<Played> {
  stage.simulator.control.clearFaults();
  const healedAt = Number(process.hrtime.bigint()) / 1e6;
  return { healedAt, idleAt: await stage.idle(livenessMs) };
}
