import { expect, it } from 'vitest';
import { makers } from './fault-kinds.js';
import { LOAD_FAULTS } from './load-faults.js';
import { CLOCKS_CHANGE, FAULTS, FROZEN_WITH_ANSWER, faultsOf } from './which-faults.js';

it('has every kind in some seed, each with a way to make it', () => {
  const expected = new Set([0, 1, 2].flatMap((seed) => faultsOf(seed, [], []).expected));
  expect(expected).toEqual(new Set(FAULTS));
  for (const fault of FAULTS) expect(makers.has(fault) || [CLOCKS_CHANGE, FROZEN_WITH_ANSWER, ...LOAD_FAULTS].includes(fault)).toBe(true);
});

it('does not ask for what the machine cannot do, and says so', () => {
  const { expected, scheduled, leftOut } = faultsOf(2, [], ['failover', 'database_clock_ahead']);
  expect(leftOut).toEqual(['failover', 'database_clock_ahead']);
  for (const names of [expected, scheduled]) expect(names).not.toContain('failover');
});

it('has nothing but what was asked for, and no fault when that is the failpoints alone', () => {
  expect(faultsOf(2, ['failover', 'failpoints'], [])).toMatchObject({ expected: ['failover'], scheduled: ['failover'] });
  expect(faultsOf(2, ['failpoints'], [])).toMatchObject({ expected: [], scheduled: [] });
});
