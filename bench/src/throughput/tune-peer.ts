import type { Bench } from '../bench.js';
import type { Contestant } from './contestant.js';
import type { Peer, PeerWay } from './peer.js';
import { playRound } from './round.js';

/** One call of the SDK a fetch, as the documentation of both shows it. */
const plainWays: readonly PeerWay[] = [2, 4, 8, 16].map((loops) => ({ loops, batch: 100 }));
/** It sorts the whole backlog at each fetch, so larger fetches may serve it better; the SDK divides them again. */
const largeWays: readonly PeerWay[] = [
  { loops: 2, batch: 1000 },
  { loops: 4, batch: 1000 },
  { loops: 2, batch: 5000 },
];

interface Tried extends PeerWay {
  readonly perSecond: number;
}

export interface TunedPeer {
  readonly plain: Contestant;
  readonly large: Contestant;
  readonly tried: readonly Tried[];
}

/** Lets the peer run once in every way with the backlog of the rounds to come, and keeps what served it best. */
export async function tunePeer(bench: Bench, peer: Peer): Promise<TunedPeer> {
  const name = 'pg-boss + expo-server-sdk';
  const plain = await tryAll(bench, peer, plainWays);
  const large = await tryAll(bench, peer, largeWays);
  return {
    plain: peer.driven(name, best(plain)),
    large: peer.driven(`${name}, large fetches`, best(large)),
    tried: [...plain, ...large],
  };
}

async function tryAll(bench: Bench, peer: Peer, ways: readonly PeerWay[]): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const way of ways) {
    const { perSecond } = await playRound(bench, peer.driven('pg-boss + expo-server-sdk', way), bench.options.count);
    tried.push({ ...way, perSecond });
    bench.say(`throughput: pg-boss with ${way.loops} loops, fetching ${way.batch}: ${Math.round(perSecond)}/s`);
  }
  return tried;
}

function best(tried: readonly Tried[]): PeerWay {
  const [first] = [...tried].sort((a, b) => b.perSecond - a.perSecond);
  if (first === undefined) throw new Error('nothing was tried');
  return first;
}
