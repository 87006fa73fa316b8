import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatorOptions } from '@todoku/simulator';
import type { Bench } from '../bench.js';
import type { Figure, SuiteResult, Unit } from '../figures.js';
import { createProductDatabase, emptyProduct, insertNotifications, type ProductDatabase, settle } from '../setup/product-database.js';
import { startBenchSimulator } from '../setup/simulator.js';
import { startWorkerProcess } from '../setup/worker-process.js';
import { spread } from '../statistics.js';

/** A provider as the controller may meet it, and how many notifications are needed to keep it busy, in `count`s. */
interface World {
  readonly id: string;
  readonly name: string;
  readonly simulator: SimulatorOptions;
  readonly counts: number;
}

const worlds: readonly World[] = [
  { id: 'slow', name: 'a provider that takes 2 s', simulator: { latencyMs: 2000 }, counts: 1.5 },
  { id: 'fast', name: 'a provider that takes under 5 ms', simulator: { latencyMs: 2 }, counts: 2 },
  {
    id: 'limited',
    name: 'a provider that refuses more than 300/s (429, Retry-After 1)',
    simulator: { rate: 300, burst: 100, retryAfterSeconds: 1, latencyMs: 50 },
    counts: 0.15,
  },
];

const pollMs = 250;

interface Played {
  /** Recipients taken a second, until all were or the time was over. */
  readonly perSecond: number;
  /** Requests refused with 429, for each thousand recipients taken. */
  readonly refusedPerThousand: number;
  readonly seconds: number;
  /** What was set at the end: the controller's last steps, the latest first. */
  readonly steps: readonly unknown[];
}

/** The same work with the slots of the default, and with the controller on, in turn, at three kinds of providers whose limits nobody has told it. */
export async function measureTuning(bench: Bench): Promise<SuiteResult> {
  const { count, rounds, quick } = bench.options;
  bench.say(`tuning: preparing ${count} users with encrypted tokens`);
  const database = await createProductDatabase(bench.postgres, 'tuning', count);
  const figures: Figure[] = [];
  const details: Record<string, { fixed: Played[]; tuned: Played[] }> = {};
  try {
    await database.admin.query('update push.projects set rate_budget = null');
    for (const world of worlds) {
      const simulator = await startBenchSimulator(bench.processes, { ledger: 'off', ...world.simulator });
      const at: Bench = { ...bench, simulator };
      const played = { fixed: [] as Played[], tuned: [] as Played[] };
      for (let round = 0; round < rounds; round++) {
        for (const kind of ['fixed', 'tuned'] as const) {
          const result = await play(at, database, world, kind === 'tuned', quick ? 4 : 75);
          bench.say(
            `tuning: ${world.id} ${kind} ${Math.round(result.perSecond)}/s, ${result.refusedPerThousand.toFixed(2)} refusals per 1,000`,
          );
          played[kind].push(result);
        }
      }
      await simulator.stop();
      details[world.id] = played;
      figures.push(...figuresOf(world, played));
    }
    return { figures, details };
  } finally {
    await database.close();
  }
}

async function play(bench: Bench, database: ProductDatabase, world: World, tuned: boolean, mostSeconds: number): Promise<Played> {
  const { admin } = database;
  const count = Math.round(bench.options.count * world.counts);
  await emptyProduct(database);
  await admin.query('delete from push.tuning_history');
  await admin.query(`update push.projects set backoff_until = null, breaker_state = 'closed'`);
  await admin.query(
    `update push.tuning set controller = $1, slots = null, chunk_size = null, claim_size = null, memory = '{}', stepped_at = null`,
    [tuned],
  );
  await insertNotifications(database, count);
  await settle(admin, ['notifications', 'push.outbox', 'push.user_recent']);
  await bench.simulator.reset();
  const worker = await startWorkerProcess(bench, database.url);
  try {
    await worker.ask('start');
    const start = performance.now();
    let stats = await bench.simulator.stats();
    while (stats.accepted < count && performance.now() - start < mostSeconds * 1000) {
      await delay(pollMs);
      stats = await bench.simulator.stats();
    }
    const seconds = (performance.now() - start) / 1000;
    const steps = await admin.query('select at, reason, after, measurements from push.tuning_history order by id desc limit 20');
    const refused = stats.refusals['429'] ?? 0;
    return { perSecond: stats.accepted / seconds, refusedPerThousand: (refused * 1000) / stats.accepted, seconds, steps };
  } finally {
    await worker.stop();
  }
}

function figuresOf(
  { id, name }: World,
  { fixed, tuned }: { readonly fixed: readonly Played[]; readonly tuned: readonly Played[] },
): Figure[] {
  const figure = (suffix: string, what: string, unit: Unit, values: readonly number[]): Figure => ({
    id: `tuning.${id}.${suffix}`,
    what,
    unit,
    value: spread(values),
    target: null,
  });
  const rates = (played: readonly Played[]): number[] => played.map(({ perSecond }) => perSecond);
  const times = tuned.map(({ perSecond }, round) => perSecond / (fixed[round]?.perSecond ?? Number.NaN));
  const sent = [
    figure('fixed', `Sent at ${name}: default slots`, '/s', rates(fixed)),
    figure('tuned', `Sent at ${name}: controller on, from a cold start`, '/s', rates(tuned)),
    figure('times', `Controller : default slots at ${name}`, '×', times),
  ];
  if (id !== 'limited') return sent;
  const refusals = (played: readonly Played[]): number[] => played.map(({ refusedPerThousand }) => refusedPerThousand / 10);
  return [
    ...sent,
    figure('fixed.refused', 'Refused requests (429) for each 100 recipients sent there: default slots', '%', refusals(fixed)),
    figure('tuned.refused', 'Refused requests (429) for each 100 recipients sent there: controller on', '%', refusals(tuned)),
  ];
}
