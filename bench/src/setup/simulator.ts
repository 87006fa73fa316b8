import type { SimulatorOptions, SimulatorStats } from '@todoku/simulator';
import type { Processes } from '../processes/processes.js';

export interface Simulator {
  readonly url: string;
  /** Seconds of processor time so far. */
  cpu(): number;
  stats(): Promise<SimulatorStats>;
  /** When each message whose title begins with `measuredTitle` arrived: CLOCK_MONOTONIC in ms, by title. */
  arrivals(): Promise<ReadonlyMap<string, number>>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** The stand-in for Expo, without a rate limit unless the options say otherwise. */
export async function startBenchSimulator(processes: Processes, options: SimulatorOptions): Promise<Simulator> {
  const child = await processes.start({ module: 'run-simulator', env: { BENCH_SIMULATOR: JSON.stringify({ rate: null, ...options }) } });
  return {
    url: await child.ask<string>('url'),
    cpu: () => child.cpu(),
    stats: () => child.ask('stats'),
    arrivals: () => child.ask('arrivals'),
    reset: () => child.ask('reset'),
    stop: () => child.stop(),
  };
}
