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

interface Expectations {
  /** Versions of the migrations that this checkout has. */
  readonly migrations: readonly string[];
  /** Whether this process sends as well as answers. */
  readonly sends: boolean;
}

/**
 * Whether this process can do its part: the database answers, it has every migration of this checkout, and, where this process sends, a worker
 * has been heard of within a minute. A process that only answers is ready without a worker: what it takes in is durable and waits, and taking it
 * out of service would lose what callers send. That none is alive is told all the same.
 */
export async function checkReadiness(database: Queryable, { migrations, sends }: Expectations): Promise<Readiness> {
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
    return { ready: missing === 0 && (checks.workers === 'ok' || !sends), checks };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { ready: false, checks: { database: 'does not answer', migrations: 'not known', workers: 'not known' } };
  }
}
