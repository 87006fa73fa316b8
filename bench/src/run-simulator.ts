import { type Batch, type SimulatorOptions, type SimulatorStats, startSimulator } from '@todoku/simulator';
import { obey } from './processes/obey.js';
import { measuredTitle } from './setup/messages.js';

/** The simulator in a process of its own. BENCH_SIMULATOR: its options as JSON. */

/** When a measured message arrived, by its title: CLOCK_MONOTONIC in ms, the same for all processes of the machine. */
const arrivals = new Map<string, number>();

function noteArrivals({ messages, tMono }: Batch): void {
  for (const { title } of messages) {
    if (title?.startsWith(measuredTitle)) arrivals.set(title, tMono);
  }
}

const simulator = await startSimulator({
  ...(JSON.parse(process.env.BENCH_SIMULATOR ?? '{}') as SimulatorOptions),
  onAnswered: noteArrivals,
});

obey(
  {
    url: (): string => simulator.url,
    stats: (): SimulatorStats => simulator.control.stats(),
    arrivals: (): ReadonlyMap<string, number> => arrivals,
    reset: (): void => {
      simulator.control.reset();
      arrivals.clear();
    },
  },
  () => simulator.close(),
);
