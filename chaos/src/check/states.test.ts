import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ends, mayFollow, stateName } from './states.js';

const page = readFileSync(new URL('../../../docs/states.md', import.meta.url), 'utf8');
const codes = [1, 2, 10, 20, 21, 30, 31, 32, 33, 34, 35];

it('writes down the states of docs/states.md, and which of them end', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (ends)? ?\|/gm)].map(([, name, end]) => [name, end === 'ends']);
  expect(codes.map((code) => [stateName(code), ends(code)])).toEqual(rows);
});

it('allows the steps of docs/states.md, and from the queue those of sending too', () => {
  const steps = new Map(
    [...page.matchAll(/^\| `(\w+)` \| (`\w+`(?:, `\w+`)*) \|$/gm)].map(([, from = '', to = '']) => [
      from,
      to.replaceAll('`', '').split(', '),
    ]),
  );
  for (const from of codes) {
    const direct = steps.get(stateName(from)) ?? [];
    const allowed = stateName(from) === 'queued' ? [...direct, ...(steps.get('sending') ?? [])] : direct;
    expect([
      stateName(from),
      codes
        .filter((to) => mayFollow(from, to))
        .map(stateName)
        .toSorted(),
    ]).toEqual([stateName(from), [...new Set(allowed)].toSorted()]);
  }
});
