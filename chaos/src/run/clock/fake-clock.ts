import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Variables of a process' environment that make it see another time; none: the machine's. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
}

/** The wall clock alone: time that only goes forward stays what it is. */
const common = { FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_RESET: '1' } as const;

/** libfaketime where Debian has it; null: not installed. */
export const fakeTimeLibrary: string | null = findLibrary();

function findLibrary(): string | null {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime/libfaketime.so.1')) : [];
  return folders.find((path) => existsSync(path)) ?? null;
}

/** Seconds that the clock of this process, and so of all that it starts, is off on purpose. */
const baseSeconds = Number(process.env['CHAOS_CLOCK_SECONDS'] ?? '0');

/** What the clock is for whoever is not treated otherwise: the machine's, or the one that the whole run was given. */
export const realClock: FakeClock = { env: shifted(baseSeconds) };

/** A clock that is off by so much from the start to the end. */
export function shifted(seconds: number): Record<string, string> {
  if (seconds === 0 || fakeTimeLibrary === null) return {};
  return { ...common, LD_PRELOAD: fakeTimeLibrary, FAKETIME: offset(seconds), CHAOS_CLOCK_SECONDS: String(seconds) };
}

/** A clock that can be set while the process runs. */
export class MovableClock implements FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** `library`: see `fakeTimeLibrary`. `file` must be readable by the process. */
  constructor(library: string, file: string) {
    this.#file = file;
    this.set(0);
    this.env = { ...common, LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' };
  }

  /** Off by so much from the clock of the run. */
  set(seconds: number): void {
    writeFileSync(this.#file, `${offset(baseSeconds + seconds)}\n`, { mode: 0o644 });
  }
}

function offset(seconds: number): string {
  return `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}`;
}
