import { expect, it } from 'vitest';
import { readOptions, replayOf } from './options.js';

it('tells the command that runs the same again', () => {
  const options = readOptions(['--minutes', '2', '--only', 'kill_worker,failpoints'], 42);
  expect(replayOf(options)).toBe('npm run chaos -- --seed 42 --minutes 2 --only kill_worker,failpoints');
});

it('tells what can be asked when it is asked to, whatever else', () => {
  expect(readOptions(['--help', '--minutes', '2'], 1)).toMatchObject({ help: true });
  expect(readOptions([], 1)).toMatchObject({ help: false });
});

it.each([
  ['--seed', '-1'],
  ['--seed', 'x'],
  ['--minutes', '0'],
  ['--only', 'rain'],
  ['--colour', 'red'],
])('refuses %s %s', (...args) => {
  expect(() => readOptions(args, 1)).toThrow();
});
