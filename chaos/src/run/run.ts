import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { judge } from '../check/judge.js';
import type { NemesisLine, RunFile } from '../check/run-files.js';
import type { Verdict } from '../check/verdict.js';
import { FAILPOINTS } from './failpoint-deck.js';
import { Journal, mono } from './journal.js';
import type { LoadSetting } from './load-setting.js';
import { Nemesis } from './nemesis.js';
import { type Options, replayOf } from './options.js';
import { eventually, migrations, openPlant, type Plant, query, requestDeadlineMs } from './plant.js';
import { FAULTS, schedule } from './schedule.js';

const livenessMs = 60_000;
const fleet = { workers: 3, apis: 2 };
/** From this on a run is long enough for every fault and failpoint. */
const minutesForAll = 4;

/** Load and faults, healing, liveness, verdict. `stop` ends it early, without a verdict. */
export async function run(options: Options, say: (what: string) => void, stop: AbortSignal): Promise<Verdict> {
  const startedAt = new Date();
  const startedMono = mono();
  const wallMinusMono = Date.now() - startedMono;
  const strikes: NemesisLine[] = [];
  const withFailpoints = options.only.length === 0 || options.only.includes('failpoints');
  const plant = await openPlant({
    seed: options.seed,
    ...fleet,
    failpoints: withFailpoints,
    onFailpoint: (fault) => {
      say(`failpoint ${fault}`);
      const line: NemesisLine = { fault, kind: 'failpoint', from: mono(), to: null };
      strikes.push(line);
      plant.deck.hit(fault);
    },
  });
  const journals = {
    nemesis: new Journal(join(plant.records, 'nemesis.jsonl')),
    memory: new Journal(join(plant.records, 'processes.jsonl')),
  };
  let keep = true;
  say(`records in ${plant.records}`);
  const sampling = setInterval(() => sample(plant, journals.memory), 1000);
  try {
    await query(plant.databaseUrl, `insert into push.notification_types (type, unknown_policy) values ('once', 'drop')`);
    await query(plant.databaseUrl, 'update push.policy set cap_limit = 1000');
    const load = await startLoad(plant, options.seed);
    await torment(plant, options, new Nemesis(plant, journals.nemesis, say), stop);
    plant.deck.end();
    for (const line of strikes) journals.nemesis.write(line);

    say('healing');
    plant.simulator.control.clearFaults();
    await endLoad(load);
    const healedAt = mono();
    const idleAt = stop.aborted ? null : await untilIdle(plant, livenessMs);
    say(idleAt === null ? 'not all work ended in time' : `all work ended within ${Math.round((idleAt - healedAt) / 1000)} s`);
    await keepLedger(plant);
    clearInterval(sampling);
    await plant.stopProduct();
    stop.throwIfAborted();

    const asked = options.only.filter((name) => name !== 'failpoints');
    const file: RunFile = {
      seed: options.seed,
      replay: replayOf(options),
      startedAt: startedAt.toISOString(),
      seconds: (mono() - startedMono) / 1000,
      wallMinusMono,
      requestDeadlineMs,
      healedAt,
      idleAt,
      livenessBoundMs: livenessMs,
      keys: plant.secrets,
      product: [join(plant.folder, 'logs'), join(plant.folder, 'postgres')],
      migrations,
      atMostOnce: ['once'],
      expectedFailpoints: withFailpoints ? FAILPOINTS : [],
      expectedFaults: options.only.length > 0 ? asked : FAULTS,
      coverageRequired: options.only.length > 0 || options.minutes >= minutesForAll,
    };
    writeFileSync(join(plant.records, 'run.json'), JSON.stringify(file));
    say('judging');
    const verdict = await judge(plant.records, plant.databaseUrl);
    keep = options.keep || !verdict.clean;
    if (keep) say(`verdict: ${join(plant.records, 'verdict.html')}`);
    return verdict;
  } finally {
    clearInterval(sampling);
    await plant.close();
    for (const journal of Object.values(journals)) journal.close();
    if (!keep) rmSync(plant.folder, { recursive: true, force: true });
  }
}

/** One fault after the other as the schedule has them; one that is late makes the next ones late, never two of a kind at once. */
async function torment(plant: Plant, options: Options, nemesis: Nemesis, stop: AbortSignal): Promise<void> {
  const begun = mono();
  const ms = options.minutes * 60_000;
  const only = options.only.filter((name) => name !== 'failpoints');
  const planned = options.only.length > 0 && only.length === 0 ? [] : schedule({ seed: options.seed, ms, only, ...fleet });
  writeFileSync(join(plant.records, 'schedule.json'), JSON.stringify(planned, null, 1));
  const until = (at: number): Promise<unknown> =>
    delay(Math.max(0, begun + at - mono()), undefined, { signal: stop }).catch(() => undefined);
  for (const one of planned) {
    await until(one.atMs);
    if (stop.aborted || mono() - begun > ms) return;
    await nemesis.strike(one);
  }
  await until(ms);
}

async function startLoad(plant: Plant, seed: number): Promise<ChildProcess> {
  const database = new URL(plant.databaseUrl);
  database.port = String(plant.proxies.postgres.port);
  const setting: LoadSetting = {
    seed,
    api: `http://127.0.0.1:${plant.proxies.api.port}`,
    databaseUrl: database.href,
    key: plant.secrets.find(([name]) => name === 'admin key')?.[1] ?? '',
    records: plant.records,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./load-main.ts', import.meta.url))], {
    env: { PATH: process.env['PATH'] ?? '', CHAOS_LOAD: JSON.stringify(setting) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isReady = false;
  child.stdout.once('data', () => {
    isReady = true;
  });
  await eventually('the load began', () => Promise.resolve(isReady));
  return child;
}

/** A load generator that ended by itself has left acts unwritten: such a run says nothing. */
async function endLoad(load: ChildProcess): Promise<void> {
  if (load.exitCode !== null || load.signalCode !== null) throw new Error('The load generator ended before its time.');
  const gone = once(load, 'exit');
  load.kill('SIGTERM');
  const force = setTimeout(() => load.kill('SIGKILL'), 90_000);
  const [code] = (await gone) as [number | null];
  clearTimeout(force);
  if (code !== 0) throw new Error('The load generator did not end well.');
}

/** When nothing was in flight any more; null: not within `ms`. What is held for the night does not count. */
async function untilIdle(plant: Plant, ms: number): Promise<number | null> {
  const until = mono() + ms;
  while (mono() < until) {
    const rows = await query<{ left: string }>(
      plant.databaseUrl,
      /* sql */ `
      select (select count(*) from push.outbox) + (select count(*) from push.receipt_batches)
        + (select count(*) from push.chunks where due_at < clock_timestamp() + interval '5 minutes')
        + (select count(*) from push.held where release_at < clock_timestamp() + interval '5 minutes')
        + (select count(*) from push.broadcasts where state = 'running') as left`,
    ).catch(() => []);
    if (rows[0]?.left === '0') return mono();
    await delay(250);
  }
  return null;
}

/** What was left where, for whoever looks into a run that did not end. */
async function keepLedger(plant: Plant): Promise<void> {
  const left = await query(
    plant.databaseUrl,
    /* sql */ `
    select (select count(*) from push.outbox) as outbox, (select count(*) from push.held) as held,
      (select count(*) from push.receipt_batches) as receipt_batches,
      (select json_agg(c) from (select state, count(*), min(due_at), max(due_at) from push.chunks group by state) c) as chunks`,
  ).catch((error: unknown) => [{ error: String(error) }]);
  writeFileSync(join(plant.records, 'left.json'), JSON.stringify(left, null, 2));
}

function sample(plant: Plant, journal: Journal): void {
  for (const one of [...plant.apis, ...plant.workers]) {
    const { name, pid, rssBytes } = one;
    if (rssBytes !== null) journal.write({ pid, name, at: mono(), rssBytes });
  }
}
