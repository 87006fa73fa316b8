import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** Load and faults, healing, liveness, verdict. `interrupted` ends it early, without a verdict. */
export async function run(options: Options, say: (what: string) => void, interrupted: AbortSignal): Promise<Verdict> {
  const startedAt = new Date();
  const startedMono = mono();
  const wallMinusMono = Date.now() - startedMono;
  const withFailpoints = options.only.length === 0 || options.only.includes('failpoints');
  const folder = makeFolder();
  const records = join(folder, 'records');
  say(`records in ${records}`);
  const journals = {
    nemesis: new Journal(join(records, 'nemesis.jsonl')),
    memory: new Journal(join(records, 'processes.jsonl')),
  };
  const hopeless = new AbortController();
  const stop = AbortSignal.any([interrupted, hopeless.signal]);
  let plant: Plant | null = null;
  let load: ChildProcess | null = null;
  let sampling: NodeJS.Timeout | undefined;
  let keep = true;
  try {
    plant = await openPlant({
      folder,
      seed: options.seed,
      ...fleet,
      failpoints: withFailpoints,
      onFailpoint: (fault) => {
        say(`failpoint ${fault}`);
        const line: NemesisLine = { fault, kind: 'failpoint', from: mono(), to: null };
        journals.nemesis.write(line);
        plant?.deck.hit(fault);
      },
      onHopeless: (error) => hopeless.abort(error),
      stop,
    });
    sampling = sampleEverySecond(plant, journals.memory);
    await query(plant.databaseUrl, `insert into push.notification_types (type, unknown_policy) values ('once', 'drop')`);
    await query(plant.databaseUrl, 'update push.policy set cap_limit = 1000');
    load = await startLoad(plant, options.seed, stop);
    await torment(plant, options, new Nemesis(plant, journals.nemesis, say), stop);
    plant.deck.end();
    stop.throwIfAborted();

    say('healing');
    plant.simulator.control.clearFaults();
    await endLoad(load);
    const healedAt = mono();
    const idleAt = await untilIdle(plant, livenessMs, stop);
    say(idleAt === null ? 'not all work ended in time' : `all work ended within ${Math.round((idleAt - healedAt) / 1000)} s`);
    await keepLedger(plant);
    clearInterval(sampling);
    await plant.stopProduct();

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
      product: [join(folder, 'logs'), join(folder, 'postgres')],
      migrations,
      atMostOnce: ['once'],
      expectedFailpoints: withFailpoints ? FAILPOINTS : [],
      expectedFaults: options.only.length > 0 ? asked : FAULTS,
      coverageRequired: options.only.length > 0 || options.minutes >= minutesForAll,
    };
    writeFileSync(join(records, 'run.json'), JSON.stringify(file));
    say('judging');
    const verdict = await judge(records, plant.databaseUrl);
    keep = options.keep || !verdict.clean;
    if (keep) say(`verdict: ${join(records, 'verdict.html')}`);
    return verdict;
  } finally {
    clearInterval(sampling);
    load?.kill('SIGKILL');
    await plant?.close();
    for (const journal of Object.values(journals)) journal.close();
    if (!keep) rmSync(folder, { recursive: true, force: true });
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

async function startLoad(plant: Plant, seed: number, stop: AbortSignal): Promise<ChildProcess> {
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
  await eventually('the load began', () => Promise.resolve(isReady), { stop });
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
async function untilIdle(plant: Plant, ms: number, stop: AbortSignal): Promise<number | null> {
  const until = mono() + ms;
  while (mono() < until) {
    stop.throwIfAborted();
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

function sampleEverySecond(plant: Plant, journal: Journal): NodeJS.Timeout {
  return setInterval(() => {
    for (const one of [...plant.apis, ...plant.workers]) {
      const { name, pid, rssBytes } = one;
      if (rssBytes !== null) journal.write({ pid, name, at: mono(), rssBytes });
    }
  }, 1000);
}

/** Where everything of a run lies; the embedded Postgres, which may run as another user, has to get through. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'todoku-chaos-'));
  chmodSync(folder, 0o711);
  for (const name of ['postgres', 'logs', 'records']) mkdirSync(join(folder, name), { mode: 0o711 });
  return folder;
}
