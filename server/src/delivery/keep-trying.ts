import { DatabaseError } from '../database/database-error.js';

const TRIES = 20;
const MOST_WAIT_MS = 2000;

/**
 * Does again what the database did not take, for about half a minute: what is known of a chunk and not written becomes an unknown when its lease
 * runs out. Only for work that the epoch fences: a commit whose answer was lost is not done twice. `work` is told which try it is, from 1. Throws
 * the last error.
 */
export async function keepTrying<T>(work: (attempt: number) => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= TRIES || isRefusedForGood(error)) throw error;
      await sleep(Math.min(MOST_WAIT_MS, 100 * 2 ** attempt));
    }
  }
}

/** The values themselves are refused (SQLSTATE classes 22 and 23): no later try can pass. */
export function isRefusedForGood(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code.startsWith('22') || error.code.startsWith('23'));
}
