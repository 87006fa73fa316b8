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

it('hands out what was never hit before what was, and nothing when it is over', () => {
  const deck = new FailpointDeck(5, FAILPOINTS, ['lease_recovery']);
  const given: string[] = [];
  while (given.length < FAILPOINTS.length) {
    const [name = '', action = ''] = deck.next()?.split(/[=@]/) ?? [];
    if (action !== 'kill9') continue;
    given.push(name);
    deck.hit(name);
  }
  expect(given[0]).toBe('lease_recovery');
  expect(new Set(given)).toEqual(new Set(FAILPOINTS));
  deck.end();
  expect(deck.next()).toBeNull();
});
