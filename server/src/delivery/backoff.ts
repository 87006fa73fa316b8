const FIRST_MS = 1000;
const MOST_MS = 300_000;

/** Exponential with full jitter (half of it kept as a floor): 1 s, 2 s, 4 s … 5 min. `attempt` counts from 0. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
