import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FAILPOINTS, FailpointDeck } from './failpoint-deck.js';

const source = fileURLToPath(new URL('../../../server/src/', import.meta.url));

it('knows every failpoint of the product', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file),
  );
  const called = files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/failpoint\('(\w+)'\)/g)].map(([, name]) => name),
  );
  expect(new Set(FAILPOINTS)).toEqual(new Set(called));
});

const deaths = (armed: string | null): string[] =>
  (armed ?? '').split(',').flatMap((one) => (one.includes('=kill9@') ? [one.split('=')[0] ?? ''] : []));
const common = (names: readonly string[]): string[] => names.filter((name) => /^before_plan|^before_outcome|^after_/.test(name));

it('hands out what is common one at a time, what was never hit before what was', () => {
  const deck = new FailpointDeck(5, FAILPOINTS, ['after_write']);
  const given: string[] = [];
  while (given.length < common(FAILPOINTS).length) {
    const [name, ...others] = common(deaths(deck.next()));
    expect(others).toEqual([]);
    if (name === undefined) continue;
    given.push(name);
    deck.hit(name);
  }
  expect(given[0]).toBe('after_write');
  expect(new Set(given)).toEqual(new Set(common(FAILPOINTS)));
});

it('arms every start with all that is seldom until it is hit, and lets workers die meanwhile', () => {
  const deck = new FailpointDeck(5, FAILPOINTS);
  const starts = (): string[][] => Array.from({ length: 40 }, () => deaths(deck.next())).filter((names) => names.length > 0);
  for (const name of FAILPOINTS) if (name !== 'lease_recovery') deck.hit(name);
  for (const names of starts()) expect([['lease_recovery'], []]).toContainEqual(names.slice(1));
  deck.hit('lease_recovery');
  const seldom = FAILPOINTS.filter((name) => common([name]).length === 0);
  for (const names of starts()) expect([new Set(seldom), new Set()]).toContainEqual(new Set(names.slice(1)));
});

it('freezes some, and hands out nothing when it is over or empty', () => {
  const deck = new FailpointDeck(5, FAILPOINTS);
  const frozen = Array.from({ length: 40 }, () => deck.next()).filter((armed) => armed?.includes('=stop@'));
  expect(frozen).toHaveLength(4);
  for (const armed of frozen) {
    const [, stop, dies, kill] = /^after_response=stop@(\d),(\w+)=kill9@(\d+)$/.exec(armed ?? '') ?? [];
    expect(common([dies ?? ''])).toEqual([dies]);
    expect(dies).not.toBe('after_response');
    expect(Number(kill)).toBeGreaterThan(Number(stop));
  }
  deck.end();
  expect(deck.next()).toBeNull();
  expect(new FailpointDeck(5, []).next()).toBeNull();
});
