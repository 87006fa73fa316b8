/** Which faults a run has: by its seed, by what was asked for, and by what this machine can do. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeTimeLibrary, fudgeLibrary } from './clock/fake-clock.js';
import { Disk } from './cluster/disk.js';
import { CLOCK_FAULTS, SCHEDULED } from './fault-kinds.js';
import { LOAD_FAULTS } from './load-faults.js';

/** The run lasts over an hour at which the clocks of some zone are changed. */
export const CLOCKS_CHANGE = 'clocks_change';

/** A worker stands still at a failpoint, past its lease; comes with the failpoints. */
export const FROZEN_WITH_ANSWER = 'frozen_with_answer';

/** What comes by itself with load and failpoints. */
const UNSCHEDULED: readonly string[] = [FROZEN_WITH_ANSWER, ...LOAD_FAULTS];

/** Every kind there is. */
export const FAULTS: readonly string[] = [...SCHEDULED, ...CLOCK_FAULTS, CLOCKS_CHANGE, ...UNSCHEDULED];

/**
 * What seeds have besides what all have: 0 nothing, 1 a day on which clocks change, 2 a database whose clock jumps. Those of the last kind can be
 * judged by fewer truths.
 */
const extra: readonly (readonly string[])[] = [[], [CLOCKS_CHANGE], CLOCK_FAULTS];

export interface FaultsOfRun {
  readonly scheduled: readonly string[];
  readonly expected: readonly string[];
  readonly clocksChange: boolean;
  readonly leftOut: readonly string[];
}

/** `only`: what was asked for, failpoints among it; nothing: all that the seed has. */
export function faultsOf(seed: number, only: readonly string[], leftOut = cannotBeDone()): FaultsOfRun {
  const all = [...SCHEDULED, ...(extra[seed % extra.length] ?? [])];
  const wanted = (only.length > 0 ? FAULTS.filter((fault) => only.includes(fault)) : all).filter((fault) => !leftOut.includes(fault));
  const scheduled = wanted.filter((fault) => SCHEDULED.includes(fault) || CLOCK_FAULTS.includes(fault));
  return {
    scheduled,
    expected: [...wanted, ...(only.length > 0 ? [] : UNSCHEDULED)],
    clocksChange: wanted.includes(CLOCKS_CHANGE),
    leftOut,
  };
}

/** What this machine cannot do for lack of a program or a right. */
export function cannotBeDone(): string[] {
  const missing: string[] = [];
  if (!canMakeStandby()) missing.push('failover');
  if (!canMount()) missing.push('disk_full');
  if (!canTrace()) missing.push('fsync_errors', 'slow_disk');
  if (fakeTimeLibrary === null) missing.push('worker_clock_ahead', 'worker_clock_behind', ...CLOCK_FAULTS);
  if (fudgeLibrary === null) missing.push(CLOCKS_CHANGE);
  return missing;
}

function canMakeStandby(): boolean {
  const system = '/usr/lib/postgresql';
  return existsSync(system) && readdirSync(system).some((version) => existsSync(join(system, version, 'bin/pg_basebackup')));
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'todoku-mount-'));
  const disk = Disk.mount(folder);
  disk?.unmount();
  rmdirSync(folder);
  return disk !== null;
}

function canTrace(): boolean {
  try {
    execFileSync('strace', ['-qq', '-e', 'trace=fsync', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
