import { afterEach } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator.js';

/** Starts simulators for the tests of a file and closes each after its test. Time is frozen unless a test asks otherwise. */
export function simulators(): (options?: SimulatorOptions) => Promise<Simulator> {
  const running: Simulator[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((simulator) => simulator.close()));
  });
  return async (options = {}) => {
    const simulator = await startSimulator({ clock: 'frozen', ledger: 'full', ...options });
    running.push(simulator);
    return simulator;
  };
}
