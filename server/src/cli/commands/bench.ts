import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { plainText, wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, onCall } from '../define-command.js';

interface BenchOptions {
  readonly only?: string;
  readonly count?: number;
  readonly rounds?: number;
  readonly quick?: boolean;
}

/** `bench`: how fast this machine is with it, beside its peers. What else can be set: `npm run bench -- --help`. */
export function addBench(program: Command, cli: Cli): void {
  const says = cli.messages.bench;
  const command = addCommand(program, 'bench', { summary: says.summary, example: 'bench --only throughput,latency --rounds 3' }, cli)
    .option('--only <list>', says.only, plainText)
    .option('--count <n>', says.count, wholeNumber(100, 100_000_000))
    .option('--rounds <n>', says.rounds, wholeNumber(1, 100))
    .option('--quick', says.quick)
    .addHelpText('after', `\n${says.note}`);
  onCall<BenchOptions>(command, cli, async ({ only, count, rounds, quick = false, json = false }) => {
    const { runBench } = await import('../bench-program.js');
    const wanted = [
      ...(only === undefined ? [] : ['--only', only]),
      ...(count === undefined ? [] : ['--count', String(count)]),
      ...(rounds === undefined ? [] : ['--rounds', String(rounds)]),
      ...(quick ? ['--quick'] : []),
    ];
    if (!json) return { data: null, ...(await runBench(wanted)) };
    const folder = await mkdtemp(join(tmpdir(), 'todoku-bench-result-'));
    try {
      const file = join(folder, 'result.json');
      const { exitCode, text } = await runBench([...wanted, '--json', file]);
      const data: unknown = exitCode === 0 ? JSON.parse(await readFile(file, 'utf8')) : { exitCode };
      return { data, text, exitCode };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
