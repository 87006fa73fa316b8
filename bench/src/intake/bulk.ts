import type { Bench } from '../bench.js';
import type { Figure } from '../figures.js';
import { message } from '../setup/messages.js';
import { emptyProduct, type ProductDatabase, settle } from '../setup/product-database.js';
import { spread } from '../statistics.js';

/** As an app does it: from a table of its own, the rows' making included. $1: whose part of the table. */
const insertBulk = {
  name: 'insert_bulk',
  text: /* sql */ `
    insert into notifications (user_id, type, title, message, data)
    select user_id, $2, $3, $4, jsonb_build_object('screen', $5::text, 'n', n) from bench_audience where part = $1`,
};

/** Rows a second of one statement of many rows, alone and two at once. */
export async function measureBulk(bench: Bench, database: ProductDatabase): Promise<Figure[]> {
  const rows = bench.options.quick ? 10_000 : 100_000;
  const { admin } = database;
  await admin.query('create table bench_audience (part int, n int, user_id uuid)');
  await admin.query(
    'insert into bench_audience select part, n, gen_random_uuid() from generate_series(1, 2) part, generate_series(1, $1::int) n order by 1, 2',
    [rows],
  );
  await admin.query('create index on bench_audience (part)');
  await settle(admin, ['bench_audience']);
  const one: number[] = [];
  const two: number[] = [];
  // The first one is not counted: connections open, plans are made.
  for (let round = 0; round <= bench.options.rounds; round += 1) {
    const alone = await insertAtOnce(database, [1], rows);
    const both = await insertAtOnce(database, [1, 2], rows);
    if (round === 0) continue;
    one.push(alone);
    two.push(both);
    bench.say(
      `intake: round ${round}/${bench.options.rounds} by SQL: ${Math.round(alone)} rows/s, with two connections ${Math.round(both)}`,
    );
  }
  const figure = (id: string, connections: string, values: readonly number[], target: Figure['target']): Figure => ({
    id: `intake.bulk.${id}`,
    what: `Intake by SQL, ${rows.toLocaleString('en-US')} rows a statement, ${connections}`,
    unit: '/s',
    value: spread(values),
    target,
  });
  return [figure('one', 'one connection', one, { atLeast: 100_000 }), figure('two', 'two connections', two, null)];
}

async function insertAtOnce(database: ProductDatabase, parts: readonly number[], rows: number): Promise<number> {
  const { admin } = database;
  await emptyProduct(database);
  await admin.query('checkpoint');
  const { type, title, body, screen } = message;
  const start = performance.now();
  await Promise.all(parts.map((part) => admin.query(insertBulk, [part, type, title, body, screen])));
  const seconds = (performance.now() - start) / 1000;
  const [taken] = await admin.query<{ n: number }>('select coalesce(sum(n), 0)::int as n from push.outbox');
  if (taken?.n !== rows * parts.length) throw new Error(`the outbox has ${taken?.n} notifications of ${rows * parts.length}`);
  return (rows * parts.length) / seconds;
}
