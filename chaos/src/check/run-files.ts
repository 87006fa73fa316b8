/**
 * What the checker reads of a run: one folder with `run.json` (RunFile), `load.jsonl` (LoadLine), `nemesis.jsonl` (NemesisLine), `processes.jsonl`
 * (MemorySample), and `provider.jsonl`, the simulator's own ledger. Times are CLOCK_MONOTONIC in ms, which all processes of a machine share.
 * A line that a crash has torn is left out: what it would have told was never acknowledged.
 */
import type { Act, BadAct, BroadcastAct, DeviceAct, ServerFailure, SettingsAct, Submission, SwitchAct, TypeAct } from './timeline.js';

export interface RunFile {
  readonly seed: number;
  /** The command that runs the same again. */
  readonly replay: string;
  readonly startedAt: string;
  readonly seconds: number;
  /** Unix ms of the machine minus its monotonic ms. */
  readonly wallMinusMono: number;
  readonly requestDeadlineMs: number;
  /** When the faults were over, and when nothing was in flight any more; null: never. */
  readonly healedAt: number | null;
  readonly idleAt: number | null;
  readonly livenessBoundMs: number;
  /** At the end every ticket that waited was asked for once more. */
  readonly receiptsAskedAgain?: boolean;
  /** API keys, encryption keys, signing secrets: name and text. */
  readonly keys: readonly (readonly [name: string, text: string])[];
  /** Files and folders in which no secret may be found: logs, data of the database. */
  readonly product: readonly string[];
  /** The folder of migrations that the product ran with, as it should be. */
  readonly migrations: string;
  /** Types that said "never twice" from before the first of them was sent. */
  readonly atMostOnce: readonly string[];
  readonly expectedFailpoints: readonly string[];
  readonly expectedFaults: readonly string[];
  /** A failpoint or fault that never struck fails the run. */
  readonly coverageRequired: boolean;
}

/** `to` is null where no answer came. */
type Line<Kind extends string, T extends Act> = Omit<T, 'to'> & { readonly record: Kind; readonly to: number | null };

export type LoadLine =
  | Line<'submission', Submission>
  | Line<'device', DeviceAct>
  | Line<'settings', SettingsAct>
  | Line<'switch', SwitchAct>
  | Line<'broadcast', BroadcastAct>
  | Line<'type', TypeAct>
  | Line<'bad', BadAct>
  | Line<'tuning', Act>
  | (ServerFailure & { readonly record: 'failure' });

export interface NemesisLine {
  /** Name of the fault as in `expectedFaults`, or of the failpoint as in `expectedFailpoints`. */
  readonly fault: string;
  readonly kind: 'fault' | 'failpoint';
  readonly from: number;
  /** null: for a moment only. */
  readonly to: number | null;
  /** Holds a process of the product still, after which what it had in hand comes late. */
  readonly freezes?: boolean;
  /** Holds requests up on their way to the provider. */
  readonly delays?: boolean;
  /** The database's clock is set off by so much. */
  readonly clockOffMs?: number;
}
