import type { Bench } from './bench.js';
import type { SuiteResult } from './figures.js';
import type { SuiteName } from './options.js';
import { measureThroughput } from './throughput/measure-throughput.js';

export const suites: Readonly<Partial<Record<SuiteName, (bench: Bench) => Promise<SuiteResult>>>> = {
  throughput: measureThroughput,
};
