/** `npm run chaos`: exit code 0 when all that must hold held, 1 when not, 2 when it was asked wrongly, 130 when it was interrupted. */
import { randomInt } from 'node:crypto';
import { mono } from './journal.js';
import { type Options, readOptions, replayOf, usage } from './options.js';
import { run } from './run.js';

const begun = mono();
const say = (what: string): unknown => process.stdout.write(`${String(Math.round((mono() - begun) / 1000)).padStart(4)} s  ${what}\n`);

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args, randomInt(2 ** 32));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
  say(`seed ${options.seed}; again with: ${replayOf(options)}`);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      say('interrupted: cleaning up');
      stop.abort();
    });
  }
  try {
    const verdict = await run(options, say, stop.signal);
    for (const { truth, name, holds, examined, findings } of verdict.truths) {
      say(`${holds ? 'holds ' : 'BROKEN'} ${truth} ${name} (${examined})`);
      for (const { rule, count, examples } of findings) say(`         ${rule} ×${count}: ${examples[0] ?? ''}`);
    }
    const { failpointsHit, failpointsMissed, faultsHit, faultsMissed } = verdict.coverage;
    say(`failpoints hit: ${failpointsHit.join(' ')}; missed: ${failpointsMissed.join(' ')}`);
    say(`faults hit: ${faultsHit.join(' ')}; missed: ${faultsMissed.join(' ')}`);
    say(`${verdict.clean ? 'clean' : 'NOT CLEAN'}; again with: ${replayOf(options)}`);
    return verdict.clean ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    say(`the run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
