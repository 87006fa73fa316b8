import type { Client } from 'pg';
import type { Judgement } from '../verdict.js';

const tables = ['notifications', 'push_tokens', 'notification_settings'] as const;

interface Counted {
  readonly n: string;
}

/**
 * The half of truth 7 that is asked at the end: a signed-in user sees her own rows, changes nobody else's, and schema push is closed to her and to
 * strangers. Everything that the probes do is undone.
 */
export async function probeIsolation(judgement: Judgement, client: Client, users: readonly string[]): Promise<void> {
  await probeCatalogue(judgement, client);
  for (const user of users) {
    for (const table of tables) await probeTable(judgement, client, user, table);
  }
  const [owner = '00000000-0000-4000-8000-000000000000'] = users;
  for (const role of ['anon', 'authenticated']) await probeClosed(judgement, client, role, owner);
}

async function probeCatalogue(judgement: Judgement, client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; on: boolean; forced: boolean }>(
    /* sql */ `
    select relname as name, relrowsecurity as on, relforcerowsecurity as forced from pg_class
    where relnamespace = 'public'::regnamespace and relname = any($1::text[])`,
    [tables],
  );
  for (const { name, on, forced } of rows) {
    judgement.examined();
    if (!on) judgement.found('row_security_off', name);
    if (!forced) judgement.found('row_security_not_forced', name);
  }
  if (rows.length !== tables.length) judgement.found('table_missing', rows.map(({ name }) => name).join(', '));
}

async function probeTable(judgement: Judgement, client: Client, user: string, table: string): Promise<void> {
  judgement.examined();
  const truth = await client.query<Counted>(`select count(*) as n from public.${table} where user_id = $1`, [user]);
  const own = Number(truth.rows[0]?.n ?? 0);
  const seen = await as(
    client,
    'authenticated',
    user,
    `select count(*) as n, count(*) filter (where user_id <> '${user}') as others from public.${table}`,
  );
  if (seen === 'denied') {
    judgement.found('own_rows_denied', `${table} of ${user}`);
    return;
  }
  const { n = '0', others = '0' } = (seen[0] ?? {}) as { n?: string; others?: string };
  if (Number(others) > 0) judgement.found('others_rows_seen', `${user} sees ${others} rows of others in ${table}`);
  if (Number(n) - Number(others) !== own) judgement.found('own_rows_hidden', `${user} sees ${n} of her ${own} rows in ${table}`);
  for (const statement of [
    `update public.${table} set user_id = user_id where user_id <> '${user}' returning 1`,
    `update public.${table} set ${harmless[table]} where user_id <> '${user}' returning 1`,
    `delete from public.${table} where user_id <> '${user}' returning 1`,
  ]) {
    const changed = await as(client, 'authenticated', user, statement);
    if (changed !== 'denied' && changed.length > 0) judgement.found('others_rows_changed', `${user}: ${changed.length} by ${statement}`);
  }
}

/** What a user may change of her own rows. */
const harmless: Readonly<Record<string, string>> = {
  notifications: 'is_read = true',
  push_tokens: `locale = 'xx'`,
  notification_settings: 'push_enabled = false',
};

async function probeClosed(judgement: Judgement, client: Client, role: string, user: string): Promise<void> {
  for (const statement of [
    'select 1 from push.chunks',
    'select 1 from push.deliveries',
    'select 1 from push.api_keys',
    'select token_ciphertext from public.push_tokens',
    'delete from push.chunks returning 1',
    'update push.controls set paused = true returning 1',
    `insert into public.notifications (user_id, type, title) values ('${user}', 'probe', 'probe') returning 1`,
  ]) {
    judgement.examined();
    if ((await as(client, role, user, statement)) !== 'denied') judgement.found('open_to_strangers', `${role}: ${statement}`);
  }
}

/** The rows of a statement under a role with a user's claims, undone again; or that it was refused. */
async function as(client: Client, role: string, user: string, statement: string): Promise<readonly object[] | 'denied'> {
  await client.query('begin');
  try {
    const claims = JSON.stringify({ sub: user, role, aud: role });
    await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [claims, role]);
    return (await client.query(statement)).rows as object[];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') return 'denied';
    throw error;
  } finally {
    await client.query('rollback');
  }
}
