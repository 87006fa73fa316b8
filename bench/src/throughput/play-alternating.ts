import type { Bench } from '../bench.js';
import type { Contestant, Round } from './contestant.js';
import { tellRound } from './costs.js';
import { playRound } from './round.js';

export interface Played {
  readonly contestant: Contestant;
  readonly rounds: readonly Round[];
  /** The warm-up of each round: what new processes reach at first. Empty without a warm-up, as the rounds are cold then. */
  readonly cold: readonly Round[];
}

/**
 * Every contestant in every round, in processes of their own that are new in each round: first the warm-up, the same number for everyone,
 * then what is timed. Who goes first changes, so that nobody always finds what the same one left.
 */
export async function playAlternating(bench: Bench, what: string, contestants: readonly Contestant[]): Promise<Played[]> {
  const { count, rounds, warmUp } = bench.options;
  const played = contestants.map((contestant) => ({ contestant, rounds: [] as Round[], cold: [] as Round[] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { contestant, rounds: timed, cold } of round % 2 === 1 ? played : [...played].reverse()) {
      await contestant.renew();
      if (warmUp > 0) cold.push(await playRound(bench, contestant, warmUp));
      const result = await playRound(bench, contestant, shareOf(contestant, count));
      timed.push(result);
      tellRound(bench, `${what}: round ${round}/${rounds} ${contestant.name}`, result);
    }
  }
  return played;
}

export const shareOf = ({ share = 1 }: Contestant, count: number): number => Math.max(1, Math.round(count * share));
