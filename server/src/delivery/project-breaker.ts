import type { Database, Queryable } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { ProjectRegistry } from './project-registry.js';

/** Unreachable or unintelligible this many times in a row: stop trying everything, probe. */
const FAILURES_TO_OPEN = 5;
const OUTAGE_PROBE_SECONDS = 10;
const FAULT_PROBE_SECONDS = 60;
/** After which times what the database did not take is told again. */
const AGAIN_MS = [200, 400, 800];

/** What there is to tell the database. */
interface Telling {
  /**
   * `ageSeconds`: since it was learnt; what others have opened or closed within them is newer and stays. What stands in the future is not newer,
   * but of a clock that was set back. Resolves to whether it changed anything.
   */
  write(tx: Queryable, ageSeconds: number): Promise<boolean>;
  afterCommit?(changed: boolean): Promise<void>;
}

type Verdict = 'at fault' | 'answered';

/**
 * The breaker of each provider project. States: closed → open (nothing is claimed; one chunk may probe from breaker_probe_at on,
 * and the claim reserves that for as long as its request may last) → closed, when any request of the project is answered. It stands in the
 * project's row, so all workers share it.
 *
 * Never throws: what the provider answered must be written down, whether or not the breaker could be. What the database did not take is told
 * again beside the work: a breaker that was not closed would stay open, and page, until something else is to be sent. What another worker has
 * opened or closed since stays.
 */
export class ProjectBreaker {
  readonly #database: Database;
  readonly #registry: ProjectRegistry;
  readonly #monotonic: () => number;
  readonly #log: Logger;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #failures = new Map<number, number>();
  /** By project, whether it is at fault, and how often that has changed: what is older than a change is not told again. */
  readonly #learnt = new Map<number, { readonly verdict: Verdict; readonly change: number }>();

  constructor(database: Database, registry: ProjectRegistry, monotonic: () => number, log: Logger, sleep: (ms: number) => Promise<void>) {
    this.#database = database;
    this.#registry = registry;
    this.#monotonic = monotonic;
    this.#log = log;
    this.#sleep = sleep;
  }

  /** Credentials or set-up are at fault: opens at once. Tokens and attempts stay untouched. */
  async fault(projectId: number, code: string, isProbe = false): Promise<void> {
    this.#learns(projectId, 'at fault');
    await this.#tell(projectId, this.#opening(projectId, code, FAULT_PROBE_SECONDS));
    if (isProbe) await this.#tell(projectId, nextProbe(projectId, FAULT_PROBE_SECONDS));
  }

  /** No answer, or none that makes sense. */
  async failed(projectId: number, code: string, isProbe = false): Promise<void> {
    if (isProbe) {
      await this.#tell(projectId, nextProbe(projectId, OUTAGE_PROBE_SECONDS));
      return;
    }
    const failures = (this.#failures.get(projectId) ?? 0) + 1;
    this.#failures.set(projectId, failures);
    if (failures < FAILURES_TO_OPEN) return;
    this.#learns(projectId, 'at fault');
    await this.#tell(projectId, this.#opening(projectId, code, OUTAGE_PROBE_SECONDS));
  }

  /** A probe was claimed because the breaker is open, whatever was last read of it here. */
  async answered(projectId: number, isProbe = false): Promise<void> {
    this.#failures.delete(projectId);
    this.#learns(projectId, 'answered');
    if (isProbe || this.#registry.get(projectId)?.breakerOpen === true) await this.#tell(projectId, this.#closing(projectId));
  }

  /** What was to probe was not sent after all: the next one may, at once. */
  async probeUnused(projectId: number): Promise<void> {
    await this.#tell(projectId, nextProbe(projectId, 0));
  }

  /** The probe takes longer than was reserved for it. */
  async holdProbe(projectId: number, seconds: number): Promise<void> {
    await this.#tell(projectId, nextProbe(projectId, seconds));
  }

  /** The provider asked for time. */
  async backOff(projectId: number, delayMs: number): Promise<void> {
    await this.#tell(projectId, backingOff(projectId, delayMs));
  }

  #learns(projectId: number, verdict: Verdict): void {
    const last = this.#learnt.get(projectId);
    if (last?.verdict !== verdict) this.#learnt.set(projectId, { verdict, change: (last?.change ?? 0) + 1 });
  }

  async #tell(projectId: number, telling: Telling): Promise<void> {
    const change = this.#learnt.get(projectId)?.change;
    const at = this.#monotonic();
    if (!(await this.#written(projectId, telling, at))) void this.#tellAgain(projectId, telling, at, change);
  }

  async #tellAgain(projectId: number, telling: Telling, at: number, change: number | undefined): Promise<void> {
    for (const ms of AGAIN_MS) {
      await this.#sleep(ms);
      if (this.#learnt.get(projectId)?.change !== change || (await this.#written(projectId, telling, at))) return;
    }
  }

  async #written(projectId: number, telling: Telling, at: number): Promise<boolean> {
    try {
      // Its age counts from when it has a connection: waiting for one may take seconds.
      const changed = await this.#database.transaction((tx) => telling.write(tx, (this.#monotonic() - at) / 1000));
      await telling.afterCommit?.(changed);
      return true;
    } catch (error) {
      logNotificationError(this.#log, 'BREAKER_NOT_WRITTEN', 'the breaker could not be written', {
        projectId,
        error: describeError(error),
      });
      return false;
    }
  }

  #closing(projectId: number): Telling {
    return {
      write: async (tx, ageSeconds) => {
        const closed = await tx.query(
          /* sql */ `
          update push.projects set breaker_state = 'closed', breaker_reason = null, breaker_opened_at = null, breaker_probe_at = null,
            breaker_closed_at = clock_timestamp()
          where id = $1 and breaker_state = 'open'
            and (breaker_opened_at between statement_timestamp() - make_interval(secs => $2) and clock_timestamp()) is not true
          returning id`,
          [projectId, ageSeconds],
        );
        return closed.length > 0;
      },
      afterCommit: async (changed) => {
        if (changed) this.#log.info({ projectId }, 'breaker closed: the provider answers again');
        await this.#registry.refresh();
      },
    };
  }

  #opening(projectId: number, code: string, probeSeconds: number): Telling {
    return {
      write: async (tx, ageSeconds) => {
        const opened = await tx.query(
          /* sql */ `
          update push.projects set breaker_state = 'open', breaker_reason = $2, breaker_opened_at = clock_timestamp(),
            breaker_probe_at = clock_timestamp() + make_interval(secs => $3)
          where id = $1 and breaker_state = 'closed'
            and (breaker_closed_at between statement_timestamp() - make_interval(secs => $4) and clock_timestamp()) is not true
          returning id`,
          [projectId, code, probeSeconds, ageSeconds],
        );
        return opened.length > 0;
      },
      afterCommit: async (changed) => {
        if (changed) {
          const text = 'breaker opened, nothing of this project is sent until a probe is answered';
          logNotificationError(this.#log, 'BREAKER_OPENED', text, { projectId, reason: code, probeSeconds });
        }
        await this.#registry.refresh();
      },
    };
  }
}

const nextProbe = (projectId: number, inSeconds: number): Telling => ({
  async write(tx) {
    await tx.query(
      /* sql */ `
      update push.projects set breaker_probe_at = clock_timestamp() + make_interval(secs => $2) where id = $1 and breaker_state = 'open'`,
      [projectId, inSeconds],
    );
    return true;
  },
});

const backingOff = (projectId: number, delayMs: number): Telling => ({
  async write(tx) {
    await tx.query(
      /* sql */ `
      update push.projects set backoff_until = greatest(backoff_until, clock_timestamp() + make_interval(secs => $2::float8 / 1000.0))
      where id = $1`,
      [projectId, delayMs],
    );
    return true;
  },
});
