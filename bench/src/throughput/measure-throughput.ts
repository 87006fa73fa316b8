import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { quantile, spread } from '../statistics.js';
import type { Contestant, Round } from './contestant.js';
import { costFigures, tellRound } from './costs.js';
import { type Peer, startPeer } from './peer.js';
import { startProduct } from './product.js';
import { playRound } from './round.js';

/** Concurrencies that the peer may choose from. */
const peerLoops = [2, 4, 8, 16];
/** Of a round: enough for compilers and caches to be warm. */
const warmUpShare = 0.25;

/** From committed rows to recorded outcomes: product and peer in turn, on the same machine, simulator and Postgres. */
export async function measureThroughput(bench: Bench): Promise<SuiteResult> {
  const { count, rounds, productOnly } = bench.options;
  const warmUp = Math.max(100, Math.ceil(count * warmUpShare));
  bench.say(`throughput: preparing ${count} users with encrypted tokens`);
  const product = await startProduct(bench, count);
  const peer = productOnly ? null : await startPeer(bench);
  try {
    const tried = peer === null ? [] : await tune(bench, peer, warmUp);
    await playRound(bench, product, warmUp);
    const played = new Map<Contestant, Round[]>([product, ...(peer === null ? [] : [peer])].map((one) => [one, []]));
    for (let round = 0; round < rounds; round += 1) {
      // Who goes first changes, so that neither always finds what the other left.
      const order = round % 2 === 0 ? [...played] : [...played].reverse();
      for (const [contestant, results] of order) {
        const result = await playRound(bench, contestant, count);
        results.push(result);
        tellRound(bench, `throughput: round ${round + 1}/${rounds} ${contestant.name}`, result, count);
      }
    }
    const ours = played.get(product) ?? [];
    const theirs = peer === null ? null : (played.get(peer) ?? []);
    return {
      figures: [
        ...rates(ours, theirs),
        ...costFigures('throughput.todoku', product.name, 'worker', ours, count),
        ...peerCosts(peer, theirs, count),
      ],
      details: { count, product: ours, peer: theirs === null ? null : { loops: peer?.loops, tried, rounds: theirs } },
    };
  } finally {
    await product.stop();
    await peer?.stop();
  }
}

/** Lets the peer run once at every concurrency, and keeps the one that served it best. */
async function tune(bench: Bench, peer: Peer, count: number): Promise<{ readonly loops: number; readonly perSecond: number }[]> {
  await playRound(bench, peer, count);
  const tried: { loops: number; perSecond: number }[] = [];
  for (const loops of peerLoops) {
    peer.loops = loops;
    const { perSecond } = await playRound(bench, peer, count);
    tried.push({ loops, perSecond });
    bench.say(`throughput: ${peer.name} with ${loops} loops: ${Math.round(perSecond)}/s`);
  }
  const best = quantile(
    tried.map((one) => one.perSecond),
    1,
  );
  peer.loops = tried.find((one) => one.perSecond === best)?.loops ?? peer.loops;
  return tried;
}

function rates(ours: readonly Round[], theirs: readonly Round[] | null): Figure[] {
  const perSecond = (rounds: readonly Round[]) => spread(rounds.map((round) => round.perSecond));
  const product: Figure = {
    id: 'throughput.todoku',
    what: 'Committed rows → recorded outcomes, everything on',
    unit: '/s',
    value: perSecond(ours),
    target: { atLeast: 30_000 },
  };
  if (theirs === null) return [product];
  const ratio = spread(ours.map((round, i) => round.perSecond / (theirs[i]?.perSecond ?? Number.NaN)));
  return [
    product,
    { id: 'throughput.peer', what: 'The same by pg-boss + expo-server-sdk', unit: '/s', value: perSecond(theirs), target: null },
    { id: 'throughput.ratio', what: 'Todoku : pg-boss + expo-server-sdk', unit: '×', value: ratio, target: { atLeast: 6 } },
  ];
}

function peerCosts(peer: Peer | null, rounds: readonly Round[] | null, count: number): Figure[] {
  return peer === null || rounds === null ? [] : costFigures('throughput.peer', peer.name, 'process', rounds, count);
}
