import type { Bench } from '../bench.js';
import type { Contestant } from '../throughput/contestant.js';
import { shareOf } from '../throughput/play-alternating.js';
import { playRound } from '../throughput/round.js';
import type { Line, Peer, Way } from './peer.js';

interface Tried {
  readonly way: Way;
  readonly perSecond: number;
}

export interface Tuned {
  readonly peer: Peer;
  readonly line: Line;
  readonly contestant: Contestant;
  readonly tried: readonly Tried[];
}

/** Lets a peer run once in every way with the backlog of the rounds to come, and keeps what served it best. */
export async function tune(bench: Bench, peer: Peer, line: Line): Promise<Tuned> {
  const tried: Tried[] = [];
  const [first] = line.ways;
  if (first === undefined) throw new Error(`${line.title}: no way to drive it`);
  if (line.ways.length > 1) {
    await peer.driven(line, first).renew();
    for (const way of line.ways) {
      const contestant = peer.driven(line, way);
      const { perSecond } = await playRound(bench, contestant, shareOf(contestant, bench.options.count));
      tried.push({ way, perSecond });
      bench.say(`throughput: ${line.title} with ${describe(way)}: ${Math.round(perSecond)}/s`);
    }
  }
  const [best] = [...tried].sort((a, b) => b.perSecond - a.perSecond);
  return { peer, line, contestant: peer.driven(line, best?.way ?? first), tried };
}

const describe = (way: Way): string =>
  Object.entries(way)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
