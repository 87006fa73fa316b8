import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Variables of a process' environment that make it see another time; none: the machine's. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
}

/**
 * For clocks that jump while a process runs. It shows a signal handler the real time while its process waits, so that a Postgres under it ends
 * no statement and finds no deadlock in time (seen with 0.9.10): nothing may be under it for long. null: not installed.
 */
export const fakeTimeLibrary: string | null = findLibrary('faketime/libfaketime.so.1');

/** For clocks that are off by the same from start to end: touches nothing but the calls that ask for the time. null: not installed. */
export const fudgeLibrary: string | null = findLibrary('datefudge/datefudge.so');

/** Where Debian has it. */
function findLibrary(name: string): string | null {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, name)) : [];
  return folders.find((path) => existsSync(path)) ?? null;
}

/** Seconds that the clock of this process, and so of all that it starts, is off on purpose. */
const baseSeconds = Number(process.env['CHAOS_CLOCK_SECONDS'] ?? '0');

/** What the clock is for whoever is not treated otherwise: the machine's, or the one that the whole run was given. */
export const realClock: FakeClock = { env: shifted(baseSeconds) };

/** A clock that is off by so much from the start to the end. */
export function shifted(seconds: number): Record<string, string> {
  if (seconds === 0 || fudgeLibrary === null) return {};
  // It takes off so many seconds.
  return { LD_PRELOAD: fudgeLibrary, DATEFUDGE: String(-seconds), CHAOS_CLOCK_SECONDS: String(seconds) };
}

/** A clock that can be set while the process runs. */
export class MovableClock implements FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** `library`: see `fakeTimeLibrary`. `file` must be readable by the process. */
  constructor(library: string, file: string) {
    this.#file = file;
    this.set(0);
    // The wall clock alone: time that only goes forward stays what it is.
    const wallOnly = { FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_RESET: '1' };
    this.env = { ...wallOnly, LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' };
  }

  /** Off by so much from the clock of the run. */
  set(seconds: number): void {
    const all = baseSeconds + seconds;
    writeFileSync(this.#file, `${all < 0 ? '-' : '+'}${Math.abs(all)}\n`, { mode: 0o644 });
  }
}
