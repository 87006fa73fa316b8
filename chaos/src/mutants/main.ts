/** `npm run chaos:mutants`: breaks the product on purpose, one way at a time, and sees that the checker notices. Arguments: names of mutants; none: all. */
import type { Verdict } from '../check/verdict.js';
import type { Mutant } from './mutant.js';
import { mutants } from './mutants.js';
import { runShort } from './run-mutant.js';
import { ScratchCopy } from './scratch-copy.js';

interface Trial {
  readonly name: string;
  readonly outcome: 'caught' | 'survived' | 'clean' | 'not clean' | 'failed';
  readonly good: boolean;
  readonly seconds: number;
  readonly rules: readonly string[];
}

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

const rulesOf = (verdict: Verdict): string[] =>
  verdict.truths.flatMap(({ truth, findings }) => findings.map(({ rule }) => `${truth} ${rule}`));

async function attempt(name: string, mutant: Mutant | null, scratch: ScratchCopy): Promise<Trial> {
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  const tell = (what: string): unknown => say(`  ${name}: ${what} (${seconds()} s)`);
  try {
    scratch.become(mutant ?? { edits: [] });
    const verdict = await runShort(scratch.folder, tell);
    const rules = rulesOf(verdict);
    for (const { findings } of verdict.truths)
      for (const { rule, count, examples } of findings) tell(`${rule} ×${count}: ${examples[0] ?? ''}`);
    tell(
      Object.entries(verdict.figures)
        .map(([figure, value]) => `${figure} ${value}`)
        .join(', '),
    );
    if (mutant === null) return { name, outcome: verdict.clean ? 'clean' : 'not clean', good: verdict.clean, seconds: seconds(), rules };
    const caught = verdict.truths.some(({ truth, holds }) => !holds && mutant.truths.includes(truth));
    return { name, outcome: caught ? 'caught' : 'survived', good: caught, seconds: seconds(), rules };
  } catch (error) {
    tell(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { name, outcome: 'failed', good: false, seconds: seconds(), rules: [] };
  }
}

async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--help')) {
    say(`npm run chaos:mutants -- [NAME ...]\n  none or all of: none, ${mutants.map(({ name }) => name).join(', ')}`);
    return 0;
  }
  const unknown = names.filter((name) => name !== 'none' && !mutants.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    say(`There is no mutant ${unknown.join(', ')}. There are: none, ${mutants.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const chosen = mutants.filter(({ name }) => names.length === 0 || names.includes(name));
  const scratch = new ScratchCopy();
  const trials: Trial[] = [];
  try {
    if (names.length === 0 || names.includes('none')) trials.push(await attempt('the product itself', null, scratch));
    for (const [i, mutant] of chosen.entries()) {
      say(`${i + 1}/${chosen.length} ${mutant.name}: ${mutant.defect}`);
      trials.push(await attempt(mutant.name, mutant, scratch));
    }
  } finally {
    scratch.remove();
  }
  say('');
  for (const { name, outcome, seconds, rules } of trials) {
    say(`${name.padEnd(24)} ${outcome.padEnd(10)} ${String(seconds).padStart(4)} s  ${rules.join(', ')}`);
  }
  const good = trials.filter((trial) => trial.good).length;
  say(`\n${good} of ${trials.length} as it should be`);
  return good === trials.length ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
