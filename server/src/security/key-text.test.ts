import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { parseKeys, printKeys } from './key-text.js';

const base64 = (): string => randomBytes(32).toString('base64');

it('reads keys in their order, the first being the primary, and the index key', () => {
  const [two, one, index] = [base64(), base64(), base64()];
  const parsed = parseKeys(`2:${two}, 1:${one},index:${index}`);
  expect(parsed.ok && parsed.keys.keys.map((key) => [key.id, key.secret.export().toString('base64')])).toEqual([
    [2, two],
    [1, one],
  ]);
  expect(parsed.ok && parsed.keys.indexKey?.export().toString('base64')).toBe(index);
});

it('reads what it prints, with comments and line ends', () => {
  const printed = printKeys({ keys: [{ id: 7, secret: createSecretKey(randomBytes(32)) }], indexKey: createSecretKey(randomBytes(32)) });
  const parsed = parseKeys(`# made at first start\r\n${printed}\n`);
  expect(parsed.ok && printKeys(parsed.keys)).toBe(printed);
});

it('holds keys in a form that does not print', () => {
  const key = base64();
  const parsed = parseKeys(`1:${key}`);
  expect(inspect(parsed, { depth: 9 }) + JSON.stringify(parsed)).not.toContain(Buffer.from(key, 'base64').toString('hex').slice(0, 8));
  expect(inspect(parsed, { depth: 9 })).toContain('SecretKeyObject');
});

it('takes base64 without padding', () => {
  expect(parseKeys(`1:${base64().replace('=', '')}`).ok).toBe(true);
});

it.each([
  ['', 'there is no numbered key in it'],
  [`index:${base64()}`, 'there is no numbered key in it'],
  [base64(), 'entry 1 is not of the form'],
  [`1:${randomBytes(31).toString('base64')}`, 'entry 1 is not the base64 of 32 bytes'],
  [`1:${base64().replace(/^./, '!')}`, 'entry 1 is not the base64 of 32 bytes'],
  [`0:${base64()}`, 'entry 1 has an id that is neither'],
  [`1:${base64()},2147483648:${base64()}`, 'entry 2 has an id that is neither'],
  [`one:${base64()}`, 'entry 1 has an id that is neither'],
  [`1:${base64()},1:${base64()}`, 'entry 2 repeats the id 1'],
  [`1:${base64()},index:${base64()},index:${base64()}`, 'entry 3 is a second index key'],
])('names what is wrong, without the key: %#', (text, problem) => {
  expect(parseKeys(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
});
