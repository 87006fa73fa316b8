import { connectDatabase } from '@todoku/server/database/connect-database.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { type Bench, timeLimitMs } from '../bench.js';
import type { Child } from '../processes/child.js';
import { message, tokenOf } from '../setup/messages.js';
import { settle } from '../setup/product-database.js';
import type { Contestant } from '../throughput/contestant.js';
import type { Line, Peer } from './peer.js';

/**
 * A database webhook as Supabase has them, rebuilt part by part: a trigger queues a request for each row (pg_net's `net.http_post`), a
 * background worker posts them and keeps the answers (`run-webhook-net.ts`), and a function looks the token up and calls Expo once
 * (`run-webhook-function.ts`), as Supabase's own example of push notifications does.
 *
 * Kinder than the original: the function lives in a warm process and asks Postgres over a pool of connections, without an edge runtime, a
 * gateway, JWTs or PostgREST. Less kind: pg_net is C and libcurl, this worker is JavaScript with undici.
 */
const line: Line = { id: 'webhook', documented: true, title: 'database webhook: one POST a row, one request a row', ways: [{}] };

/** It is so slow that rounds of a tenth say the same. */
const share = 0.1;
const rowsAtOnce = 10_000;

const schema = /* sql */ `
create table profiles (id uuid primary key, expo_push_token text not null);
create table notifications (id bigint generated always as identity primary key, user_id uuid not null, title text not null, body text not null, data jsonb not null);
create schema net;
create unlogged table net.http_request_queue (id bigint generated always as identity, url text not null, headers jsonb not null, body text not null);
create unlogged table net._http_response (id bigint, status_code int, content text, created timestamptz not null default now());
create index on net._http_response (created);
create function queue_request() returns trigger language plpgsql as $$
begin
  insert into net.http_request_queue (url, headers, body)
  values (tg_argv[0], '{"content-type": "application/json"}',
    jsonb_build_object('type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema, 'record', to_jsonb(new), 'old_record', null)::text);
  return new;
end $$`;

const fillRows = /* sql */ `
insert into notifications (user_id, title, body, data)
select md5(n::text)::uuid, $3, $4, jsonb_build_object('screen', $5::text, 'n', n) from generate_series($1::int, $2::int) n`;

const addProfiles =
  'insert into profiles select md5(n::text)::uuid, t from unnest($1::int[], $2::text[]) as x(n, t) on conflict do nothing';

export async function startWebhook(bench: Bench): Promise<Peer> {
  const url = await bench.postgres.createDatabase('peer_webhook');
  const admin = connectDatabase({ url, maxConnections: 2, applicationName: 'bench', log: silentLogger });
  await admin.query(schema);
  let functions: Child | null = null;
  let net: Child | null = null;
  let profiles = 0;

  const stopBoth = async (): Promise<void> => {
    await net?.stop();
    await functions?.stop();
  };
  const both = (): readonly Child[] => {
    if (net === null || functions === null) throw new Error('the webhook was not started');
    return [net, functions];
  };
  const contestant: Contestant = {
    name: line.title,
    share,
    async renew() {
      await stopBoth();
      functions = await bench.processes.start({
        module: 'run-webhook-function',
        env: { DATABASE_URL: url, EXPO_BASE_URL: bench.simulator.url },
      });
      net = await bench.processes.start({ module: 'run-webhook-net', env: { DATABASE_URL: url } });
      await admin.query(`create or replace trigger push after insert on notifications
        for each row execute function queue_request('${await functions.ask<string>('url')}')`);
    },
    async prepare(count) {
      await admin.query('truncate notifications, net.http_request_queue, net._http_response');
      for (; profiles < count; profiles += rowsAtOnce) {
        const numbers = Array.from({ length: rowsAtOnce }, (_, i) => profiles + i);
        await admin.query(addProfiles, [`{${numbers}}`, `{${numbers.map((n) => `"${tokenOf(n)}"`)}}`]);
      }
      await admin.query(fillRows, [0, count - 1, message.title, message.body, message.screen]);
      await settle(admin, ['notifications', 'net.http_request_queue', 'profiles']);
    },
    async run(count) {
      await both()[0]?.ask('drain', count, timeLimitMs);
    },
    async check(count) {
      const [row] = await admin.query<{ n: number }>('select count(*)::int as n from net._http_response where status_code = 200');
      if (row?.n !== count) throw new Error(`the webhook has ${row?.n} good answers of ${count}`);
    },
    cpu: () => both().reduce((total, child) => total + child.cpu(), 0),
  };
  return {
    name: 'webhook',
    lines: [line],
    comparable: true,
    store: 'Postgres',
    driven: () => contestant,
    async stop() {
      await stopBoth();
      await admin.close();
    },
  };
}
