import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { startPeers } from '../peers/start-peers.js';
import { type Tuned, tune } from '../peers/tune.js';
import { median, type Spread, spread } from '../statistics.js';
import type { Round } from './contestant.js';
import { costFigures } from './costs.js';
import { type Played, playAlternating } from './play-alternating.js';
import { startProduct } from './product.js';

/** From committed rows to recorded outcomes: the product and what one would otherwise pick, in turn, on the same machine and simulator. */
export async function measureThroughput(bench: Bench): Promise<SuiteResult> {
  const { count, warmUp, productOnly } = bench.options;
  bench.say(`throughput: preparing ${Math.max(count, warmUp)} users with encrypted tokens`);
  const product = await startProduct(bench, Math.max(count, warmUp));
  const peers = productOnly
    ? null
    : await startPeers(bench).catch(async (error: unknown) => await product.stop().then(() => Promise.reject(error)));
  try {
    const tuned: Tuned[] = [];
    for (const peer of peers?.started ?? []) for (const line of peer.lines) tuned.push(await tune(bench, peer, line));
    const [ours, ...theirs] = await playAlternating(bench, 'throughput', [product, ...tuned.map(({ contestant }) => contestant)]);
    if (ours === undefined) throw new Error('the product was not played');
    const lines = tuned.map((line, i) => ({ ...line, played: theirs[i] ?? { ...ours, rounds: [], cold: [] } }));
    return {
      figures: [
        rateFigure('todoku', 'Committed rows → recorded outcomes, everything on', ours.rounds, { atLeast: 30_000 }),
        ...lines.map(({ line, played }) => rateFigure(`peer.${line.id}`, `The same by ${line.title}`, played.rounds, null)),
        ...lines.map(({ line, played }) => ratioFigure(line.id, line.title, ours, played)),
        ...bestFigures(ours, lines),
        ...coldFigures(ours, lines, warmUp),
        ...costFigures('throughput.todoku', product.name, 'worker', ours.rounds),
        ...lines.flatMap(({ peer, line, played }) =>
          costFigures(`throughput.peer.${line.id}`, line.title, 'own processes', played.rounds, peer.store),
        ),
      ],
      notes: peers?.missing ?? [],
      details: {
        product: ours.rounds,
        productCold: ours.cold,
        peers: lines.map(({ line, tried, played: { rounds, cold } }) => ({ id: line.id, tried, rounds, cold })),
      },
    };
  } finally {
    await product.stop();
    await peers?.stop();
  }
}

interface PlayedLine extends Tuned {
  readonly played: Played;
}

const rates = (rounds: readonly Round[]): number[] => rounds.map(({ perSecond }) => perSecond);

const rateFigure = (id: string, what: string, rounds: readonly Round[], target: Figure['target']): Figure => ({
  id: `throughput.${id}`,
  what,
  unit: '/s',
  value: spread(rates(rounds)),
  target,
});

/** Round by round: both were played one after the other, on the same machine in the same state. */
const ratios = (ours: Played, theirs: Played): Spread =>
  spread(ours.rounds.map(({ perSecond }, i) => perSecond / (theirs.rounds[i]?.perSecond ?? Number.NaN)));

const ratioFigure = (id: string, title: string, ours: Played, theirs: Played): Figure => ({
  id: `throughput.ratio.${id}`,
  what: `Todoku : ${title}`,
  unit: '×',
  value: ratios(ours, theirs),
  target: null,
});

/** Against whichever served best here of those that keep their work and record outcomes. */
function bestFigures(ours: Played, lines: readonly PlayedLine[]): Figure[] {
  const comparable = lines.filter(({ peer }) => peer.comparable);
  return [
    ...bestFigure(
      'best',
      'the best as documented',
      ours,
      comparable.filter(({ line }) => line.documented),
      { atLeast: 8 },
    ),
    ...bestFigure(
      'best.own',
      'the best with code of our own',
      ours,
      comparable.filter(({ line }) => !line.documented),
      null,
    ),
  ];
}

function bestFigure(id: string, which: string, ours: Played, lines: readonly PlayedLine[], target: Figure['target']): Figure[] {
  const rated = lines.map((line) => ({ line, rate: median(rates(line.played.rounds)) }));
  const [best] = rated.sort((a, b) => b.rate - a.rate);
  if (best === undefined) return [];
  const { line, played } = best.line;
  const what = `Todoku : ${which} (${line.title})`;
  return [{ id: `throughput.ratio.${id}`, what, unit: '×', value: ratios(ours, played), target }];
}

function coldFigures(ours: Played, lines: readonly PlayedLine[], warmUp: number): Figure[] {
  if (warmUp === 0) return [];
  const what = `cold, the first ${warmUp.toLocaleString('en-US')} of new processes`;
  return [
    rateFigure('cold.todoku', `Todoku ${what}`, ours.cold, null),
    ...lines.map(({ line, played }) => rateFigure(`cold.${line.id}`, `${line.title}, ${what}`, played.cold, null)),
  ];
}
