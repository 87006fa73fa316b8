import type { Database, Queryable } from '../../src/database/database.js';
import { DatabaseError } from '../../src/database/database-error.js';

/** A role of the database and, of a user token, its claims; claims as text are set as they are. */
export interface Actor {
  readonly role: string;
  readonly claims?: Readonly<Record<string, unknown>> | string;
}

class RollBack extends Error {}

/** What `work` answers as this actor; all that it did is undone. */
export async function actingAs<T>(
  admin: Database,
  actor: Actor,
  work: (tx: Queryable) => Promise<T>,
  before?: (tx: Queryable) => Promise<unknown>,
): Promise<T> {
  const answers: T[] = [];
  const attempt = admin.transaction(async (tx) => {
    await before?.(tx);
    const claims = typeof actor.claims === 'string' ? actor.claims : JSON.stringify(actor.claims ?? {});
    await tx.query(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [claims, actor.role]);
    answers.push(await work(tx));
    throw new RollBack();
  });
  await attempt.catch((error: unknown) => {
    if (!(error instanceof RollBack)) throw error;
  });
  return answers[0] as T;
}

/** How many rows a statement touched or gave, or that it was denied (SQLSTATE 42501). The statement must give rows (`returning`). */
export async function touched(
  admin: Database,
  actor: Actor,
  sql: string,
  params: readonly unknown[] = [],
  before?: (tx: Queryable) => Promise<unknown>,
): Promise<number | 'denied'> {
  try {
    return await actingAs(admin, actor, async (tx) => (await tx.query(sql, params)).length, before);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '42501') return 'denied';
    throw error;
  }
}
