import type { Bench } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { createProductDatabase } from '../setup/product-database.js';
import { spread } from '../statistics.js';
import { playAlternating } from '../throughput/play-alternating.js';
import { productOn } from '../throughput/product.js';

const workerCounts = [1, 2, 3, 4];

/** The same work by one to four worker processes on one database, in turn. On few cores more of them can only share what there is. */
export async function measureScaling(bench: Bench): Promise<SuiteResult> {
  const { count, warmUp } = bench.options;
  const users = Math.max(count, warmUp);
  bench.say(`scaling: preparing ${users} users with encrypted tokens`);
  const database = await createProductDatabase(bench.postgres, 'scaling', users);
  const products = workerCounts.map((workers) => productOn(bench, database, { name: name(workers), workers }));
  try {
    // Only one of them may have workers at a time: they would take each other's work.
    const played = await playAlternating(
      bench,
      'scaling',
      products.map((product) => ({
        ...product,
        async renew() {
          for (const other of products) if (other !== product) await other.rest();
          await product.renew();
        },
      })),
    );
    const single = played[0]?.rounds ?? [];
    const figures = played.flatMap(({ contestant, rounds }, i): Figure[] => {
      const id = `scaling.${workerCounts[i]}`;
      const rate: Figure = {
        id,
        what: `Committed rows → recorded outcomes, ${contestant.name}`,
        unit: '/s',
        value: spread(rounds.map(({ perSecond }) => perSecond)),
        target: null,
      };
      if (i === 0) return [rate];
      const times = rounds.map(({ perSecond }, round) => perSecond / (single[round]?.perSecond ?? Number.NaN));
      return [rate, { ...rate, id: `${id}.times`, what: `${contestant.name} : one worker`, unit: '×', value: spread(times) }];
    });
    return { figures, details: { played: played.map(({ contestant, rounds, cold }) => ({ name: contestant.name, rounds, cold })) } };
  } finally {
    for (const product of products) await product.rest();
    await database.close();
  }
}

const name = (workers: number): string => (workers === 1 ? 'one worker' : `${workers} workers`);
