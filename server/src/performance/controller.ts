import type { Database, Queryable } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import { recordAct } from '../security/audit.js';
import { measureLoad } from './sql/measure-load.js';
import { type Bounds, type Measurements, type Memory, type Tuned, tune } from './tune.js';
import { type By, keepStep, lockTuning } from './tuning-store.js';
import { inForce, type TuningDefaults, type TuningSettings, tuningBounds } from './tuning-values.js';

/** What one step did. */
export interface Adjustment {
  readonly changed: boolean;
  /** One sentence, with the numbers it went by. */
  readonly reason: string;
  readonly before: Tuned;
  readonly after: Tuned;
  readonly measurements: Measurements;
}

interface ControllerParts {
  readonly database: Database;
  /** What the environment says, where nothing is set. */
  readonly defaults: TuningDefaults;
  readonly log: Logger;
}

const STEP_SECONDS = 10;
/** What it moves within: fewer than 3 slots leave a lane without one, and chunks under 10 are all overhead. */
const bounds: Bounds = {
  slots: { least: 3, most: tuningBounds.slots.most },
  chunkSize: { least: 10, most: tuningBounds.chunkSize.most },
  claimSize: { least: 4, most: tuningBounds.claimSize.most },
};

/**
 * Takes the controller's steps. Every worker asks each few seconds; whoever gets the row of push.tuning takes the step when ten seconds have
 * passed since the last, so that there is one controller however many workers there are, and no leader to lose.
 */
export class TuningController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  /** A step, when the controller is on and it is time for one. */
  async stepWhenDue(): Promise<Adjustment | null> {
    const adjustment = await this.#parts.database.transaction(async (tx) => {
      const [due] = await tx.query(
        /* sql */ `select from push.tuning where id = 1 and controller
          and (stepped_at is null or stepped_at <= clock_timestamp() - make_interval(secs => $1)) for update skip locked`,
        [STEP_SECONDS],
      );
      return due === undefined ? null : await this.#step(tx, null);
    });
    if (adjustment !== null) this.#explain(adjustment);
    return adjustment;
  }

  /** A step now, whether or not the controller is on, on an operator's request; in the audit whatever comes of it. */
  async stepNow(by: By): Promise<Adjustment> {
    const adjustment = await this.#parts.database.transaction((tx) => this.#step(tx, by));
    this.#explain(adjustment);
    return adjustment;
  }

  async #step(tx: Queryable, by: By | null): Promise<Adjustment> {
    const set = await lockTuning(tx);
    const { slots, chunkSize, claimSize } = inForce(set, this.#parts.defaults);
    const before: Tuned = { slots, chunkSize, claimSize };
    const measurements = await measureLoad(tx);
    const { next, memory, reason } = tune(measurements, before, await readMemory(tx), bounds);
    const changed = (Object.keys(before) as (keyof Tuned)[]).filter((field) => next[field] !== before[field]);
    const after: TuningSettings = { ...set, ...Object.fromEntries(changed.map((field) => [field, next[field]])) };
    const said = by === null ? { actor: 'todoku', reason } : { actor: by.actor, reason: `${reason} (${by.reason})` };
    await keepStep(tx, { before: set, after, by: said, measurements });
    await tx.query('update push.tuning set memory = $1, stepped_at = clock_timestamp() where id = 1', [JSON.stringify(memory)]);
    if (by !== null)
      await recordAct(tx, { ...by, action: 'tuning.adjust', target: 'system', details: { before, after: next, found: reason } });
    return { changed: changed.length > 0, reason, before, after: next, measurements };
  }

  #explain({ changed, reason, before, after, measurements }: Adjustment): void {
    const { log } = this.#parts;
    if (changed) log.info({ before, after, measurements }, `tuning: ${reason}`);
    else log.debug({ before, measurements }, `tuning: ${reason}`);
  }
}

async function readMemory(tx: Queryable): Promise<Memory> {
  const [row] = await tx.query<{ memory: Memory }>('select memory from push.tuning where id = 1');
  return row?.memory ?? {};
}
