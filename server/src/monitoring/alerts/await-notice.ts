import { setTimeout as delay } from 'node:timers/promises';
import type { Queryable } from '../../database/database.js';
import { requestDeadlineMs } from './routes/bounded-request.js';

/** What became of a message that somebody waits for. */
export interface NoticeFate {
  readonly ok: boolean;
  /** What came back; null: nothing within the time. */
  readonly answer: string | null;
  readonly error: string | null;
}

/** A sender looks every few seconds, and then has its deadline. */
const waitMs = requestDeadlineMs + 15_000;
const lookEveryMs = 200;

/** Waits until a message was sent by whichever process has its route, or its first attempt has failed. */
export async function awaitNotice(database: Queryable, id: string): Promise<NoticeFate> {
  for (const until = performance.now() + waitMs; performance.now() < until; await delay(lookEveryMs)) {
    const [notice] = await database.query<{ state: string; answer: string | null; error: string | null }>(
      /* sql */ `select state, answer, error from push.alert_notices where id = $1`,
      [id],
    );
    if (notice !== undefined && (notice.state !== 'waiting' || notice.error !== null)) {
      return { ok: notice.state === 'sent', answer: notice.answer, error: notice.error };
    }
  }
  return { ok: false, answer: null, error: `no process sent it within ${waitMs / 1_000} s` };
}
