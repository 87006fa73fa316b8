import type { Database } from '../database/database.js';
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
/** What was learnt within this long of something that is told again counts as newer: nobody knows for how long a statement was on its way. */
const ON_ITS_WAY_SECONDS = 1;

/** Tells the database; what was written there within the last `newer` seconds is newer than what is told, and stays. */
type Telling = (newer: number) => Promise<void>;

/**
 * The breaker of each provider project. States: closed → open (nothing is claimed; one chunk may probe from breaker_probe_at on,
 * and the claim reserves that for as long as its request may last) → closed, when any request of the project is answered. It stands in the project's row, so all workers share it.
 *
 * Never throws: what the provider answered must be written down, whether or not the breaker could be. What the database did not take is told
 * again beside the work: a breaker that was not closed would stay open, and page, until something else is to be sent. What another worker has
 * learnt and written since is newer, and stays.
 */
export class ProjectBreaker {
  readonly #database: Database;
  readonly #registry: ProjectRegistry;
  readonly #monotonic: () => number;
  readonly #log: Logger;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #failures = new Map<number, number>();
  /** By project, how often it was learnt whether it is at fault: what is older is not told again. */
  readonly #learnt = new Map<number, number>();

  constructor(database: Database, registry: ProjectRegistry, monotonic: () => number, log: Logger, sleep: (ms: number) => Promise<void>) {
    this.#database = database;
    this.#registry = registry;
    this.#monotonic = monotonic;
    this.#log = log;
    this.#sleep = sleep;
  }

  /** Credentials or set-up are at fault: opens at once. Tokens and attempts stay untouched. */
  async fault(projectId: number, code: string, isProbe = false): Promise<void> {
    this.#learns(projectId);
    await this.#tell(projectId, async (newer) => {
      await this.#open(projectId, newer, code, FAULT_PROBE_SECONDS);
      if (isProbe) await this.#nextProbe(projectId, FAULT_PROBE_SECONDS);
    });
  }

  /** No answer, or none that makes sense. */
  async failed(projectId: number, code: string, isProbe = false): Promise<void> {
    if (isProbe) {
      await this.#tell(projectId, () => this.#nextProbe(projectId, OUTAGE_PROBE_SECONDS));
      return;
    }
    const failures = (this.#failures.get(projectId) ?? 0) + 1;
    this.#failures.set(projectId, failures);
    if (failures < FAILURES_TO_OPEN) return;
    this.#learns(projectId);
    await this.#tell(projectId, (newer) => this.#open(projectId, newer, code, OUTAGE_PROBE_SECONDS));
  }

  /** A probe was claimed because the breaker is open, whatever was last read of it here. */
  async answered(projectId: number, isProbe = false): Promise<void> {
    this.#failures.delete(projectId);
    this.#learns(projectId);
    if (isProbe || this.#registry.get(projectId)?.breakerOpen === true) {
      await this.#tell(projectId, (newer) => this.#close(projectId, newer));
    }
  }

  /** What was to probe was not sent after all: the next one may, at once. */
  async probeUnused(projectId: number): Promise<void> {
    await this.#tell(projectId, () => this.#nextProbe(projectId, 0));
  }

  /** The probe takes longer than was reserved for it. */
  async holdProbe(projectId: number, seconds: number): Promise<void> {
    await this.#tell(projectId, () => this.#nextProbe(projectId, seconds));
  }

  /** The provider asked for time. */
  async backOff(projectId: number, delayMs: number): Promise<void> {
    await this.#tell(projectId, async () => {
      await this.#database.query(
        /* sql */ `
        update push.projects set backoff_until = greatest(backoff_until, clock_timestamp() + make_interval(secs => $2::float8 / 1000.0))
        where id = $1`,
        [projectId, delayMs],
      );
    });
  }

  #learns(projectId: number): void {
    this.#learnt.set(projectId, (this.#learnt.get(projectId) ?? 0) + 1);
  }

  async #tell(projectId: number, work: Telling): Promise<void> {
    const learnt = this.#learnt.get(projectId);
    const at = this.#monotonic();
    if (!(await this.#written(projectId, work, 0))) void this.#tellAgain(projectId, learnt, at, work);
  }

  async #tellAgain(projectId: number, learnt: number | undefined, at: number, work: Telling): Promise<void> {
    for (const ms of AGAIN_MS) {
      await this.#sleep(ms);
      const newer = (this.#monotonic() - at) / 1000 + ON_ITS_WAY_SECONDS;
      if (this.#learnt.get(projectId) !== learnt || (await this.#written(projectId, work, newer))) return;
    }
  }

  async #written(projectId: number, work: Telling, newer: number): Promise<boolean> {
    try {
      await work(newer);
      return true;
    } catch (error) {
      logNotificationError(this.#log, 'BREAKER_NOT_WRITTEN', 'the breaker could not be written', {
        projectId,
        error: describeError(error),
      });
      return false;
    }
  }

  /** What stands in the future is not newer, but of a clock that was set back since. */
  async #close(projectId: number, newer: number): Promise<void> {
    const closed = await this.#database.query(
      /* sql */ `
      update push.projects set breaker_state = 'closed', breaker_reason = null, breaker_opened_at = null, breaker_probe_at = null,
        breaker_closed_at = clock_timestamp()
      where id = $1 and breaker_state = 'open'
        and (breaker_opened_at between clock_timestamp() - make_interval(secs => $2) and clock_timestamp()) is not true
      returning id`,
      [projectId, newer],
    );
    if (closed.length > 0) this.#log.info({ projectId }, 'breaker closed: the provider answers again');
    await this.#registry.refresh();
  }

  async #nextProbe(projectId: number, inSeconds: number): Promise<void> {
    await this.#database.query(
      /* sql */ `
      update push.projects set breaker_probe_at = clock_timestamp() + make_interval(secs => $2) where id = $1 and breaker_state = 'open'`,
      [projectId, inSeconds],
    );
  }

  async #open(projectId: number, newer: number, code: string, probeSeconds: number): Promise<void> {
    const opened = await this.#database.query(
      /* sql */ `
      update push.projects set breaker_state = 'open', breaker_reason = $2, breaker_opened_at = clock_timestamp(),
        breaker_probe_at = clock_timestamp() + make_interval(secs => $3)
      where id = $1 and breaker_state = 'closed'
        and (breaker_closed_at between clock_timestamp() - make_interval(secs => $4) and clock_timestamp()) is not true
      returning id`,
      [projectId, code, probeSeconds, newer],
    );
    if (opened.length > 0) {
      const text = 'breaker opened, nothing of this project is sent until a probe is answered';
      logNotificationError(this.#log, 'BREAKER_OPENED', text, { projectId, reason: code, probeSeconds });
    }
    await this.#registry.refresh();
  }
}
