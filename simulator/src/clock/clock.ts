/** Time as the simulator lives it. Tests move it; receipts and rates know no other time. */
export interface SimulatorClock {
  /** Unix time in milliseconds: what receipts' age is measured with. */
  wallMs(): number;
  /** Milliseconds that never go back: what rates are measured with. */
  monoMs(): number;
  /** Jumps both clocks forward. */
  advance(ms: number): void;
}

/** Follows the machine's clocks, plus every jump made by `advance`. */
export function createRealClock(): SimulatorClock {
  let jumped = 0;
  return {
    wallMs: () => Date.now() + jumped,
    monoMs: () => performance.now() + jumped,
    advance: (ms) => {
      jumped += ms;
    },
  };
}

/** Stands still at `startMs` (Unix milliseconds) and moves only by `advance`. */
export function createFrozenClock(startMs: number): SimulatorClock {
  let passed = 0;
  return {
    wallMs: () => startMs + passed,
    monoMs: () => passed,
    advance: (ms) => {
      passed += ms;
    },
  };
}
