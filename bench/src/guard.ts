import { guard, guardSizes, type Verdict } from './guard/guard.js';
import { type Options, parseOptions } from './options.js';
import { Processes } from './processes/processes.js';
import { startPostgres } from './setup/postgres.js';
import { startBenchSimulator } from './setup/simulator.js';
import { untilInterrupted } from './until-interrupted.js';

/** `npm run bench:guard`: exit code 1 when the product lost against its peer. */

/** `docs/performance.md` says from which ratios it was chosen. */
const floor = 0.3;

process.exit(await run());

/** Resolves to the exit code, when nothing of the run is left. */
async function run(): Promise<number> {
  const processes = new Processes();
  const options = guardOptions();
  const postgres = await startPostgres(options.postgres);
  const interrupted = untilInterrupted();
  const measured = measure();
  async function measure(): Promise<Verdict> {
    const simulator = await startBenchSimulator(processes, { ledger: 'off' });
    return await guard({ options, postgres, processes, simulator, say: (line) => void process.stderr.write(`${line}\n`) }, floor);
  }
  try {
    const verdict = await Promise.race([measured, interrupted]);
    if (verdict === null) {
      measured.catch(() => undefined);
      return 130;
    }
    process.stdout.write(`${describe(verdict)}\n`);
    return verdict.passed ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  } finally {
    await processes.close();
    await postgres.stop();
  }
}

function guardOptions(): Options {
  const parsed = parseOptions([]);
  if (parsed.kind !== 'run') throw new Error('no arguments were refused');
  return { ...parsed.options, ...guardSizes, quick: true, postgres: installation() };
}

/** As in the tests: another Postgres to run on; the packaged one when there is none. */
function installation(): string | null {
  const asked = process.env.TEST_POSTGRES;
  return asked === undefined || asked === 'embedded' ? null : asked;
}

function describe({ ratio, floor: least, peer, passed }: Verdict): string {
  const shown = ratio.values.map((value) => value.toFixed(2)).join(', ');
  return `${passed ? 'passed' : 'FAILED'}: Todoku : ${peer} = ${ratio.median.toFixed(2)} (rounds: ${shown}); the floor is ${least.toFixed(2)}`;
}
