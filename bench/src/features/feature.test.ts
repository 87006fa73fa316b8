import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { applyChange } from './apply-change.js';
import { features } from './feature.js';

const source = (file: string): string => readFileSync(fileURLToPath(new URL(`../../../server/src/${file}.ts`, import.meta.url)), 'utf8');

it.each(features.flatMap(({ id, changes }) => changes.map((change) => ({ id, ...change }))))(
  'finds the one place in $file where $id is switched off',
  (change) => {
    const text = source(change.file);
    expect(applyChange(text, change)).not.toBe(text);
  },
);

it('refuses a text that has changed', () => {
  expect(() => applyChange('b b', { file: 'f', find: 'b', replace: '' })).toThrow('2 places');
});
