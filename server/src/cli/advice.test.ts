import { describe, expect, test } from 'vitest';
import { english } from '../planning/explain/wording-en.js';
import { japanese } from '../planning/explain/wording-ja.js';
import { runCli } from './run-cli.js';

/** The commands that explain tells people to use, as they stand between backquotes. */
function commandsIn(wording: unknown): string[] {
  if (typeof wording === 'string') return [...wording.matchAll(/`todoku ([^`]+)`/g)].map((match) => match[1] ?? '');
  return typeof wording === 'object' && wording !== null ? Object.values(wording).flatMap(commandsIn) : [];
}

async function helpOf(words: readonly string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const terminal = {
    env: {},
    login: 'test',
    out: (line: string) => {
      text += line;
    },
    err: () => undefined,
    readInput: async () => '',
  };
  return { code: await runCli([...words, '--help'], terminal), text };
}

describe('every command that explain advises exists, with every option', () => {
  test.each([...new Set([...commandsIn(english), ...commandsIn(japanese)])])('todoku %s', async (command) => {
    const words = command.split(/ (?=-|<)/)[0]?.split(' ') ?? [];
    const { code, text } = await helpOf(words);
    expect(code).toBe(0);
    // `todoku pushes on`: the last word may be an argument.
    expect(text).toContain(`todoku ${words.filter((word) => word !== 'on').join(' ')}`);
    for (const [option] of command.matchAll(/--[a-z-]+/g)) expect(text).toMatch(new RegExp(`${option}[ ,\\n]`));
  });
});
