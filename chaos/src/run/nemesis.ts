import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultKind } from '@todoku/simulator';
import type { Client } from 'pg';
import type { NemesisLine } from '../check/run-files.js';
import { type Journal, mono } from './journal.js';
import { connect, eventually, leaseSeconds, type Plant, query } from './plant.js';
import type { Planned, Strike } from './schedule.js';

/** What shows that a fault struck; null: it struck nothing. */
type Evidence = string | null;

/** Does to the plant what the schedule says. A fault counts only with evidence. */
export class Nemesis {
  readonly #plant: Plant;
  readonly #journal: Journal;
  readonly #say: (what: string) => void;

  constructor(plant: Plant, journal: Journal, say: (what: string) => void) {
    this.#plant = plant;
    this.#journal = journal;
    this.#say = say;
  }

  async strike({ fault, strike }: Planned): Promise<void> {
    const from = mono();
    const evidence = await this.#strike(strike).catch((error: unknown) => {
      this.#say(`${fault} could not be done: ${String(error)}`);
      return null;
    });
    const line: NemesisLine & { evidence: string; strike: Strike } = {
      fault,
      kind: 'fault',
      from,
      to: mono(),
      freezes: strike.kind === 'freeze_worker',
      delays: strike.kind === 'proxy' && strike.target !== 'api',
      evidence: evidence ?? '',
      strike,
    };
    this.#say(`${fault}: ${evidence ?? 'struck nothing'}`);
    if (evidence !== null) this.#journal.write(line);
  }

  async #strike(strike: Strike): Promise<Evidence> {
    const { workers, apis, proxies, databaseUrl } = this.#plant;
    switch (strike.kind) {
      case 'kill_worker':
        return (await workers[strike.worker]?.kill()) === true ? 'ended by SIGKILL' : null;
      case 'kill_api':
        return (await apis[strike.api]?.kill()) === true ? 'ended by SIGKILL' : null;
      case 'freeze_worker':
        return this.#freeze(strike.worker);
      case 'proxy': {
        const proxy = proxies[strike.target];
        const before = proxy.struck;
        proxy.set(strike.mode);
        await delay(strike.ms);
        proxy.heal();
        return proxy.struck > before ? `${proxy.struck - before} times` : null;
      }
      case 'provider':
        return this.#breakAnswers(strike.fault, strike.times, { retryAfter: strike.retryAfter, delayMs: 50 });
      case 'dead_devices':
        return this.#breakAnswers('behave_as', strike.times, { behaviour: 'dead_at_ticket' });
      case 'postgres_restart':
        return this.#restartPostgres();
      case 'end_sessions': {
        const sql = /* sql */ `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
        const ended = await query(databaseUrl, sql);
        return ended.length > 0 ? `${ended.length} sessions ended` : null;
      }
      case 'no_connections_left':
        return this.#takeConnections(strike.ms);
      case 'held_xmin':
        return this.#holdXmin(strike.ms);
      case 'two_migrators': {
        const codes = await Promise.all([this.#plant.migrate(), this.#plant.migrate()]);
        return codes.every((code) => code === 0) ? 'both ended with 0' : null;
      }
    }
  }

  async #freeze(index: number): Promise<Evidence> {
    const worker = this.#plant.workers[index];
    if (worker === undefined || !worker.signal('SIGSTOP')) return null;
    const { pid } = worker;
    await delay(100);
    const stood = worker.pid === pid && worker.isRunning && worker.isFrozen;
    await delay((leaseSeconds + 2) * 1000);
    worker.signal('SIGCONT');
    return stood ? `process ${pid} stood for ${leaseSeconds + 2} s` : null;
  }

  async #breakAnswers(kind: FaultKind, times: number, more: object): Promise<Evidence> {
    const { control } = this.#plant.simulator;
    const id = control.addFault({ kind, times, ...more });
    const applied = (): number => control.faults().find((fault) => fault.id === id)?.applied ?? 0;
    await eventually(`${kind} was applied`, () => Promise.resolve(applied() >= 1), { ms: 6000 }).catch(() => undefined);
    return applied() > 0 ? `${applied()} answers` : null;
  }

  /** Ended at once, as by a power switch; the launcher starts it again on the same port. */
  async #restartPostgres(): Promise<Evidence> {
    const [pid, cluster] = postmasterOf(this.#plant.folder);
    process.kill(pid, 'SIGQUIT');
    await eventually('Postgres is back', async () => {
      await query(this.#plant.databaseUrl, 'select 1');
      return postmasterIn(cluster) !== pid;
    });
    return `postmaster ${pid} ended, ${postmasterIn(cluster)} took over`;
  }

  async #takeConnections(ms: number): Promise<Evidence> {
    const taken: Client[] = [];
    let code: unknown = null;
    while (code === null && taken.length < 300) {
      try {
        taken.push(await connect(this.#plant.databaseUrl));
      } catch (error) {
        code = Reflect.get(error as object, 'code');
      }
    }
    await delay(ms);
    await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
    return code === '53300' ? `53300 after ${taken.length} connections` : null;
  }

  async #holdXmin(ms: number): Promise<Evidence> {
    const client = await connect(this.#plant.databaseUrl, 15_000);
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
}

function postmasterOf(folder: string): [pid: number, pidFile: string] {
  const found = execFileSync('find', [join(folder, 'postgres'), '-maxdepth', '3', '-name', 'postmaster.pid'], { encoding: 'utf8' }).trim();
  return [postmasterIn(found), found];
}

function postmasterIn(file: string): number {
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  // 0 would mean our own process group.
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`${file} names no process.`);
  return pid;
}
