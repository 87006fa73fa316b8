/** Every `todoku` command that a page names exists, with the options that it is given there. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../src/cli/run-cli.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pagesIn = (folder: string): string[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`)
    .sort();
const pages = ['README.md', 'CONTRIBUTING.md', ...pagesIn('docs')];

/** Commands of code: blocks, indented lines, and what stands between backticks. */
function commandsIn(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  const lines = text.split('\n').map((line) => line.trim());
  return [...spans, ...lines].flatMap((code) => {
    const command = /^(?:\$ )?(?:npx )?todoku (?!…)([^|#`]*)/.exec(code);
    return command === null ? [] : [(command[1] ?? '').trim()];
  });
}

/** What is quoted is one word, and no option. */
const wordsOf = (command: string): string[] => command.replaceAll(/'[^']*'?|"[^"]*"?/g, 'quoted').split(/\s+/);

const helps = new Map<string, Promise<string>>();
function helpOf(path: readonly string[]): Promise<string> {
  const key = path.join(' ');
  const known = helps.get(key);
  if (known !== undefined) return known;
  const asked = askForHelp(path);
  helps.set(key, asked);
  return asked;
}

async function askForHelp(path: readonly string[]): Promise<string> {
  let said = '';
  const terminal = {
    env: { LANG: 'C' },
    login: 'test',
    out: (text: string): void => {
      said += text;
    },
    err: (): void => undefined,
    readInput: async () => '',
  };
  return (await runCli([...path, '--help'], terminal)) === 0 ? said : '';
}

/** null: it is as the help says. */
async function faultOf(command: string): Promise<string | null> {
  const words = wordsOf(command);
  const [name = ''] = words;
  const path = [name];
  let help = await helpOf(path);
  if (help === '') return `there is no command ${name}`;
  const next = words[1] ?? '';
  if (/^Commands:/m.test(help) && /^[a-z][a-z-]+$/.test(next)) {
    const inner = await helpOf([name, next]);
    if (!inner.startsWith(`Usage: todoku ${name} ${next}`)) return `there is no command ${name} ${next}`;
    path.push(next);
    help = inner;
  }
  // A group that does something by itself has its options in the command that it stands for.
  if (/^Commands:/m.test(help)) return null;
  const strange = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[=\].,;)].*$/, ''));
  const unknown = strange.filter((option) => !new RegExp(`^ +(-\\w, )?${option}\\b`, 'm').test(help));
  return unknown.length === 0 ? null : `${path.join(' ')} has no ${unknown.join(', ')}`;
}

describe('commands in documents', () => {
  it.each(pages)('%s', async (page) => {
    const faults: string[] = [];
    for (const command of commandsIn(readFileSync(`${root}${page}`, 'utf8'))) {
      const fault = await faultOf(command);
      if (fault !== null) faults.push(`todoku ${command}: ${fault}`);
    }
    expect(faults).toEqual([]);
  });
});
