/** `npm run chaos`: exit code 0 when all that must hold held, 1 when not, 2 when it was asked wrongly, 130 when it was interrupted. */
import { randomInt } from 'node:crypto';
import { isShifted, runOnThatDay } from './changing-clocks.js';
import { runSet } from './ci.js';
import { mono } from './journal.js';
import { type Asked, readOptions, replayOf, usage } from './options.js';
import { run } from './run.js';
import { tell } from './tell.js';
import { faultsOf } from './which-faults.js';

const begun = mono();
const say = (what: string): unknown => process.stdout.write(`${String(Math.round((mono() - begun) / 1000)).padStart(4)} s  ${what}\n`);
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function main(args: readonly string[]): Promise<number> {
  let asked: Asked;
  try {
    asked = readOptions(args, randomInt(2 ** 32));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const itself = [...process.execArgv, process.argv[1] ?? ''];
  if (asked.ci) return await runSet({ itself, signals, say });
  if (faultsOf(asked.seed, asked.only).clocksChange && !isShifted()) {
    return await runOnThatDay(asked, [...args, '--seed', String(asked.seed)], signals);
  }
  return await runHere(asked);
}

async function runHere(options: Asked): Promise<number> {
  say(`seed ${options.seed}; again with: ${replayOf(options)}`);
  const stop = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      say('interrupted: cleaning up');
      stop.abort();
    });
  }
  try {
    const verdict = await run(options, say, stop.signal);
    for (const line of tell(verdict)) say(line);
    return verdict.clean ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    say(`the run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

// All that was begun has been ended: what a broken connection may have left open must not hold the process.
process.exit(await main(process.argv.slice(2)));
