import type { Database } from '@todoku/server/database/database.js';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { createProductDatabase, type ProductDatabase } from '../setup/product-database.js';
import { spread } from '../statistics.js';
import type { Contestant } from '../throughput/contestant.js';
import { type Played, playAlternating } from '../throughput/play-alternating.js';
import { type Product, productOn } from '../throughput/product.js';
import { until } from '../wait.js';
import { type Feature, features } from './feature.js';
import { patchedBuild } from './patched-build.js';

const pollMs = 20;

/** What each feature costs: the product as it is against copies of its build from which one feature was taken out, in turn. */
export async function measureFeatures(bench: Bench): Promise<SuiteResult> {
  const users = Math.max(bench.options.count, bench.options.warmUp);
  bench.say(`features: preparing ${users} users, with encrypted tokens and with plain ones`);
  const encrypted = await createProductDatabase(bench.postgres, 'features', users);
  const plain = await createProductDatabase(bench.postgres, 'features_plain', users, { encrypted: false });
  const whole = productOn(bench, encrypted);
  const without = features.map((feature) => takenOut(bench, feature.plainTokens === true ? plain : encrypted, feature));
  const all = [whole, ...without.map(({ product }) => product)];
  try {
    const contestants = [
      counted(bench, whole, all, false),
      ...without.map(({ feature, product }) => counted(bench, product, all, feature.unproven)),
    ];
    const [everything, ...rest] = await playAlternating(bench, 'features', contestants);
    if (everything === undefined) throw new Error('nothing was played');
    return {
      figures: [
        { id: 'features.all', what: 'Everything on, outcomes counted in the table', unit: '/s', value: rates(everything), target: null },
        ...without.flatMap(({ feature }, i) => figures(feature, everything, rest[i])),
      ],
      details: { played: [everything, ...rest].map(({ contestant, rounds, cold }) => ({ name: contestant.name, rounds, cold })) },
    };
  } finally {
    for (const product of all) await product.rest();
    await encrypted.close();
    await plain.close();
  }
}

function takenOut(bench: Bench, database: ProductDatabase, feature: Feature): { readonly feature: Feature; readonly product: Product } {
  const build = patchedBuild(bench.postgres.folder, feature);
  return { feature, product: productOn(bench, database, { name: `Todoku without ${feature.what}`, build }) };
}

/** Told by the outcomes' own table in every case, because the ledger does not add up in all of them. Only one has workers at a time. */
function counted({ simulator }: Bench, product: Product, all: readonly Product[], unproven = false): Contestant {
  return {
    ...product,
    async renew() {
      for (const other of all) await other.rest();
      await product.renew();
    },
    async run(count) {
      await Promise.all(product.processes().map((process) => process.ask('start')));
      await until(async () => (await simulator.stats()).accepted >= count, pollMs, timeLimitMs);
      await until(async () => (await countOutcomes(product.admin)) >= count, pollMs, timeLimitMs);
    },
    async check(count) {
      if (!unproven) return await product.check(count);
      await Promise.all(product.processes().map((process) => process.ask('stop')));
      const recorded = await countOutcomes(product.admin);
      if (recorded !== count) throw new Error(`${product.name} recorded ${recorded} outcomes of ${count}`);
    },
  };
}

async function countOutcomes(admin: Database): Promise<number> {
  const [row] = await admin.query<{ n: number }>('select count(*)::int as n from push.deliveries where state = 10');
  return row?.n ?? 0;
}

const rates = ({ rounds }: Played) => spread(rounds.map(({ perSecond }) => perSecond));

/** Processor time of worker and Postgres in a round, in µs a notification. */
const work = ({ rounds }: Played): number[] => rounds.map(({ cpu, count }) => ((cpu.sender + cpu.database) * 1e6) / count);

function figures(feature: Feature, everything: Played, played: Played | undefined): Figure[] {
  if (played === undefined) return [];
  const before = work(everything);
  const figure = (id: string, what: string, unit: Figure['unit'], values: readonly number[]): Figure => ({
    id: `features.${feature.id}.${id}`,
    what: `Without ${feature.what}: ${what}`,
    unit,
    value: spread(values),
    target: null,
  });
  return [
    { ...figure('rate', 'committed rows → recorded outcomes', '/s', []), value: rates(played) },
    figure(
      'cpu.saved',
      'CPU of worker and Postgres saved a notification',
      'µs',
      work(played).map((after, i) => (before[i] ?? Number.NaN) - after),
    ),
  ];
}
