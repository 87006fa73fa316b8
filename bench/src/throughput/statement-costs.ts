import type { Database } from '@todoku/server/database/database.js';
import type { Round } from './contestant.js';

interface StatementCost {
  readonly statement: string;
  readonly calls: number;
  readonly microsecondsPerNotification: number;
}

export async function forgetCosts(admin: Database): Promise<void> {
  await admin.query('select pg_stat_statements_reset()');
}

/** Where Postgres spent its time since: the statements that took most, by their first words. Waiting counts too, so it is more than CPU. */
export async function costliest(admin: Database, notifications: number): Promise<StatementCost[]> {
  return await admin.query<StatementCost & object>(
    /* sql */ `
    select left(trim(regexp_replace(query, '\\s+', ' ', 'g')), 90) as statement, calls::int as calls,
      round((total_exec_time * 1000 / $1)::numeric, 2)::float8 as "microsecondsPerNotification"
    from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
    order by total_exec_time desc limit 12`,
    [notifications],
  );
}

/** Of the product's last round; `details`: of the throughput suite. */
export function printCosts(details: unknown): string {
  const { product } = details as { readonly product: readonly Round[] };
  const costs = (product.at(-1)?.details.statements ?? []) as readonly StatementCost[];
  const rows = costs.map(
    ({ statement, calls, microsecondsPerNotification }) =>
      `${microsecondsPerNotification.toFixed(2).padStart(12)}  ${String(calls).padStart(7)}  ${statement}`,
  );
  return ['µs each        calls  statement (time in Postgres, last round)', ...rows].join('\n');
}
