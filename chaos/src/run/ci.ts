import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../check/verdict.js';
import { FAILPOINTS } from './failpoint-deck.js';
import { replayOf } from './options.js';
import { CLOCKS_CHANGE, cannotBeDone, FAULTS } from './which-faults.js';

/** One of each kind of seed, and one that nobody has seen. */
const fixedSeeds = [3, 1, 2] as const;
const minutes = 2;
/** When something was missed by all of them. */
const extraMinutes = 1;

type Say = (what: string) => unknown;

/**
 * Runs of different seeds, eight minutes of faults together, each beginning with what the ones before missed. Clean when each of them is, and every
 * fault and failpoint struck. Exit code as of one run.
 */
export async function runSet(itself: readonly string[], freshSeed: number, signals: readonly NodeJS.Signals[], say: Say): Promise<number> {
  const leftOut = cannotBeDone();
  const missed = new Set([...FAULTS, ...FAILPOINTS]);
  const summary: string[] = [];
  let clean = leftOut.length === 0;
  if (!clean) say(`NOT CLEAN: this machine cannot do ${leftOut.join(' ')}`);
  const attempt = async (seed: number, length: number, only: readonly string[]): Promise<number> => {
    // What lasts for a whole run, or is the load's, is not to be put first.
    const first =
      seed === fixedSeeds[0] || only.length > 0 ? [] : [...missed].filter((name) => name !== CLOCKS_CHANGE && !name.startsWith('act_'));
    const options = { seed, minutes: length, only, first, keep: false };
    const verdictFile = fileURLToPath(new URL(`../../verdicts/${seed}.json`, import.meta.url));
    rmSync(verdictFile, { force: true });
    const args = replayOf(options).split(' -- ')[1]?.split(' ') ?? [];
    const code = await spawned([...itself, ...args], signals);
    if (code > 1) return code;
    const verdict = readVerdict(verdictFile);
    clean &&= verdict?.clean === true;
    for (const name of [...(verdict?.coverage.faultsHit ?? []), ...(verdict?.coverage.failpointsHit ?? [])]) missed.delete(name);
    summary.push(`${verdict === null ? 'BROKE OFF' : verdict.clean ? 'clean' : 'NOT CLEAN'}: ${replayOf(options)}`);
    return code;
  };
  for (const seed of [...fixedSeeds, freshSeed]) {
    const code = await attempt(seed, minutes, []);
    if (code > 1) return code;
  }
  const left = [...missed].filter((name) => !leftOut.includes(name));
  if (left.length > 0) {
    say(`once more, for what never struck: ${left.join(' ')}`);
    const code = await attempt(
      (freshSeed + 1) % 2 ** 32,
      extraMinutes,
      left.map((name) => ((FAILPOINTS as readonly string[]).includes(name) ? 'failpoints' : name)),
    );
    if (code > 1) return code;
  }
  for (const line of summary) say(line);
  if (missed.size > 0) say(`NOT CLEAN: never struck: ${[...missed].join(' ')}`);
  clean &&= missed.size === 0;
  say(`${clean ? 'clean' : 'NOT CLEAN'}: ${summary.length} runs, ${FAULTS.length} kinds of faults, ${FAILPOINTS.length} failpoints`);
  return clean ? 0 : 1;
}

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
