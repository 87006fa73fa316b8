import type { Database, Queryable, Subscription } from '../database/database.js';
import { type AdjustableLogger, type LogLevel, logLevels } from '../logging/create-logger.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { recordAct } from '../security/audit.js';

/** What every process logs for a while. All null: each goes by its own LOG_LEVEL. */
interface SetLogLevel {
  readonly level: LogLevel | null;
  readonly until: Date | null;
  readonly setBy: string | null;
  readonly setAt: Date | null;
  readonly reason: string | null;
}

interface By {
  readonly actor: string;
  readonly reason: string;
}

/** A day: what is meant for longer belongs into LOG_LEVEL. */
export const longestSeconds = 86_400;

const none: SetLogLevel = { level: null, until: null, setBy: null, setAt: null, reason: null };

/** What is in force now; one that has ended is none. */
export async function readLogLevel(database: Queryable): Promise<SetLogLevel> {
  const [row] = await database.query<SetLogLevel & object>(
    /* sql */ `
    select level, until, set_by as "setBy", set_at as "setAt", reason from push.log_level where id = 1 and until > clock_timestamp()`,
  );
  return row ?? none;
}

/** Has every process log from `level` on for so many seconds; another one that is in force ends. Audited. */
export async function setLogLevel(database: Database, level: LogLevel, seconds: number, by: By): Promise<SetLogLevel> {
  return await database.transaction(async (tx) => {
    await tx.query(
      /* sql */ `
      update push.log_level set level = $1, until = clock_timestamp() + make_interval(secs => $2), set_by = $3, set_at = clock_timestamp(), reason = $4
      where id = 1`,
      [level, seconds, by.actor, by.reason],
    );
    await recordAct(tx, { ...by, action: 'logs.level', target: 'system', details: { level, seconds } });
    return await readLogLevel(tx);
  });
}

/** Each process goes by its LOG_LEVEL again. Where nothing is set nothing is done, and nothing audited. */
export async function endLogLevel(database: Database, by: By): Promise<SetLogLevel> {
  return await database.transaction(async (tx) => {
    const ended = await tx.query(
      /* sql */ `
      update push.log_level set level = null, until = null, set_by = null, set_at = null, reason = null
      where id = 1 and until > clock_timestamp() returning 1`,
    );
    if (ended.length > 0) await recordAct(tx, { ...by, action: 'logs.level', target: 'system', details: { level: null } });
    return await readLogLevel(tx);
  });
}

interface FollowParts {
  readonly database: Database;
  readonly logger: Pick<AdjustableLogger, 'level' | 'setLevel'>;
  /** Of LOG_LEVEL. */
  readonly base: LogLevel;
  readonly monotonic: () => number;
  readonly log: Logger;
  readonly pollMs?: number;
}

/**
 * One process's level, as push.log_level says. States: stopped → following → stopped. It looks every two seconds and when it is told; a level ends
 * at its time also while the database does not answer.
 */
export class LogLevelFollower {
  readonly #parts: FollowParts;
  #endsAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #subscription: Subscription | null = null;
  #looking: Promise<void> | null = null;

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const look = (): void => void this.look();
    this.#subscription = await this.#parts.database.listen('todoku_log_level', look, look);
    await this.look();
    this.#timer = setInterval(look, this.#parts.pollMs ?? 2_000).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#subscription?.close();
    await this.#looking;
  }

  /** One look at a time; never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { database, base, monotonic, log } = this.#parts;
    if (monotonic() >= this.#endsAt) this.#apply(base, Number.POSITIVE_INFINITY);
    try {
      const [row] = await database.query<{ level: LogLevel; leftMs: number }>(
        /* sql */ `
        select level, 1000 * date_part('epoch', until - clock_timestamp()) as "leftMs" from push.log_level where id = 1 and until > clock_timestamp()`,
      );
      // A newer release may know more levels.
      if (row === undefined || !logLevels.includes(row.level)) this.#apply(base, Number.POSITIVE_INFINITY);
      else this.#apply(row.level, monotonic() + row.leftMs);
    } catch (error) {
      log.debug({ error: describeError(error) }, 'the log level could not be read');
    }
  }

  #apply(level: LogLevel, endsAt: number): void {
    const { logger, log } = this.#parts;
    this.#endsAt = endsAt;
    if (logger.level() === level) return;
    const before = logger.level();
    logger.setLevel(level);
    log.info({ before, level }, 'the log level has changed');
  }
}
