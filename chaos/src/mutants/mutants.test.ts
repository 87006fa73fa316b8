import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { mutate } from './mutant.js';
import { mutants } from './mutants.js';

const sourceOf = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

describe('mutate', () => {
  const edit = { file: 'x.ts', find: 'a', replace: 'b' };

  it('replaces what stands there once, and refuses everything else', () => {
    expect(mutate('1a2', edit)).toBe('1b2');
    expect(() => mutate('12', edit)).toThrow('mend the mutant');
    expect(() => mutate('1a2a', edit)).toThrow('more than once');
  });

  it('takes the replacement as it stands', () => {
    expect(mutate('1a2', { ...edit, replace: "$& $1 $'" })).toBe("1$& $1 $'2");
  });
});

describe.each(mutants)('the mutant $name', ({ edits }) => {
  it('still has its places in the product, and makes something that runs', async () => {
    const files = new Map<string, string>();
    for (const edit of edits) files.set(edit.file, mutate(files.get(edit.file) ?? sourceOf(edit.file), edit));
    expect(files.size).toBeGreaterThan(0);
    for (const [file, text] of files) {
      expect(text).not.toBe(sourceOf(file));
      if (file.endsWith('.ts')) await transform(text, { loader: 'ts' });
    }
  });
});

it('has a name for each, and at least fourteen of them', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(14);
});
