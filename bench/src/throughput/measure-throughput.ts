import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { type Spread, spread } from '../statistics.js';
import type { Contestant, Round } from './contestant.js';
import { costFigures, tellRound } from './costs.js';
import { startPeer } from './peer.js';
import { startProduct } from './product.js';
import { playRound } from './round.js';
import { type TunedPeer, tunePeer } from './tune-peer.js';

/** From committed rows to recorded outcomes: product and peer in turn, on the same machine, simulator and Postgres. */
export async function measureThroughput(bench: Bench): Promise<SuiteResult> {
  const { count, productOnly } = bench.options;
  bench.say(`throughput: preparing ${count} users with encrypted tokens`);
  const product = await startProduct(bench, count);
  const peer = productOnly ? null : await startPeer(bench);
  try {
    const tuned = peer === null ? null : await tunePeer(bench, peer);
    // Not counted: compilers and caches warm up, as the peer's have by now.
    await playRound(bench, product, count);
    const contestants = [product, ...(tuned === null ? [] : [tuned.plain, tuned.large])];
    const [ours = [], plain = [], large = []] = await playRounds(bench, contestants);
    return {
      figures: [
        ...productFigures(ours),
        ...(tuned === null ? [] : peerFigures(tuned, ours, plain, large)),
        ...costFigures('throughput.todoku', product.name, 'worker', ours, count),
        ...(tuned === null ? [] : costFigures('throughput.peer', tuned.plain.name, 'process', plain, count)),
      ],
      details: { count, product: ours, peer: plain, peerLargeFetches: large, peerTried: tuned?.tried ?? [] },
    };
  } finally {
    await product.stop();
    await peer?.stop();
  }
}

/** The rounds of each contestant, in their order. */
async function playRounds(bench: Bench, contestants: readonly Contestant[]): Promise<Round[][]> {
  const { count, rounds } = bench.options;
  const results: Round[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, so that nobody always finds what the same one left.
    const order = contestants.map((contestant, i) => ({ contestant, played: results[i] ?? [] }));
    for (const { contestant, played } of round % 2 === 0 ? order : order.reverse()) {
      const result = await playRound(bench, contestant, count);
      played.push(result);
      tellRound(bench, `throughput: round ${round + 1}/${rounds} ${contestant.name}`, result, count);
    }
  }
  return results;
}

const rate = (rounds: readonly Round[]): Spread => spread(rounds.map((round) => round.perSecond));

function productFigures(ours: readonly Round[]): Figure[] {
  const what = 'Committed rows → recorded outcomes, everything on';
  return [{ id: 'throughput.todoku', what, unit: '/s', value: rate(ours), target: { atLeast: 30_000 } }];
}

function peerFigures(tuned: TunedPeer, ours: readonly Round[], plain: readonly Round[], large: readonly Round[]): Figure[] {
  const ratio = (theirs: readonly Round[]): Spread =>
    spread(ours.map((round, i) => round.perSecond / (theirs[i]?.perSecond ?? Number.NaN)));
  return [
    { id: 'throughput.peer', what: `The same by ${tuned.plain.name}`, unit: '/s', value: rate(plain), target: null },
    { id: 'throughput.peer.large', what: `The same by ${tuned.large.name}`, unit: '/s', value: rate(large), target: null },
    { id: 'throughput.ratio', what: `Todoku : ${tuned.plain.name}`, unit: '×', value: ratio(plain), target: { atLeast: 6 } },
    { id: 'throughput.ratio.large', what: `Todoku : ${tuned.large.name}`, unit: '×', value: ratio(large), target: null },
  ];
}
