import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../check/verdict.js';
import { FAILPOINTS } from './failpoint-deck.js';
import { makers } from './fault-kinds.js';
import { type Options, replayOf } from './options.js';
import { cannotBeDone, FAULTS, FROZEN_WITH_ANSWER } from './which-faults.js';

/** The kinds of seed that add something to what all have; fresh ones are what a soak is for. */
const seeds = [1, 2] as const;
const minutes = 4;
/** When both missed something. */
const extra = { seed: 3, minutes: 2 } as const;

export interface SetParts {
  /** Arguments that start this program again. */
  readonly itself: readonly string[];
  readonly signals: readonly NodeJS.Signals[];
  readonly say: (what: string) => unknown;
}

const isFailpoint = (name: string): boolean => (FAILPOINTS as readonly string[]).includes(name);

/** Runs of different seeds, eight minutes of faults together, in which everything has to strike. */
class RunSet {
  readonly #parts: SetParts;
  readonly #missed = new Set<string>([...FAULTS, ...FAILPOINTS]);
  readonly #summary: string[] = [];
  #clean = true;

  constructor(parts: SetParts) {
    this.#parts = parts;
  }

  /** Exit code as of one run. */
  async run(): Promise<number> {
    const { say } = this.#parts;
    const leftOut = cannotBeDone();
    for (const seed of seeds) {
      // What was missed so far comes first; what the load makes comes anyway.
      const first = this.#summary.length === 0 ? [] : [...this.#missed].filter((name) => makers.has(name) || isFailpoint(name));
      const code = await this.#attempt({ seed, minutes, only: [], first, keep: false });
      if (code > 1) return code;
    }
    const only = [...this.#missed].filter((name) => !leftOut.includes(name));
    if (only.length > 0) {
      say(`once more, for what never struck: ${only.join(' ')}`);
      const names = only.map((name) => (isFailpoint(name) || name === FROZEN_WITH_ANSWER ? 'failpoints' : name));
      const code = await this.#attempt({ ...extra, only: [...new Set(names)], first: only.filter(isFailpoint), keep: false });
      if (code > 1) return code;
    }
    return this.#sumUp(leftOut);
  }

  async #attempt(options: Options): Promise<number> {
    const verdictFile = fileURLToPath(new URL(`../../verdicts/${options.seed}.json`, import.meta.url));
    rmSync(verdictFile, { force: true });
    const args = replayOf(options).split(' -- ')[1]?.split(' ') ?? [];
    const code = await spawned([...this.#parts.itself, ...args], this.#parts.signals);
    if (code > 1) return code;
    const verdict = readVerdict(verdictFile);
    // What has to strike is a matter of the whole set.
    const holds = verdict?.truths.every((truth) => truth.holds) === true;
    this.#clean &&= holds;
    for (const name of [...(verdict?.coverage.faultsHit ?? []), ...(verdict?.coverage.failpointsHit ?? [])]) this.#missed.delete(name);
    this.#summary.push(`${verdict === null ? 'broke off' : holds ? 'clean' : 'NOT CLEAN'}: ${replayOf(options)}`);
    return code;
  }

  #sumUp(leftOut: readonly string[]): number {
    const { say } = this.#parts;
    for (const line of this.#summary) say(line);
    if (leftOut.length > 0) say(`this machine cannot do ${leftOut.join(' ')}`);
    if (this.#missed.size > 0) say(`never struck: ${[...this.#missed].join(' ')}`);
    const clean = this.#clean && this.#missed.size === 0;
    say(
      `${clean ? 'clean' : 'NOT CLEAN'}: ${this.#summary.length} runs, ${FAULTS.length} kinds of faults, ${FAILPOINTS.length} failpoints`,
    );
    return clean ? 0 : 1;
  }
}

export const runSet = (parts: SetParts): Promise<number> => new RunSet(parts).run();

function spawned(command: readonly string[], signals: readonly NodeJS.Signals[]): Promise<number> {
  const child = spawn(process.execPath, [...command], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): unknown => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 130);
    });
  });
}

function readVerdict(file: string): Verdict | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Verdict;
  } catch {
    return null;
  }
}
