import { type SimulatorOptions, type SimulatorStats, startSimulator } from '@todoku/simulator';
import { obey } from './processes/obey.js';

/** The simulator in a process of its own. BENCH_SIMULATOR: its options as JSON. */
const simulator = await startSimulator(JSON.parse(process.env.BENCH_SIMULATOR ?? '{}') as SimulatorOptions);

obey(
  {
    url: (): string => simulator.url,
    stats: (): SimulatorStats => simulator.control.stats(),
    reset: (): void => simulator.control.reset(),
  },
  () => simulator.close(),
);
