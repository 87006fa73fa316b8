import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Binaries, completeLinks, copyBinaries, findBinaries } from './binaries.js';

let folder: string;
let binaries: Binaries;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'todoku-binaries-'));
  const root = join(folder, 'native');
  mkdirSync(join(root, 'lib'), { recursive: true });
  writeFileSync(join(root, 'lib', 'libx.so.1.2'), 'x');
  writeFileSync(join(root, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so' }]));
  binaries = { root, initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres'), relocatable: true };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes the links of the list, relative, and again without harm', () => {
  expect(completeLinks(binaries)).toBe(true);
  expect(completeLinks(binaries)).toBe(true);
  expect(readlinkSync(join(binaries.root, 'lib/libx.so'))).toBe('libx.so.1.2');
});

it('copies whole or not at all, over the remains of an interrupted copy', () => {
  const to = join(folder, 'copy');
  mkdirSync(`${to}.draft/lib`, { recursive: true });
  const copy = copyBinaries(binaries, to);
  expect(readFileSync(join(copy.root, 'lib/libx.so'), 'utf8')).toBe('x');
  expect(copyBinaries(binaries, to)).toEqual(copy);
  expect(lstatSync(`${to}.draft`, { throwIfNoEntry: false })).toBeUndefined();
});

it('finds the packaged binaries of this platform', () => {
  expect(findBinaries()).toMatchObject({ relocatable: true });
  expect(findBinaries('/opt/pg')).toMatchObject({ postgres: '/opt/pg/bin/postgres', relocatable: false });
});
