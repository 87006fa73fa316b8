import { setTimeout as delay } from 'node:timers/promises';
import type { NemesisLine } from '../check/run-files.js';
import { type Journal, mono } from './journal.js';
import type { Plant } from './plant.js';
import type { Planned } from './schedule.js';
import { breakAnswers, delayReceipts, refuseCredentials, stormOf429 } from './strikes/answers.js';
import {
  endSessions,
  failFsync,
  failOver,
  fillDisk,
  holdXmin,
  lockTables,
  migrateTwice,
  moveDatabaseClock,
  restartPostgres,
  slowDisk,
  takeConnections,
} from './strikes/postgres.js';
import { endWorker, freezeWorker, killApi, killWorker, moveWorkerClock } from './strikes/processes.js';
import type { Evidence, Strike } from './strikes/strike.js';

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

  async strike(planned: Planned): Promise<void> {
    const { fault } = planned;
    const from = mono();
    try {
      this.#write(planned, from, await this.#strike(planned.strike));
    } catch (error) {
      this.#say(`${fault} could not be done: ${String(error)}`);
      // Whatever it did before it failed it did: the judge has to know, though it does not count.
      this.#write({ ...planned, fault: `${fault} (failed)` }, from, 'unknown');
    }
  }

  #write({ fault, strike }: Planned, from: number, evidence: Evidence): void {
    this.#say(`${fault}: ${evidence ?? 'struck nothing'}`);
    if (evidence === null) return;
    const line: NemesisLine & { evidence: string; strike: Strike } = {
      fault,
      kind: 'fault',
      from,
      to: mono(),
      freezes: strike.kind === 'freeze_worker',
      delays: strike.kind === 'proxy' && strike.target !== 'api',
      ...(strike.kind === 'database_clock' ? { clockOffMs: strike.seconds * 1000 } : {}),
      evidence,
      strike,
    };
    this.#journal.write(line);
  }

  #strike(strike: Strike): Promise<Evidence> {
    const plant = this.#plant;
    switch (strike.kind) {
      case 'answers':
        return breakAnswers(plant, strike);
      case 'kill_worker':
        return killWorker(plant, strike.worker);
      case 'end_worker':
        return endWorker(plant, strike.worker);
      case 'kill_api':
        return killApi(plant, strike.api);
      case 'freeze_worker':
        return freezeWorker(plant, strike.worker);
      case 'worker_clock':
        return moveWorkerClock(plant, strike);
      case 'proxy':
        return this.#breakProxy(strike);
      case 'rate_limit_storm':
        return stormOf429(plant, strike.retryAfters);
      case 'refused_credentials':
        return refuseCredentials(plant, strike);
      case 'receipts_late':
        return delayReceipts(plant, strike);
      case 'postgres_restart':
        return restartPostgres(plant);
      case 'failover':
        return failOver(plant);
      case 'disk_full':
        return fillDisk(plant, strike.ms);
      case 'fsync_errors':
        return failFsync(plant);
      case 'slow_disk':
        return slowDisk(plant, strike.ms);
      case 'end_sessions':
        return endSessions(plant);
      case 'no_connections_left':
        return takeConnections(plant, strike.ms);
      case 'held_xmin':
        return holdXmin(plant, strike.ms);
      case 'locked_tables':
        return lockTables(plant, strike.ms);
      case 'two_migrators':
        return migrateTwice(plant);
      case 'database_clock':
        return moveDatabaseClock(plant, strike);
    }
  }

  async #breakProxy({ target, mode, ms }: Extract<Strike, { kind: 'proxy' }>): Promise<Evidence> {
    const proxy = this.#plant.proxies[target];
    const before = proxy.struck;
    proxy.set(mode);
    await delay(ms);
    proxy.heal();
    return proxy.struck > before ? `${proxy.struck - before} times` : null;
  }
}
