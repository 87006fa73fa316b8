import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { judge } from '../check/judge.js';
import type { NemesisLine, RunFile } from '../check/run-files.js';
import type { Verdict } from '../check/verdict.js';
import { changeOf } from './changing-clocks.js';
import { realClock } from './clock/fake-clock.js';
import { query } from './cluster/sql.js';
import { eventually } from './eventually.js';
import { FAILPOINTS } from './failpoint-deck.js';
import { PROVIDER_FAULTS } from './fault-kinds.js';
import { Journal, mono } from './journal.js';
import { liveness, livenessMs } from './liveness.js';
import { loadFaultsIn } from './load-faults.js';
import type { LoadSetting } from './load-setting.js';
import { Nemesis } from './nemesis.js';
import { type Options, replayOf } from './options.js';
import { migrations, openPlant, type Plant, requestDeadlineMs, startMs } from './plant.js';
import type { ProductProcess } from './product-process.js';
import { schedule } from './schedule.js';
import { wakeLater } from './strikes/processes.js';
import { CLOCKS_CHANGE, type FaultsOfRun, FROZEN_WITH_ANSWER, faultsOf } from './which-faults.js';

const fleet = { workers: 3, apis: 2 };
/** From this on a run is long enough for every fault and failpoint. */
const minutesForAll = 6;

/** Load and faults, healing, liveness, verdict. `interrupted` ends it early, without a verdict. */
export async function run(options: Options, say: (what: string) => void, interrupted: AbortSignal): Promise<Verdict> {
  const startedAt = new Date();
  const startedMono = mono();
  const wallMinusMono = Date.now() - startedMono;
  const failpoints = options.only.length === 0 || options.only.includes('failpoints') ? FAILPOINTS : [];
  const faults = faultsOf(options.seed, options.only);
  if (options.only.length > 0 && faults.scheduled.length === 0) say('no faults but those that the load makes');
  if (faults.leftOut.length > 0) say(`left out, for want of a program or a right: ${faults.leftOut.join(' ')}`);
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
      failpoints,
      first: options.first,
      onFailpoint: (fault) => {
        say(`failpoint ${fault}`);
        const line: NemesisLine = { fault, kind: 'failpoint', from: mono(), to: null };
        journals.nemesis.write(line);
        plant?.deck.hit(fault);
      },
      onFrozen: (process) => void noteFrozen(process, journals.nemesis, say),
      onHopeless: (error) => hopeless.abort(error),
      stop,
      say,
    });
    sampling = sampleEverySecond(plant, journals.memory);
    await query(plant.databaseUrl, `insert into push.notification_types (type, unknown_policy) values ('once', 'drop')`);
    // What a night held back comes within the run.
    await query(plant.databaseUrl, 'update push.policy set cap_limit = 1000, release_spread_seconds = 20');
    load = await startLoad(plant, options.seed, faults, stop);
    const loadFrom = Date.now();
    await torment(plant, options, faults, new Nemesis(plant, journals.nemesis, say), stop);
    plant.deck.end();
    stop.throwIfAborted();

    say('healing');
    plant.simulator.control.clearFaults();
    await endLoad(load).catch(async (error: unknown) => {
      if (plant !== null) await keepLedger(plant);
      throw error;
    });
    noteLoadFaults(plant, journals.nemesis, faults, options.seed, loadFrom);
    await plant.postgres.settle();
    const healedAt = mono();
    const idleAt = await liveness(plant, stop);
    say(idleAt === null ? 'not all work ended in time' : `all work ended within ${Math.round((idleAt - healedAt) / 1000)} s`);
    await keepLedger(plant);
    clearInterval(sampling);
    await plant.stopProduct();

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
      receiptsAskedAgain: true,
      keys: plant.secrets,
      product: plant.product,
      migrations,
      atMostOnce: ['once'],
      expectedFailpoints: failpoints,
      expectedFaults: faults.expected,
      coverageRequired: options.only.length > 0 || options.minutes >= minutesForAll,
    };
    writeFileSync(join(records, 'run.json'), JSON.stringify(file));
    say('judging');
    const verdict = await judge(records, plant.databaseUrl);
    keep = options.keep || !verdict.clean;
    say(`verdict: ${keepVerdict(records, options.seed)}`);
    if (keep) say(`all records: ${records}`);
    return verdict;
  } finally {
    clearInterval(sampling);
    load?.kill('SIGKILL');
    await plant?.close();
    for (const journal of Object.values(journals)) journal.close();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

/** Faults of the provider's answers beside all others; in each of the two rows one after the other, and one that is late makes the next ones late. */
async function torment(plant: Plant, options: Options, faults: FaultsOfRun, nemesis: Nemesis, stop: AbortSignal): Promise<void> {
  const begun = mono();
  const ms = options.minutes * 60_000;
  const rows = [true, false].map((ofProvider, i) =>
    schedule({
      seed: (options.seed ^ (i * 0x9e37)) >>> 0,
      ms,
      faults: faults.scheduled.filter((fault) => PROVIDER_FAULTS.has(fault) === ofProvider),
      first: options.first,
      fleet,
    }),
  );
  writeFileSync(join(plant.records, 'schedule.json'), JSON.stringify(rows, null, 1));
  const until = (at: number): Promise<unknown> =>
    delay(Math.max(0, begun + at - mono()), undefined, { signal: stop }).catch(() => undefined);
  await Promise.all(
    rows.map(async (row) => {
      for (const one of row) {
        await until(one.atMs);
        if (stop.aborted || mono() - begun > ms) return;
        await nemesis.strike(one);
      }
    }),
  );
  await until(ms);
}

async function noteFrozen(process: ProductProcess, journal: Journal, say: (what: string) => void): Promise<void> {
  const from = mono();
  const to = await wakeLater(process);
  if (to === null) return;
  say(`${FROZEN_WITH_ANSWER}: ${process.name} stood for ${Math.round((to - from) / 1000)} s`);
  const line: NemesisLine = { fault: FROZEN_WITH_ANSWER, kind: 'fault', from, to, freezes: true };
  journal.write(line);
}

/** What the load did, and that the clocks were changed while it lasted. */
function noteLoadFaults(plant: Plant, journal: Journal, faults: FaultsOfRun, seed: number, loadFrom: number): void {
  const at = Date.parse(changeOf(seed).at);
  const changed = faults.clocksChange && loadFrom < at && at < Date.now() ? [CLOCKS_CHANGE] : [];
  for (const fault of [...loadFaultsIn(plant.records), ...changed]) {
    const line: NemesisLine = { fault, kind: 'fault', from: mono(), to: null };
    journal.write(line);
  }
}

async function startLoad(plant: Plant, seed: number, faults: FaultsOfRun, stop: AbortSignal): Promise<ChildProcess> {
  const database = new URL(plant.databaseUrl);
  database.port = String(plant.proxies.postgres.port);
  const setting: LoadSetting = {
    seed,
    api: `http://127.0.0.1:${plant.proxies.api.port}`,
    databaseUrl: database.href,
    key: plant.secrets.find(([name]) => name === 'admin key')?.[1] ?? '',
    records: plant.records,
    changingZone: faults.clocksChange ? changeOf(seed).timezone : null,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./load-main.ts', import.meta.url))], {
    env: { PATH: process.env['PATH'] ?? '', ...realClock.env, CHAOS_LOAD: JSON.stringify(setting) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isReady = false;
  child.stdout.once('data', () => {
    isReady = true;
  });
  await eventually('the load began', () => Promise.resolve(isReady), { ms: startMs, stop });
  return child;
}

/** A load generator that ended by itself has left acts unwritten: such a run says nothing. */
async function endLoad(load: ChildProcess): Promise<void> {
  if (load.exitCode !== null || load.signalCode !== null) throw new Error('The load generator ended before its time.');
  const gone = once(load, 'exit');
  load.kill('SIGTERM');
  const force = setTimeout(() => load.kill('SIGKILL'), 240_000);
  const [code] = (await gone) as [number | null];
  clearTimeout(force);
  if (code !== 0) throw new Error('The load generator did not end well.');
}

/** What was left where, for whoever looks into a run that did not end. */
async function keepLedger(plant: Plant): Promise<void> {
  const left = await query(
    plant.databaseUrl,
    /* sql */ `
    select (select json_agg(a) from (select pid, state, wait_event_type, wait_event, xact_start, pg_blocking_pids(pid) as blocked_by, left(query, 200) as query
        from pg_stat_activity where backend_type = 'client backend' and state <> 'idle') a) as sessions,
      (select count(*) from push.outbox) as outbox, (select count(*) from push.held) as held,
      (select count(*) from push.receipt_batches) as receipt_batches,
      clock_timestamp() as now, (select json_agg(r) from (select due_at, lease_until, n, tries, sent_at from push.receipt_batches) r) as receipts,
      (select json_agg(c) from (select id, state, due_at, lease_until, n, attempt, last_code from push.chunks order by due_at limit 200) c) as chunks`,
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
  for (const name of ['logs', 'records']) mkdirSync(join(folder, name), { mode: 0o711 });
  return folder;
}

/** The verdict outlives the folder of its run: the path of the page. */
function keepVerdict(records: string, seed: number): string {
  const folder = fileURLToPath(new URL('../../verdicts/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const end of ['json', 'html']) copyFileSync(join(records, `verdict.${end}`), join(folder, `${seed}.${end}`));
  return join(folder, `${seed}.html`);
}
