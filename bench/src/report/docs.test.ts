import { expect, it } from 'vitest';
import { spread } from '../statistics.js';
import { renderResult, withTable } from './docs.js';
import type { Result } from './result.js';

const result: Result = {
  quick: false,
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryGb: 8,
    system: 'Linux 6.1',
    node: '20.19.0',
    postgres: '18.4',
    postgresSettings: { jit: 'off' },
  },
  suites: {
    throughput: {
      figures: [
        { id: 'throughput.todoku', what: 'Rows', unit: '/s', value: spread([31_234, 29_000, 33_000]), target: { atLeast: 30_000 } },
        { id: 'latency', what: 'Wait', unit: 'ms', value: spread([12.34]), target: { atMost: 10 } },
      ],
      notes: ['somebody could not come'],
      details: {},
      startedAt: '2026-11-20T10:00:00.000Z',
      seconds: 61.2,
      loadBefore: 1.5,
      yardstick: { before: 101.2, after: 99 },
      rounds: 3,
      warmUp: 20_000,
      count: 200_000,
      recipients: 1_000_000,
    },
  },
};

it('says what was measured, how far it spread, and whether it is where it should be', () => {
  const text = renderResult(result);
  expect(text).toContain('| Rows | 31,200/s | 29,000 … 33,000 | ≥ 30,000/s | met |');
  expect(text).toContain('| Wait | 12.3 ms |  | ≤ 10 ms | **missed** |');
  expect(text).toContain('Some CPU, 2 cores, 8 GB');
  expect(text).toContain('`jit=off`');
  expect(text).toContain('- **throughput**: somebody could not come');
  expect(text).toContain('load average before 1.5 (the machine was not quiet), yardstick 101.2 → 99 ms');
});

it('does not call the load of the suite just before a machine that was not quiet', () => {
  const { throughput } = result.suites;
  if (throughput === undefined) throw new Error('there is no suite');
  const started = (startedAt: string) => ({
    ...result,
    suites: { throughput, latency: { ...throughput, startedAt, seconds: 9, loadBefore: 2 } },
  });
  expect(renderResult(started('2026-11-20T10:01:05.000Z'))).toContain('load average before 2 (of the suite just before)');
  expect(renderResult(started('2026-11-20T11:01:05.000Z'))).toContain('load average before 2 (the machine was not quiet)');
});

it('changes nothing outside the markers of the table', () => {
  const page = 'Before\n<!-- begin: made by npm run bench -- --write-docs -->\nold\n<!-- end -->\nAfter\n';
  expect(withTable(page, 'new')).toBe(page.replace('old', 'new'));
  expect(() => withTable('no markers', 'new')).toThrow('markers');
});
