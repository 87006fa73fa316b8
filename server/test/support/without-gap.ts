import { expect } from 'vitest';
import type { Database, Queryable } from '../../src/database/database.js';

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

/** Resolves when so many sessions of the database wait for a lock, or when `orElse` says so. */
export async function waitForLocks(admin: Database, sessions: number, orElse: () => boolean = () => false): Promise<void> {
  await expect.poll(async () => orElse() || Number((await admin.rows(waiting))[0]?.[0]) === sessions, { timeout: 20_000 }).toBe(true);
}

const MOST = 20;

/**
 * Begins `write` while a transaction that did `share` is open, and ends each such transaction only when the next one has done it too, or waits. Resolves
 * when `write` has: true when it came through between them, false when it had to wait for the last one.
 */
export async function getsThrough(
  { database, admin }: { readonly database: Database; readonly admin: Database },
  share: (tx: Queryable) => Promise<unknown>,
  write: () => Promise<unknown>,
): Promise<boolean> {
  const hold = () => {
    const began = deferred();
    const end = deferred();
    let holds = false;
    const done = database.transaction(async (tx) => {
      await share(tx);
      holds = true;
      began.resolve();
      await end.promise;
    });
    return { began: began.promise, holds: () => holds, end: end.resolve, done };
  };
  let holder = hold();
  // Or hear of its failure.
  await Promise.race([holder.began, holder.done]);
  let written = false;
  const writing = write().then(() => {
    written = true;
  });
  await waitForLocks(admin, 1);
  let holders = 1;
  for (; holders < MOST && !written; holders++) {
    const next = hold();
    await waitForLocks(admin, 2, next.holds);
    holder.end();
    await holder.done;
    await Promise.race([next.began, writing]);
    holder = next;
  }
  holder.end();
  await Promise.all([holder.done, writing]);
  return holders < MOST;
}
