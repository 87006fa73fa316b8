import type { Client } from 'pg';
import { filesBelow, SecretScanner } from '../secrets.js';
import { Judgement, type TruthVerdict } from '../verdict.js';

export interface SecrecyEvidence {
  readonly tokens: readonly string[];
  readonly keys: readonly (readonly [name: string, text: string])[];
  readonly files: readonly string[];
}

/** Truth 6: no token, key or secret stands in clear anywhere: not in a table, a log line or a file of data. */
export async function judgeSecrecy(client: Client, evidence: SecrecyEvidence): Promise<TruthVerdict> {
  const judgement = new Judgement(6, 'No plaintext token, key or secret in the database, the logs or the data');
  const scanner = new SecretScanner(evidence.tokens, evidence.keys);
  for (const table of await tablesOf(client)) await scanTable(judgement, client, scanner, table);
  for (const file of await filesBelow(evidence.files, () => false)) {
    judgement.examined();
    for (const secret of await scanner.scanFile(file).catch(() => new Set<string>()))
      judgement.found('secret_in_file', `${secret} in ${file}`);
  }
  return judgement.verdict();
}

async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    /* sql */ `
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    union all select 'pg_catalog.pg_stat_activity' order by 1`,
  );
  return rows.map(({ name }) => name);
}

const rowsAtOnce = 5000;

/** Every row as text, as a dump has it; binary columns are hexadecimal there, in which the scanner looks too. */
async function scanTable(judgement: Judgement, client: Client, scanner: SecretScanner, table: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`declare rows cursor for select t::text as line from ${table} t`);
    for (let more = true; more; ) {
      const { rows } = await client.query<{ line: string }>(`fetch ${rowsAtOnce} from rows`);
      more = rows.length === rowsAtOnce;
      judgement.examined(rows.length);
      for (const secret of scanner.scan(Buffer.from(rows.map(({ line }) => line).join('\n')))) {
        judgement.found('secret_in_table', `${secret} in ${table}`);
      }
    }
  } finally {
    await client.query('rollback');
  }
}
