import { describe, expect, it } from 'vitest';
import { type Options, parseOptions, suiteNames } from './options.js';

function optionsOf(...args: string[]): Options {
  const parsed = parseOptions(args);
  if (parsed.kind !== 'run') throw new Error(parsed.kind === 'wrong' ? parsed.message : parsed.kind);
  return parsed.options;
}

describe('options', () => {
  it('measures everything at full size unless told otherwise', () => {
    expect(optionsOf()).toMatchObject({
      suites: suiteNames,
      count: 200_000,
      rounds: 5,
      warmUp: 20_000,
      backlog: [10_000, 100_000, 1_000_000],
      peersAskedFor: false,
      recipients: 1_000_000,
      postgres: null,
      quick: false,
    });
  });

  it('takes suites in the order in which they are measured', () => {
    expect(optionsOf('--only', 'xmin, throughput').suites).toEqual(['throughput', 'xmin']);
  });

  it('takes sizes and peers as lists', () => {
    expect(optionsOf('--backlog', '100, 5000', '--peers', 'bullmq,pg-boss', '--warm-up', '0')).toMatchObject({
      backlog: [100, 5000],
      peers: ['pg-boss', 'bullmq'],
      peersAskedFor: true,
      warmUp: 0,
    });
  });

  it('lets a size that is given win over the quick one', () => {
    expect(optionsOf('--quick', '--count', '500')).toMatchObject({ count: 500, rounds: 1 });
  });

  it.each([
    [['--only', 'speed'], /--only: "speed"/],
    [['--only', ''], /--only/],
    [['--count', '1e5'], /--count/],
    [['--rounds', '0'], /--rounds/],
    [['--backlog', '1000,'], /--backlog/],
    [['--peers', 'kafka'], /--peers: "kafka"/],
    [['--recipients=-1'], /--recipients/],
    [['--wat'], /--wat/],
    [['now'], /now/],
    [['--quick', '--write-docs'], /--write-docs/],
  ])('refuses %j', (args, message) => {
    expect(parseOptions(args)).toEqual({ kind: 'wrong', message: expect.stringMatching(message) });
  });
});
