import type { Database } from '@todoku/server/database/database.js';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Figure, SuiteResult } from '../figures.js';
import { settle } from '../setup/product-database.js';
import { type Spread, spread } from '../statistics.js';
import { startProduct } from './product.js';
import { playRound } from './round.js';

const connections = 2;
const rowsAtOnce = 1000;

/** What this machine allows: the wire alone, and Postgres writing the same outcomes alone. */
export async function measureBounds(bench: Bench): Promise<SuiteResult> {
  const { rounds } = bench.options;
  const http: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    http.push(await sendBare(bench));
    bench.say(`bounds: round ${round}/${rounds} bare HTTP: ${Math.round(http.at(-1) ?? 0)}/s`);
  }
  const { postgres, ours } = await insertBare(bench);
  const both = spread(http.map((rate, i) => 1 / (1 / rate + 1 / (postgres[i] ?? Number.NaN))));
  const figure = (id: string, what: string, value: Spread): Figure => ({ id: `bounds.${id}`, what, unit: '/s', value, target: null });
  return {
    figures: [
      figure('http', 'Bound: bare HTTP, bodies made before', spread(http)),
      figure('postgres', 'Bound: bare insert of the same outcomes, 2 connections', spread(postgres)),
      figure('both', 'Bound: both, one after the other', both),
      {
        id: 'bounds.share',
        what: 'Todoku, of what both bounds together allow',
        unit: '%',
        value: spread(ours.map((rate, i) => (100 * rate) / (both.values[i] ?? Number.NaN))),
        target: { atLeast: 50 },
      },
    ],
    details: { http, postgres, ours },
  };
}

/** Requests a second times their messages. The process is new each time, as its compiled code would favour later rounds. */
async function sendBare({ options, simulator, processes }: Bench): Promise<number> {
  const child = await processes.start({ module: 'run-bare-http' });
  try {
    await child.ask('prepare', options.count, timeLimitMs);
    await simulator.reset();
    const start = performance.now();
    await child.ask('send', simulator.url, timeLimitMs);
    const seconds = (performance.now() - start) / 1000;
    const { accepted } = await simulator.stats();
    if (accepted !== options.count) throw new Error(`the simulator took ${accepted} of ${options.count} bare messages`);
    return options.count / seconds;
  } finally {
    await child.stop();
  }
}

/** Rows that the product itself recorded in rounds of its own, inserted again into a table like theirs: by the server alone, no row crosses a connection. */
async function insertBare(bench: Bench): Promise<{ readonly postgres: number[]; readonly ours: number[] }> {
  const { count, rounds, warmUp } = bench.options;
  bench.say('bounds: recording outcomes to insert again');
  const product = await startProduct(bench, count);
  try {
    await product.renew();
    if (warmUp > 0) await playRound(bench, product, Math.min(warmUp, count));
    const ours: number[] = [];
    for (let round = 1; round <= rounds; round += 1) ours.push((await playRound(bench, product, count)).perSecond);
    const { admin } = product;
    await admin.query(/* sql */ `
      create table staged as select row_number() over () as n, d as outcome from push.deliveries d where state = 10`);
    await admin.query('create unique index on staged (n)');
    await admin.query('create table outcomes (like push.deliveries including all)');
    await settle(admin, ['staged', 'push.deliveries']);
    const rates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      await admin.query('truncate outcomes');
      await admin.query('checkpoint');
      const start = performance.now();
      await copyStaged(admin, count);
      rates.push(count / ((performance.now() - start) / 1000));
      bench.say(`bounds: round ${round}/${rounds} bare inserts: ${Math.round(rates.at(-1) ?? 0)}/s`);
    }
    const [row] = await admin.query<{ n: number }>('select count(*)::int as n from outcomes');
    if (row?.n !== count) throw new Error(`${row?.n} outcomes were inserted, of ${count}`);
    return { postgres: rates, ours };
  } finally {
    await product.stop();
  }
}

async function copyStaged(admin: Database, count: number): Promise<void> {
  let next = 1;
  const loop = async (): Promise<void> => {
    for (let from = next; from <= count; from = next) {
      next += rowsAtOnce;
      await admin.query(insertStaged, [from, from + rowsAtOnce - 1]);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
}

const insertStaged = {
  name: 'insert_staged',
  text: 'insert into outcomes select (outcome).* from staged where n between $1 and $2',
};
