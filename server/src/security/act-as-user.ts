import type { Database, Queryable } from '../database/database.js';
import type { User } from './user-jwt.js';

/**
 * Runs `work` as the user herself, as PostgREST does: role authenticated and her claims, until the end of the transaction only. Row level
 * security is the judge then, whatever the statements in `work` forget to ask.
 */
export async function actAsUser<T>(
  database: Database,
  user: Pick<User, 'userId' | 'claims'>,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  return await database.transaction(async (tx) => {
    const claims = JSON.stringify({ ...user.claims, sub: user.userId, role: 'authenticated' });
    await tx.rows(/* sql */ "select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)", [claims]);
    return await work(tx);
  });
}
