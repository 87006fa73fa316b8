import { Client } from 'pg';

/** One statement on a connection of its own. */
export async function query<Row extends object>(url: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await connect(url);
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A lost connection is told by the next statement; one that answers nothing within `ms` fails too. */
export async function connect(url: string, ms = 5000): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ms, query_timeout: ms });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
