/** Time as the system sees it; tests bring their own. */
export interface Clock {
  /** Wall clock, for what people read. */
  now(): Date;
  /** Milliseconds that never jump, for deadlines and durations. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
};
