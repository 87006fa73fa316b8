import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { fakeTimeLibrary, MovableClock } from '../clock/fake-clock.js';
import type { PostgresCluster } from '../cluster/postgres-cluster.js';
import { spawnStrace } from '../cluster/postgres-node.js';
import { childrenOf } from '../cluster/processes.js';
import { connect, query } from '../cluster/sql.js';
import { eventually } from '../eventually.js';
import { mono } from '../journal.js';
import type { Plant } from '../plant.js';
import type { Evidence, MovedClock } from './strike.js';

/** A database of the run's own, so that what fills the disk is not the product's. */
const scratch = 'chaos_scratch';

export async function restartPostgres({ postgres }: Plant): Promise<Evidence> {
  const before = await postgres.restart();
  return `postmaster ${before} ended, ${postgres.primary.pid} took over`;
}

export async function failOver({ postgres }: Plant): Promise<Evidence> {
  const took = await postgres.failOver();
  return took === null ? null : `the standby had taken over after ${Math.round(took)} ms`;
}

export async function endSessions({ databaseUrl }: Plant): Promise<Evidence> {
  const sql = /* sql */ `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  const ended = await query(databaseUrl, sql);
  return ended.length > 0 ? `${ended.length} sessions ended` : null;
}

export async function fillDisk({ postgres }: Plant, ms: number): Promise<Evidence> {
  const { primary } = postgres;
  const { disk } = primary;
  if (disk === null) return null;
  await query(primary.url('postgres'), `create database ${scratch}`).catch(() => undefined);
  const before = said(postgres, noSpace);
  disk.fill();
  let refused: string | null = null;
  try {
    const until = mono() + 4 * ms;
    while (refused === null && mono() < until) refused = await writeUntilRefused(primary.url(scratch));
    await delay(ms);
  } finally {
    disk.free();
  }
  await eventually('Postgres answers', async () => (await query(primary.url('postgres'), 'select 1')).length === 1);
  await query(primary.url('postgres'), `drop database if exists ${scratch} with (force)`);
  const complaints = said(postgres, noSpace) - before;
  return refused === null || complaints === 0 ? null : `writing was refused with ${refused}, ${complaints} complaints in the log`;
}

const noSpace = /No space left on device/g;
const failedSync = /PANIC: {2}.*could not f(data)?sync/g;

/** How often the primary's log has said so. */
const said = ({ primary }: PostgresCluster, what: RegExp): number => primary.logs().match(what)?.length ?? 0;

/** Code of the refusal, or that the connection was lost, as after a panic; null: it all fitted in. */
async function writeUntilRefused(url: string): Promise<string | null> {
  try {
    await query(url, 'create table if not exists filler (line text)');
    await query(url, `insert into filler select md5(i::text) from generate_series(1, 20000) as i`);
    return null;
  } catch (error) {
    const code: unknown = Reflect.get(error as object, 'code');
    return typeof code === 'string' ? `${code} (${String(error)})` : 'a lost connection';
  }
}

/** The kernel answers every fsync of the primary with EIO: it must not go on as if it had written. */
export async function failFsync({ postgres }: Plant): Promise<Evidence> {
  const panics = (): number => said(postgres, failedSync);
  const before = panics();
  await underStrace(postgres.primary.pid, 'error=EIO', async () => {
    await query(postgres.primary.url('postgres'), 'checkpoint').catch(() => undefined);
    await eventually('it panicked', () => Promise.resolve(panics() > before), { ms: 4000 }).catch(() => undefined);
  });
  const seen = panics() - before;
  await eventually('Postgres answers', async () => (await query(postgres.url, 'select 1')).length === 1);
  return seen > 0 ? `${seen} panics` : null;
}

export async function slowDisk({ postgres }: Plant, ms: number): Promise<Evidence> {
  let slowest = 0;
  await underStrace(postgres.primary.pid, 'delay_enter=250000', async () => {
    const until = mono() + ms;
    while (mono() < until) {
      const from = mono();
      await query(postgres.url, 'select pg_switch_wal(), txid_current()').catch(() => undefined);
      await query(postgres.url, 'checkpoint').catch(() => undefined);
      slowest = Math.max(slowest, mono() - from);
    }
  });
  return slowest > 250 ? `a checkpoint took ${Math.round(slowest)} ms` : null;
}

async function underStrace(postmaster: number, inject: string, work: () => Promise<void>): Promise<void> {
  const strace = spawnStrace([postmaster, ...childrenOf(postmaster)], inject);
  const gone = once(strace, 'exit').catch(() => undefined);
  try {
    await delay(300);
    await work();
  } finally {
    strace.kill('SIGINT');
    const force = setTimeout(() => strace.kill('SIGKILL'), 3000);
    await gone;
    clearTimeout(force);
  }
}

export async function takeConnections({ databaseUrl }: Plant, ms: number): Promise<Evidence> {
  const taken: Client[] = [];
  let code: unknown = null;
  while (code === null && taken.length < 300) {
    try {
      taken.push(await connect(databaseUrl));
    } catch (error) {
      code = Reflect.get(error as object, 'code');
    }
  }
  await delay(ms);
  await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
  return code === '53300' ? `53300 after ${taken.length} connections` : null;
}

export async function holdXmin({ databaseUrl }: Plant, ms: number): Promise<Evidence> {
  const client = await connect(databaseUrl, 15_000);
  try {
    await client.query('begin isolation level repeatable read');
    await client.query('select txid_current()');
    await delay(ms);
    const sql = 'select backend_xmin::text as xmin from pg_stat_activity where pid = pg_backend_pid()';
    const xmin = (await client.query<{ xmin: string | null }>(sql)).rows[0]?.xmin;
    return xmin === null || xmin === undefined ? null : `xmin ${xmin} held for ${ms} ms`;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As somebody's `alter table` in working hours does. */
export async function lockTables({ databaseUrl }: Plant, ms: number): Promise<Evidence> {
  const client = await connect(databaseUrl, 15_000);
  try {
    await client.query('begin');
    // Whoever waits for such a lock makes all others wait behind it: as a careful operator would, not for long.
    await client.query(`set local lock_timeout = '5s'`);
    await client.query('lock table push.chunks, push.outbox, public.push_tokens in access exclusive mode');
    await delay(ms);
    const waiting = await client.query<{ n: number }>('select count(*)::int as n from pg_locks where not granted');
    await client.query('rollback');
    const n = waiting.rows[0]?.n ?? 0;
    return n > 0 ? `${n} waited for ${ms} ms` : null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function migrateTwice(plant: Plant): Promise<Evidence> {
  const codes = await Promise.all([plant.migrate(), plant.migrate()]);
  return codes.every((code) => code === 0) ? 'both ended with 0' : null;
}

/** The machine of the primary starts with the right time, jumps while it works, jumps back, and starts once more. */
export async function moveDatabaseClock(plant: Plant, { seconds, ms }: MovedClock): Promise<Evidence> {
  const { postgres, folder } = plant;
  if (fakeTimeLibrary === null) return null;
  const clock = new MovableClock(fakeTimeLibrary, `${folder}/database-clock`);
  const offBy = async (): Promise<number> => {
    const [row] = await query<{ now: number }>(postgres.url, 'select extract(epoch from clock_timestamp())::float8 as now');
    return (row?.now ?? 0) - Date.now() / 1000;
  };
  await postgres.restart(clock);
  await delay(1000);
  clock.set(seconds);
  await delay(ms);
  const seen = await offBy().catch(() => 0);
  clock.set(0);
  await delay(1000);
  await postgres.restart();
  return Math.abs(seen) > Math.abs(seconds) / 2 ? `${Math.round(seen)} s off` : null;
}
