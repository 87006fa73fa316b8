import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/database.js';
import { DatabaseError, isConnectionError } from '../database/database-error.js';
import { TodokuError } from '../errors/todoku-error.js';
import { commitKeyed, type KeyedOutcome, type KeyedRequest } from './commit-keyed.js';
import { GroupCommit } from './group-commit.js';
import type { NewNotification } from './new-notification.js';
import { insertNewNotifications } from './sql/insert-notifications.js';

/** One caller's notifications: all of them are in the same commit. */
interface PlainRequest {
  readonly items: readonly NewNotification[];
}

/** A commit answers for each of its requests; one request's refused value does not fail the others. */
type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export interface IntakeLimits {
  /** Commits under way at the same time, of each kind. */
  readonly writers: number;
  /** Notifications in one commit. */
  readonly mostAtOnce: number;
  /** Notifications that may wait for a commit, of each kind; about 5 kB each at worst. */
  readonly mostWaiting: number;
}

/** Two writers: one commit is prepared while the other waits for the disk. More only make the commits smaller. */
const intakeLimits: IntakeLimits = { writers: 2, mostAtOnce: 1000, mostWaiting: 10_000 };

/** About a second in all: a server that was told that a connection is gone needs far less. */
const PAUSES_MS = [20, 50, 100, 300, 500] as const;

/**
 * Writes accepted notifications, several requests in one commit. An answer means that it is committed; OVERLOADED means that nothing was.
 *
 * When the connection breaks during a commit nobody says whether it happened: a keyed request is tried again, which is what its key is for, and
 * for one without a key the ids tell, as soon as the database answers.
 */
export class NotificationIntake {
  readonly #database: Database;
  readonly #plain: GroupCommit<PlainRequest, Settled<boolean[]>>;
  readonly #keyed: GroupCommit<KeyedRequest, Settled<KeyedOutcome>>;
  readonly #keysUnderWay = new Set<string>();

  constructor(database: Database, limits: IntakeLimits = intakeLimits) {
    this.#database = database;
    this.#plain = new GroupCommit((requests) => this.#commitPlain(requests), limits);
    this.#keyed = new GroupCommit((requests) => this.#commitKeyed(requests), limits);
  }

  /** Says of each item whether it was taken; false: the id that its caller chose was used before. */
  async take(items: readonly NewNotification[]): Promise<readonly boolean[]> {
    return settledValue(await admitted(this.#plain.submit({ items }, items.length)));
  }

  /** Throws IDEMPOTENCY_KEY_BUSY and IDEMPOTENCY_KEY_REUSED. */
  async takeOnce(request: KeyedRequest): Promise<Exclude<KeyedOutcome, { readonly kind: 'refused' }>> {
    const key = `${request.key.owner}\u001f${request.key.key}`;
    if (this.#keysUnderWay.has(key)) throw new TodokuError('IDEMPOTENCY_KEY_BUSY');
    this.#keysUnderWay.add(key);
    try {
      const outcome = settledValue(await admitted(this.#keyed.submit(request, request.items.length)));
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome;
    } finally {
      this.#keysUnderWay.delete(key);
    }
  }

  async #commitPlain(requests: readonly PlainRequest[]): Promise<Settled<boolean[]>[]> {
    const items = requests.flatMap((request) => request.items);
    try {
      return shareOut(requests, await insertNewNotifications(this.#database, items));
    } catch (error) {
      if (isConnectionError(error)) return await this.#findOut(requests, error);
      return await oneByOne(requests, error, (alone) => this.#commitPlain(alone));
    }
  }

  /** Which of these were committed before the connection broke: all, or none. An id that a caller chose may be older than this commit. */
  async #findOut(requests: readonly PlainRequest[], lost: unknown): Promise<Settled<boolean[]>[]> {
    const ours = requests.flatMap(({ items }) => items).find((item) => !item.idGiven);
    const found =
      ours === undefined ? [] : await this.#database.rows('select 1 from public.notifications where id = $1', [ours.id]).catch(() => []);
    return requests.map(({ items }) =>
      found.length > 0 && !items.some((item) => item.idGiven) ? { ok: true, value: items.map(() => true) } : { ok: false, error: lost },
    );
  }

  async #commitKeyed(requests: readonly KeyedRequest[], again = false): Promise<Settled<KeyedOutcome>[]> {
    try {
      return (await commitKeyed(this.#database, requests)).map((value) => ({ ok: true, value }));
    } catch (error) {
      if (isConnectionError(error) && !again) return await this.#commitKeyedAgain(requests);
      return await oneByOne(requests, error, (alone) => this.#commitKeyed(alone, again));
    }
  }

  /** Until Postgres has noticed that the first try's connection is gone, that try may hold its keys: what is busy then is asked again. */
  async #commitKeyedAgain(requests: readonly KeyedRequest[]): Promise<Settled<KeyedOutcome>[]> {
    let settled = await this.#commitKeyed(requests, true);
    for (const pauseMs of PAUSES_MS) {
      const held = requests.filter((_, i) => isBusy(settled[i]));
      if (held.length === 0) break;
      await delay(pauseMs);
      const again = await this.#commitKeyed(held, true);
      settled = settled.map((one, i) => (isBusy(one) ? (again[held.indexOf(requests[i] as KeyedRequest)] ?? one) : one));
    }
    return settled;
  }
}

function isBusy(settled: Settled<KeyedOutcome> | undefined): boolean {
  return settled?.ok === true && settled.value.kind === 'refused' && settled.value.error.code === 'IDEMPOTENCY_KEY_BUSY';
}

/** What was taken of all items together, request by request. */
function shareOut(requests: readonly PlainRequest[], taken: readonly boolean[]): { readonly ok: true; readonly value: boolean[] }[] {
  let at = 0;
  return requests.map(({ items }) => {
    const value = taken.slice(at, at + items.length);
    at += items.length;
    return { ok: true, value };
  });
}

/** A value that the database refuses fails its own request only: the others of the commit are written without it. */
async function oneByOne<Request, Answer>(
  requests: readonly Request[],
  error: unknown,
  commit: (alone: readonly Request[]) => Promise<readonly Settled<Answer>[]>,
): Promise<Settled<Answer>[]> {
  if (!isRefusedValue(error)) throw error;
  if (requests.length === 1)
    return [{ ok: false, error: new TodokuError('INVALID_INPUT', { message: 'The database refuses a value.', cause: error }) }];
  const settled: Settled<Answer>[] = [];
  for (const request of requests)
    settled.push(...(await commit([request]).catch((cause: unknown) => [{ ok: false as const, error: cause }])));
  return settled;
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint violation). */
function isRefusedValue(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code);
}

function admitted<T>(submitted: Promise<T> | null): Promise<T> {
  if (submitted === null) throw new TodokuError('OVERLOADED');
  return submitted;
}

function settledValue<T>(settled: Settled<T>): T {
  if (!settled.ok) throw settled.error;
  return settled.value;
}
