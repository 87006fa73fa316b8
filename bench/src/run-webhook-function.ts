import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool as Connections } from 'pg';
import { obey } from './processes/obey.js';
import { secondsToLive } from './setup/messages.js';

/** The function behind a database webhook, as Supabase's example of push notifications has it: the row's user, the token, one call of Expo. */
interface Payload {
  readonly record: { readonly user_id: string; readonly title: string; readonly body: string; readonly data: Record<string, unknown> };
}

const connections = 10;
const database = new Connections({ connectionString: process.env.DATABASE_URL, max: connections });
const tokenOfUser = { name: 'token_of_user', text: 'select expo_push_token as token from profiles where id = $1' };

async function push({ record }: Payload): Promise<unknown> {
  const { rows } = await database.query<{ token: string }>(tokenOfUser, [record.user_id]);
  const answer = await fetch(`${process.env.EXPO_BASE_URL}/--/api/v2/push/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      to: rows[0]?.token,
      title: record.title,
      body: record.body,
      data: record.data,
      ttl: secondsToLive,
      priority: 'high',
    }),
  });
  const tickets = (await answer.json()) as { readonly data?: { readonly status?: string } };
  if (tickets.data?.status !== 'ok') throw new Error(`the simulator answered ${answer.status}`);
  return tickets;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}

const server = createServer((request, response) => {
  textOf(request)
    .then((text) => push(JSON.parse(text) as Payload))
    .then(
      (tickets) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tickets)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

obey({ url: (): string => `http://127.0.0.1:${port}/` }, async () => {
  server.closeAllConnections();
  server.close();
  await database.end();
});
