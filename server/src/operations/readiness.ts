import type { Queryable } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';

export interface Readiness {
  readonly ready: boolean;
  /** Each with 'ok' or what is wrong. */
  readonly checks: { readonly database: string; readonly migrations: string; readonly workers: string };
}

interface Facts {
  readonly missing: number;
  readonly workers: number;
}

/**
 * Whether this system can take notifications in and send them: the database answers, it has every migration of this checkout (`migrations`:
 * their versions), and some process that sends has been heard of within a minute.
 */
export async function checkReadiness(database: Queryable, migrations: readonly string[]): Promise<Readiness> {
  try {
    const [facts] = await database.query<Facts>(
      /* sql */ `
select cardinality($1::text[]) - (select count(*) from push.applied_migrations() v where v = any($1::text[])) as missing,
  (select count(*) from push.workers where 'worker' = any(roles) and stopped_at is null and heartbeat_at > now() - interval '1 minute') as workers`,
      [migrations],
    );
    const missing = facts?.missing ?? migrations.length;
    const checks = {
      database: 'ok',
      migrations: missing === 0 ? 'ok' : `${missing} missing`,
      workers: (facts?.workers ?? 0) > 0 ? 'ok' : 'none alive',
    };
    return { ready: Object.values(checks).every((check) => check === 'ok'), checks };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { ready: false, checks: { database: 'does not answer', migrations: 'not known', workers: 'not known' } };
  }
}
