import type { Database } from '@todoku/server/database/database.js';

interface StatementCost {
  readonly statement: string;
  readonly calls: number;
  readonly microsecondsPerNotification: number;
}

export async function forgetCosts(admin: Database): Promise<void> {
  await admin.query('select pg_stat_statements_reset()');
}

/** Where Postgres spent its time since: the statements that took most, by their first words. */
export async function costliest(admin: Database, notifications: number): Promise<StatementCost[]> {
  return await admin.query<StatementCost & object>(
    /* sql */ `
    select left(regexp_replace(query, '\\s+', ' ', 'g'), 70) as statement, calls::int as calls,
      round((total_exec_time * 1000 / $1)::numeric, 2)::float8 as "microsecondsPerNotification"
    from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
    order by total_exec_time desc limit 10`,
    [notifications],
  );
}
