import { Client } from 'pg';
import type { Bench } from '../bench.js';
import type { ProductDatabase } from '../setup/product-database.js';

const days = 30;
const rowsAtOnce = 500_000;
/** As many requests as a hundred recipients each take. */
const perRequest = 100;

/**
 * One day's part of each table, by the server alone, on two connections at a time. $1 rows, $2 how many days ago. What came of a notification
 * has ids of its own: nothing reads across a month.
 */
const fillDay = {
  notifications: [
    /* sql */ `
    insert into notifications (id, user_id, type, title, message, created_at)
    select gen_random_uuid(), md5((n % 1000000)::text)::uuid, 'reminder', 'Feeding time', 'It has been three hours.',
      date_trunc('day', now()) - make_interval(days => $2::int) + n * interval '1 second' * (80000.0 / $1::int)
    from generate_series(1, $1::int) n`,
  ],
  'what came of them': [
    /* sql */ `
    insert into push.deliveries (delivery_id, at, state, chunk_id, notification_id, created_at, token_id, ticket_id)
    select -n::bigint, x.at, 10, -(n / ${perRequest})::bigint, gen_random_uuid(), x.at, gen_random_uuid(), gen_random_uuid()::text
    from generate_series(1, $1::int) n, lateral (
      select date_trunc('day', now()) - make_interval(days => $2::int) + n * interval '1 second' * (80000.0 / $1::int) as at) x`,
    /* sql */ `
    insert into push.decisions (notification_id, created_at, decided_at, verdict, first_delivery, deliveries)
    select gen_random_uuid(), x.at, x.at, 1, -n::bigint, 1
    from generate_series(1, $1::int) n, lateral (
      select date_trunc('day', now()) - make_interval(days => $2::int) + n * interval '1 second' * (80000.0 / $1::int) as at) x`,
    /* sql */ `
    insert into push.attempts (chunk_id, epoch, project_id, lane, worker, at, duration_ms, recipients, outcome, http_status, accepted)
    select -n::bigint, 1, 1, 1, 'bench', date_trunc('day', now()) - make_interval(days => $2::int) + n * interval '1 second' * (80000.0 / $1::int),
      40, ${perRequest}, 'answered', 200, ${perRequest}
    from generate_series(1, greatest(1, $1::int / ${perRequest})) n`,
  ],
};

/**
 * Lays down what `rows` notifications of the past 30 days leave behind, in the partitions of their days: themselves, their decisions, one
 * outcome each, and the requests. Without triggers, so that nothing is sent again.
 */
export async function fillHistory(bench: Bench, database: ProductDatabase, rows: number): Promise<void> {
  await withClient(database, async (client) => {
    await client.query(`select push.ensure_partitions(now() - interval '${days + 2} days')`);
    const parts = Object.entries(fillDay).map(([what, statements]) =>
      withClient(database, (own) => fillDays(bench, own, rows, what, statements)),
    );
    await Promise.all(parts);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  });
}

async function fillDays(bench: Bench, client: Client, rows: number, what: string, statements: readonly string[]): Promise<void> {
  const ofDay = Math.ceil(rows / days);
  for (let day = 1; day <= days; day += 1) {
    for (let done = 0; done < ofDay; done += rowsAtOnce) {
      for (const statement of statements) await client.query(statement, [Math.min(rowsAtOnce, ofDay - done), day]);
    }
    if (day % 5 === 0) bench.say(`history: ${what}: ${Math.min(rows, ofDay * day)} of ${rows}`);
  }
}

async function withClient(database: ProductDatabase, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: database.url, application_name: 'bench: history' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    await work(client);
  } finally {
    await client.end();
  }
}
