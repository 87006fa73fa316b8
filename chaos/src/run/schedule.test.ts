import { expect, it } from 'vitest';
import { FAULTS, schedule } from './schedule.js';

const setting = { seed: 7, ms: 300_000, only: [], workers: 3, apis: 2 };

it('is the same for the same seed, and another for another', () => {
  expect(schedule(setting)).toEqual(schedule(setting));
  expect(schedule({ ...setting, seed: 8 })).not.toEqual(schedule(setting));
});

it('has every fault before any comes again', () => {
  const names = schedule(setting).map(({ fault }) => fault);
  expect(new Set(names.slice(0, FAULTS.length))).toEqual(new Set(FAULTS));
});

it('keeps to what was asked for, and refuses what it does not know', () => {
  expect(new Set(schedule({ ...setting, only: ['kill_worker'] }).map(({ fault }) => fault))).toEqual(new Set(['kill_worker']));
  expect(() => schedule({ ...setting, only: ['rain'] })).toThrow('rain');
});
