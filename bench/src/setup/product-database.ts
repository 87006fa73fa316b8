import { randomUUID } from 'node:crypto';
import { plainArray, textArray } from '@todoku/server/database/array-literal.js';
import { connectDatabase } from '@todoku/server/database/connect-database.js';
import type { Database } from '@todoku/server/database/database.js';
import { migrate } from '@todoku/server/database/migrate.js';
import { silentLogger } from '@todoku/server/logging/logger.js';
import { makeKeyFile } from '@todoku/server/security/keyring-file.js';
import { LocalKeyring } from '@todoku/server/security/local-keyring.js';
import { message, tokenOf } from './messages.js';
import type { Postgres } from './postgres.js';

/** A migrated database with users, each with one encrypted device token. */
export interface ProductDatabase {
  /** Of the owner. */
  readonly url: string;
  /** The owner's connections. */
  readonly admin: Database;
  /** Ids of the users, in the order of their tokens (`tokenOf`). */
  readonly users: readonly string[];
  close(): Promise<void>;
}

const rowsAtOnce = 10_000;

interface TokenOptions {
  /** Default true; false: tokens as they are, for a worker that was changed to read them so. */
  readonly encrypted?: boolean;
}

export async function createProductDatabase(
  postgres: Postgres,
  name: string,
  users: number,
  { encrypted = true }: TokenOptions = {},
): Promise<ProductDatabase> {
  const url = await postgres.createDatabase(name);
  await migrate({ url, log: silentLogger });
  const admin = connectDatabase({ url, maxConnections: 8, applicationName: 'bench', log: silentLogger });
  await admin.query('create extension if not exists pg_stat_statements');
  const keyring = new LocalKeyring(await makeKeyFile(postgres.folder, silentLogger));
  const ids: string[] = [];
  while (ids.length < users) ids.push(...(await addUsers(admin, keyring, ids.length, Math.min(rowsAtOnce, users - ids.length), encrypted)));
  await admin.query('vacuum analyze push_tokens');
  return { url, admin, users: ids, close: () => admin.close() };
}

async function addUsers(admin: Database, keyring: LocalKeyring, first: number, count: number, encrypted: boolean): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, i) => ({ id: randomUUID(), user: randomUUID(), token: tokenOf(first + i) }));
  await admin.query(
    /* sql */ `
    insert into push_tokens (id, user_id, platform, token_ciphertext, token_hash, key_id)
    select i, u, 'ios', decode(c, 'hex'), decode(h, 'hex'), 1 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as x(i, u, c, h)`,
    [
      plainArray(rows.map((row) => row.id)),
      plainArray(rows.map((row) => row.user)),
      textArray(rows.map((row) => (encrypted ? keyring.encrypt(row.token, row.id) : Buffer.from(row.token)).toString('hex'))),
      textArray(rows.map((row) => keyring.hash(row.token).toString('hex'))),
    ],
  );
  return rows.map((row) => row.user);
}

/** Forgets every notification and all that came of it; users and tokens stay. */
export async function emptyProduct({ admin }: ProductDatabase): Promise<void> {
  await admin.query(/* sql */ `
    truncate notifications, push.outbox, push.held, push.chunks, push.receipt_batches, push.user_recent, push.decisions, push.deliveries,
      push.attempts, push.ledger_entries, push.ledger_totals`);
}

/** Commits `count` notifications: one for each user, then, when there are more, a second one with other data, and so on. */
export async function insertNotifications({ admin, users }: ProductDatabase, count: number): Promise<void> {
  for (let done = 0; done < count; ) {
    const from = done % users.length;
    const part = users.slice(from, from + Math.min(rowsAtOnce, count - done));
    await admin.query(
      /* sql */ `
      insert into notifications (user_id, type, title, message, data)
      select u, $2, $3, $4, jsonb_build_object('screen', $5::text, 'n', $6::int + nr) from unnest($1::uuid[]) with ordinality as x(u, nr)`,
      [plainArray(part), message.type, message.title, message.body, message.screen, done],
    );
    done += part.length;
  }
}

/** What autovacuum and the checkpointer would do soon, done now: so that it does not fall into one run and not into another. */
export async function settle(admin: Database, tables: readonly string[]): Promise<void> {
  for (const table of tables) await admin.query(`vacuum analyze ${table}`);
  await admin.query('checkpoint');
}
