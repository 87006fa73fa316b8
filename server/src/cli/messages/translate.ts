import { phrases } from './ja-phrases.js';

const special = /[.*+?^${}()|[\]\\]/g;

/** `There is no broadcast {}.` as a pattern, with the values and the texts that stand in it. */
function patternOf(english: string): RegExp {
  const parts = english.split(/\{\*?\}/).map((part) => part.replace(special, '\\$&'));
  return new RegExp(`^${parts.join('(.*?)')}$`, 's');
}

const rules = phrases.map(([english, japanese]) => ({ pattern: patternOf(english), japanese, recursive: english.includes('{*}') }));

/** A sentence that was said in English, in Japanese; several lines one by one. null: no phrase fits, so it is not known what it says. */
export function inJapanese(text: string): string | null {
  const whole = sentence(text);
  if (whole !== null) return whole;
  // The commands' own messages are in the language already.
  if (/[\u3041-\u30ff\u4e00-\u9fff]/.test(text)) return text;
  if (!text.includes('\n')) return null;
  const lines = text.split('\n').map(sentence);
  return lines.includes(null) ? null : lines.join('\n');
}

function sentence(text: string): string | null {
  for (const { pattern, japanese, recursive } of rules) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const values = found.slice(1);
    let next = 0;
    const said = japanese.replace(/\{(\d*|\*)\}/g, (_, which: string) =>
      which === '*' ? translatedLast(values) : (values[which === '' ? next++ : Number(which)] ?? ''),
    );
    if (!recursive || inJapanese(values.at(-1) ?? '') !== null) return said;
  }
  return null;
}

/** Where there is a text to translate it stands last. */
function translatedLast(values: readonly string[]): string {
  return inJapanese(values.at(-1) ?? '') ?? values.at(-1) ?? '';
}
