import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, SecretScanner } from './secrets.js';

const token = 'ExponentPushToken[abcdefghijklmnop]';
const key = 'td_key/with+signs=';
const scanner = new SecretScanner([token], [['key', key]]);
const scan = (text: string): string[] => [...scanner.scan(Buffer.from(text))];

it.each([
  ['the token', `x ${token} y`, 'token …mnop'],
  ['its inside', 'to: abcdefghijklmnop,', 'token …mnop'],
  ['the token in hexadecimal', Buffer.from(token).toString('hex'), 'ExponentPushToken[… in disguise'],
  ['the key', `"${key}"`, 'key'],
  ['the key in a URL', `?k=${encodeURIComponent(key)}`, 'key'],
  ['the key in hexadecimal', Buffer.from(`-${key}-`).toString('hex'), 'key'],
  ...[0, 1, 2].map((n) => [`the key in base64, ${n} bytes in`, Buffer.from(`${'-'.repeat(n)}${key}--`).toString('base64'), 'key']),
])('finds %s', (_what, text, name) => {
  expect(scan(text ?? '')).toEqual([name]);
});

it.each(['ExponentPushToken[…mnop]', 'abcdefghijklmno', 'abcdefghijklmnopq', 'td_key', ''])('takes %j for no secret', (text) => {
  expect(scan(text)).toEqual([]);
});

it('finds what lies across two pieces of a file, in every folder below', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-scan-'));
  await writeFile(join(folder, 'a'), `${'.'.repeat((1 << 20) - 20)}${token}${'.'.repeat(100)}`);
  expect(await filesBelow([folder, join(folder, 'none')], () => false)).toEqual([join(folder, 'a')]);
  expect(await scanner.scanFile(join(folder, 'a'))).toEqual(new Set(['token …mnop']));
  await rm(folder, { recursive: true });
});
