import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SuiteResult } from '../figures.js';
import type { Options, SuiteName } from '../options.js';
import type { Machine } from './machine.js';

/** One suite as the JSON keeps it. */
export interface SuiteRecord extends SuiteResult {
  /** ISO time. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Load average of the machine just before the run: others worked on it when this is not near 0. */
  readonly loadBefore: number;
  /** Of one fixed piece of work, in milliseconds, just before and just after. Absent from what was measured before it existed. */
  readonly yardstick?: { readonly before: number; readonly after: number };
  readonly rounds: number;
  readonly warmUp: number;
  readonly count: number;
  readonly recipients: number;
}

export interface Result {
  readonly quick: boolean;
  readonly machine: Machine;
  readonly suites: Readonly<Partial<Record<SuiteName, SuiteRecord>>>;
}

/** This file is in bench/src/report or bench/dist/report. */
const folder = fileURLToPath(new URL('../../results/', import.meta.url));
const referenceFile = join(folder, 'reference.json');

/** Returns the file's path. */
export function writeResult(result: Result, { json, suites, quick }: Options, at: Date): string {
  const kind = `${suites.join('-')}${quick ? '-quick' : ''}`;
  const file = json ?? join(folder, `${at.toISOString().slice(0, 19).replaceAll(':', '')}-${kind}.json`);
  writeJson(file, result);
  return file;
}

/** What was measured now takes the place of what the reference had of it. A reference from another machine is given up. */
export function keepAsReference(result: Result): Result {
  const before = readReference();
  const same = before !== null && JSON.stringify(before.machine) === JSON.stringify(result.machine);
  const kept: Result = same ? { ...result, suites: { ...before.suites, ...result.suites } } : result;
  writeJson(referenceFile, kept);
  return kept;
}

function readReference(): Result | null {
  try {
    return JSON.parse(readFileSync(referenceFile, 'utf8')) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
