import { expect, test } from 'vitest';
import { healthWords } from './health-words.js';

const japanese = /[ぁ-んァ-ヶ一-龠]/;
/** Only names and codes: the same in every language. */
const nameless = new Set(['provider']);

test('every text is there in both languages, each in its own', () => {
  const given = { offTarget: [[{ en: 'one', ja: '一' }]] } as Record<string, unknown[]>;
  for (const [name, say] of Object.entries(healthWords)) {
    const { en, ja } = (say as (...values: unknown[]) => { en: string; ja: string })(...(given[name] ?? ['7', '7']));
    expect({ name, en, ja }).toEqual({ name, en: expect.stringMatching(/\S/) as string, ja: expect.stringMatching(/\S/) as string });
    if (nameless.has(name)) continue;
    expect({ name, isJapanese: [japanese.test(en), japanese.test(ja)] }).toEqual({ name, isJapanese: [false, true] });
    expect({ name, ja }).not.toEqual({ name, ja: expect.stringMatching(/[A-Za-z]{2,} [A-Za-z]{2,}/) as string });
  }
});
