import type { Hit } from './hits.js';
import type { Stretch, Timeline, WrongClock } from './timeline.js';
import type { MemorySample } from './truths/memory.js';

/** Everything that the records of a run tell, the database apart. Times are monotonic ms unless they say otherwise. */
export interface Evidence {
  readonly seed: number;
  /** The command that runs the same again. */
  readonly replay: string;
  readonly startedAt: string;
  readonly seconds: number;
  /** Unix ms of the machine minus its monotonic ms. */
  readonly wallMinusMono: number;
  readonly requestDeadlineMs: number;
  readonly healedAt: number | null;
  readonly idleAt: number | null;
  readonly livenessBoundMs: number;
  /** At the end every ticket that waited was asked for once more: only those that never have a receipt may be left. */
  readonly receiptsAskedAgain: boolean;
  /** The folder of migrations that the product ran with, as it should be. */
  readonly migrations: string;
  readonly timeline: Timeline;
  readonly hits: readonly Hit[];
  readonly memory: readonly MemorySample[];
  /** While a process of the product stood still, and a while after it went on. */
  readonly thawed: readonly Stretch[];
  /** While something held requests up on their way to the provider. */
  readonly disturbed: readonly Stretch[];
  /** While the database's clock was not the machine's: what it wrote then cannot be laid on the other records' time. */
  readonly clockWrong: readonly WrongClock[];
  readonly secrets: {
    readonly tokens: readonly string[];
    /** API keys, encryption keys, signing secrets: name and text. */
    readonly keys: readonly (readonly [name: string, text: string])[];
    /** Logs and data of the product; the files that are meant to hold secrets are not among them. */
    readonly files: readonly string[];
  };
  readonly coverage: {
    readonly expectedFailpoints: readonly string[];
    readonly hitFailpoints: ReadonlySet<string>;
    readonly expectedFaults: readonly string[];
    readonly hitFaults: ReadonlySet<string>;
    /** Whether a gap fails the run. */
    readonly required: boolean;
  };
  /** Types that say "never twice", from before the first of them was sent. */
  readonly atMostOnce: ReadonlySet<string>;
}
