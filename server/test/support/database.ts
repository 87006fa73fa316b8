import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { expect, inject, vi } from 'vitest';
import { connectDatabase } from '../../src/database/connect-database.js';
import type { Database } from '../../src/database/database.js';
import { silentLogger } from '../../src/logging/logger.js';
import { databaseUrl } from './global-setup.js';

export interface BareDatabase {
  /** Of the owner, a superuser. */
  readonly url: string;
  /** Drops the database. Fails when a connection to it was left open. */
  close(): Promise<void>;
}

export interface TestDatabase extends BareDatabase {
  /** As the server has it: role todoku_worker. */
  readonly database: Database;
  /** The owner's connection. */
  readonly admin: Database;
}

/** A migrated database of one's own; usually one for a test file, in beforeAll and afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  const bare = await createDatabase(inject('postgres').template);
  const options = { url: bare.url, maxConnections: 5, log: silentLogger };
  const database = connectDatabase({ ...options, role: 'todoku_worker', applicationName: 'test' });
  const admin = connectDatabase({ ...options, applicationName: 'test admin' });
  return {
    url: bare.url,
    database,
    admin,
    async close() {
      await database.close();
      await admin.close();
      await bare.close();
    },
  };
}

/** An empty one, for what makes the schema itself. */
export function emptyDatabase(): Promise<BareDatabase> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<BareDatabase> {
  const { url, prefix } = inject('postgres');
  const name = `${prefix}${randomBytes(6).toString('hex')}`;
  await onServer(url, (server) => server.query(`create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)}`));
  return {
    url: databaseUrl(url, name),
    close: () =>
      onServer(url, async (server) => {
        const leaked = await connectionsLeft(server, name);
        await server.query(`drop database ${escapeIdentifier(name)} with (force)`);
        expect(leaked, 'connections left open').toEqual([]);
      }),
  };
}

/** Closed connections take a moment to leave the list. */
async function connectionsLeft(server: Client, name: string): Promise<string[]> {
  let left: string[] = [];
  const look = async (): Promise<void> => {
    const answer = await server.query<{ what: string }>(
      `select application_name || ': ' || left(query, 100) as what from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    left = answer.rows.map((row) => row.what);
    expect(left).toEqual([]);
  };
  await vi.waitFor(look, { timeout: 2_000, interval: 10 }).catch(() => undefined);
  return left;
}

async function onServer<T>(url: string, work: (server: Client) => Promise<T>): Promise<T> {
  const server = new Client({ connectionString: url });
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}
