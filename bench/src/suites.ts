import { measureBacklog } from './backlog/measure-backlog.js';
import type { Bench } from './bench.js';
import { measureFeatures } from './features/measure-features.js';
import type { SuiteResult } from './figures.js';
import { measureHistory } from './history/measure-history.js';
import { measureIntake } from './intake/measure-intake.js';
import { measureLatency } from './latency/measure-latency.js';
import { measureMemory } from './memory/measure-memory.js';
import type { SuiteName } from './options.js';
import { measureScaling } from './scaling/measure-scaling.js';
import { measureBounds } from './throughput/measure-bounds.js';
import { measureThroughput } from './throughput/measure-throughput.js';
import { measureTuning } from './tuning/measure-tuning.js';
import { measureXmin } from './xmin/measure-xmin.js';

export const suites: Readonly<Record<SuiteName, (bench: Bench) => Promise<SuiteResult>>> = {
  throughput: measureThroughput,
  bounds: measureBounds,
  scaling: measureScaling,
  latency: measureLatency,
  intake: measureIntake,
  memory: measureMemory,
  backlog: measureBacklog,
  history: measureHistory,
  features: measureFeatures,
  xmin: measureXmin,
  tuning: measureTuning,
};
