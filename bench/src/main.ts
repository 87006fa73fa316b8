import type { Bench } from './bench.js';
import { help, type Options, parseOptions } from './options.js';
import { Processes } from './processes/processes.js';
import { writeDocs } from './report/docs.js';
import { describeMachine, loadAverage } from './report/machine.js';
import { keepAsReference, type Result, writeResult } from './report/result.js';
import { printTable } from './report/table.js';
import { runSuites } from './run-suites.js';
import { startPostgres } from './setup/postgres.js';
import { startBenchSimulator } from './setup/simulator.js';
import { printCosts } from './throughput/statement-costs.js';
import { untilInterrupted } from './until-interrupted.js';

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === 'help') process.stdout.write(help);
else if (parsed.kind === 'wrong') {
  process.stderr.write(`${parsed.message}\nnpm run bench -- --help lists what there is.\n`);
  process.exitCode = 2;
} else process.exit(await run(parsed.options));

/** Resolves to the exit code, when nothing of the run is left. */
async function run(options: Options): Promise<number> {
  const startedAt = new Date();
  const loadBefore = loadAverage();
  const processes = new Processes();
  const postgres = await startPostgres(options.postgres);
  const close = async (): Promise<void> => {
    await processes.close();
    await postgres.stop();
  };
  const interrupted = untilInterrupted();
  const measured = measure({ options, postgres, processes, say }, loadBefore);
  try {
    const result = await Promise.race([measured, interrupted]);
    if (result === null) {
      say('interrupted: ending what was started');
      // What is under way now fails because its processes go; nobody needs to know.
      measured.catch(() => undefined);
      return 130;
    }
    report(result, options, startedAt);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  } finally {
    await close();
  }
}

async function measure(parts: Omit<Bench, 'simulator'>, loadBefore: number): Promise<Result> {
  const simulator = await startBenchSimulator(parts.processes, { ledger: 'off' });
  const bench: Bench = { ...parts, simulator };
  return {
    quick: bench.options.quick,
    machine: await describeMachine(bench.postgres),
    suites: await runSuites(bench, loadBefore),
  };
}

function report(result: Result, options: Options, startedAt: Date): void {
  const { machine, suites } = result;
  process.stdout.write(
    `\n${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; Node ${machine.node}; Postgres ${machine.postgres}\n\n`,
  );
  process.stdout.write(`${printTable(Object.values(suites).flatMap((suite) => suite.figures))}\n`);
  for (const note of Object.values(suites).flatMap((suite) => suite.notes ?? [])) process.stdout.write(`\nNote: ${note}\n`);
  if (options.productOnly && suites.throughput !== undefined) process.stdout.write(`\n${printCosts(suites.throughput.details)}\n`);
  process.stdout.write(`\n${writeResult(result, options, startedAt)}\n`);
  if (options.writeDocs) writeDocs(keepAsReference(result));
}

/** Progress is for whoever waits; the table alone goes to the standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
