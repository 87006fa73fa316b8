import { Pool as Connections } from 'pg';
import { Pool } from 'undici';
import { obey } from './processes/obey.js';

/**
 * pg_net's background worker, rebuilt: it takes up to its default of 200 requests out of the queue, posts them all at once, and keeps the
 * answers; then the next 200.
 */
const batch = 200;

interface Request {
  readonly id: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const database = new Connections({ connectionString: process.env.DATABASE_URL, max: 1 });
const pools = new Map<string, Pool>();

const takeRequests = {
  name: 'take_requests',
  text: /* sql */ `
    with r as (select id from net.http_request_queue order by id limit ${batch})
    delete from net.http_request_queue q using r where q.id = r.id returning q.*`,
};
const keepAnswers = {
  name: 'keep_answers',
  text: 'insert into net._http_response (id, status_code, content) select * from unnest($1::bigint[], $2::int[], $3::text[])',
};

/** Ends when the queue is empty. Returns how many were posted. */
async function drain(): Promise<number> {
  let posted = 0;
  for (;;) {
    const { rows } = await database.query<Request>(takeRequests);
    if (rows.length === 0) return posted;
    const answers = await Promise.all(rows.map(post));
    await database.query(keepAnswers, [
      rows.map(({ id }) => id),
      answers.map(({ status }) => status),
      answers.map(({ content }) => content),
    ]);
    posted += rows.length;
  }
}

async function post({ url, headers, body }: Request): Promise<{ readonly status: number; readonly content: string }> {
  const { origin, pathname } = new URL(url);
  const pool = pools.get(origin) ?? new Pool(origin, { connections: batch, pipelining: 1 });
  pools.set(origin, pool);
  const answer = await pool.request({ path: pathname, method: 'POST', headers, body });
  return { status: answer.statusCode, content: await answer.body.text() };
}

obey({ drain }, async () => {
  for (const pool of pools.values()) await pool.destroy();
  await database.end();
});
