import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.js';
import { silentLogger } from '../../src/logging/logger.js';
import { startTestServer } from './test-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: {
      /** Of a superuser; its database is not to be used. */
      readonly url: string;
      /** A migrated database to clone. */
      readonly template: string;
      /** Names of this run's databases start with it. */
      readonly prefix: string;
    };
  }
}

/**
 * One Postgres for the whole run: that of TEST_DATABASE_URL (a superuser's), or else our own, from the packaged binaries or from the
 * installation in TEST_POSTGRES (such as /usr/lib/postgresql/15). The answer ends the run and fails it when a test file did not
 * close its database.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.TEST_DATABASE_URL;
  const server = external === undefined ? await startTestServer(process.env.TEST_POSTGRES) : { url: external, stop: async () => undefined };
  const prefix = `todoku_test_${randomBytes(4).toString('hex')}_`;
  const template = `${prefix}template`;
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database ${escapeIdentifier(template)}`);
  await migrate({ url: databaseUrl(server.url, template), log: silentLogger });
  project.provide('postgres', { url: server.url, template, prefix });
  return async () => {
    const left = await admin.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of left.rows) await admin.query(`drop database ${escapeIdentifier(datname)} with (force)`);
    await admin.end();
    await server.stop();
    const unclosed = left.rows.map((row) => row.datname).filter((name) => name !== template);
    if (unclosed.length > 0) throw new Error(`test databases were not closed: ${unclosed.join(', ')}`);
  };
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
