/** Runs that last over an hour at which the clocks of some zone are changed: the whole run lives on such a day. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { shifted } from './clock/fake-clock.js';
import { CHANGES } from './nights.js';
import type { Options } from './options.js';
import { pick, random } from './random.js';

/** Until the load begins. */
const startMs = 20_000;

export const changeOf = (seed: number) => pick(CHANGES, random(seed ^ 0xd57));

/** The clock of this process is already where the seed wants it. */
export const isShifted = (): boolean => process.env['CHAOS_CLOCK_SECONDS'] !== undefined;

/** The same program again, on that day, to its end; its exit code. The day comes when half of the load is over. */
export async function runOnThatDay(
  { seed, minutes }: Options,
  args: readonly string[],
  signals: readonly NodeJS.Signals[],
): Promise<number> {
  const wanted = Date.parse(changeOf(seed).at) - startMs - minutes * 30_000;
  const seconds = Math.round((wanted - Date.now()) / 1000);
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...shifted(seconds) },
  });
  // A terminal sends them to both; whoever asks this process alone means the run.
  const pass = (signal: NodeJS.Signals): unknown => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      for (const one of signals) process.off(one, pass);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
