import type { LedgerEntry, SimulatorOptions, SimulatorStats } from '@todoku/simulator';
import { startChild } from '../processes/child.js';

export interface Simulator {
  readonly url: string;
  /** Seconds of processor time so far. */
  cpu(): number;
  stats(): Promise<SimulatorStats>;
  entries(): Promise<readonly LedgerEntry[]>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBenchSimulator(options: SimulatorOptions): Promise<Simulator> {
  const child = await startChild({ module: 'run-simulator', env: { BENCH_SIMULATOR: JSON.stringify({ rate: null, ...options }) } });
  return {
    url: await child.ask<string>('url'),
    cpu: () => child.cpu(),
    stats: () => child.ask('stats'),
    entries: () => child.ask('entries'),
    reset: () => child.ask('reset'),
    stop: () => child.stop(),
  };
}
