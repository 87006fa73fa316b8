import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TodokuError } from '../errors/todoku-error.js';

/** The same distance from the source and from the built file. */
const program = fileURLToPath(new URL('../../../scripts/bench.mjs', import.meta.url));

/** Runs `npm run bench` with these arguments. Its progress goes to standard error as it comes; returns what it said at the end. */
export async function runBench(args: readonly string[]): Promise<{ readonly exitCode: number; readonly text: string }> {
  if (!existsSync(program)) {
    throw new TodokuError('NOT_FOUND', {
      message: `There is no benchmark in this installation (${program}): it comes with a clone of the source.`,
    });
  }
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 1, text: text.trimEnd() }));
  });
}
