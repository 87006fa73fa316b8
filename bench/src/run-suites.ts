import type { Bench } from './bench.js';
import type { SuiteName } from './options.js';
import { loadAverage } from './report/machine.js';
import type { SuiteRecord } from './report/result.js';
import { yardstickMs } from './report/yardstick.js';
import { suites } from './suites.js';

/** One after another: measured together, they would measure each other. */
export async function runSuites(bench: Bench, loadBefore: number): Promise<Partial<Record<SuiteName, SuiteRecord>>> {
  const { suites: asked, rounds, warmUp, count, recipients } = bench.options;
  const records: Partial<Record<SuiteName, SuiteRecord>> = {};
  let before = yardstickMs();
  for (const name of asked) {
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const result = await suites[name](bench);
    const seconds = (performance.now() - start) / 1000;
    const yardstick = { before, after: yardstickMs() };
    bench.say(`${name}: yardstick ${yardstick.before} ms before, ${yardstick.after} ms after`);
    records[name] = { startedAt, seconds, loadBefore, yardstick, rounds, warmUp, count, recipients, ...result };
    before = yardstick.after;
  }
  bench.say(`load average: ${loadBefore} before, ${loadAverage()} after`);
  return records;
}
