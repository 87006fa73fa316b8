import { expect, it } from 'vitest';
import { SCHEDULED } from './fault-kinds.js';
import { schedule } from './schedule.js';

const setting = { seed: 7, ms: 300_000, faults: SCHEDULED, first: [], fleet: { workers: 3, apis: 2 } };

it('is the same for the same seed, and another for another', () => {
  expect(schedule(setting)).toEqual(schedule(setting));
  expect(schedule({ ...setting, seed: 8 })).not.toEqual(schedule(setting));
});

it('has every fault before any comes again, and what was asked for before all', () => {
  const names = schedule({ ...setting, first: ['failover', 'kill_api'] }).map(({ fault }) => fault);
  expect(new Set(names.slice(0, SCHEDULED.length))).toEqual(new Set(SCHEDULED));
  expect(new Set(names.slice(0, 2))).toEqual(new Set(['failover', 'kill_api']));
});

it('keeps to what was asked for, and refuses what it does not know', () => {
  expect(new Set(schedule({ ...setting, faults: ['kill_worker'] }).map(({ fault }) => fault))).toEqual(new Set(['kill_worker']));
  expect(() => schedule({ ...setting, faults: ['rain'] })).toThrow('rain');
});
