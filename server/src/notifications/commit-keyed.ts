import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import { claimKeys, type IdempotencyKey, type KeyState, readKeys, type StoredAnswer, storeKeyAnswers } from './idempotency.js';
import type { NewNotification } from './new-notification.js';
import { insertNewNotifications } from './sql/insert-notifications.js';
import { insertOnce } from './sql/insert-once.js';

/** One caller's notifications, to be taken once however often they are sent. */
export interface KeyedRequest {
  readonly items: readonly NewNotification[];
  readonly key: IdempotencyKey;
  /** The answer to keep, given which items were taken; null: nothing came of it, and the key stays free. */
  readonly answer: (taken: readonly boolean[]) => StoredAnswer | null;
}

/** What became of it: carried out now (which items were taken), carried out before, or refused because of its key. */
export type KeyedOutcome =
  | { readonly kind: 'done'; readonly taken: readonly boolean[] }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  | { readonly kind: 'refused'; readonly error: TodokuError };

/** Key, notifications and answer of each request in one commit. Answers in the order of the requests; no key may stand twice among them. */
export async function commitKeyed(database: Database, requests: readonly KeyedRequest[]): Promise<KeyedOutcome[]> {
  const slow = requests.filter(({ items }) => items.some(({ idGiven }) => idGiven));
  const quick = requests.filter((request) => !slow.includes(request));
  const outcomes = new Map([...(await commitQuick(database, quick)), ...(await commitSlow(database, slow))]);
  return requests.map((request) => outcomes.get(request) ?? busy());
}

const busy = (): KeyedOutcome => ({ kind: 'refused', error: new TodokuError('IDEMPOTENCY_KEY_BUSY') });

/** One statement, when the answers are known beforehand: every item will be taken, because its id is new. */
async function commitQuick(database: Database, requests: readonly KeyedRequest[]): Promise<[KeyedRequest, KeyedOutcome][]> {
  if (requests.length === 0) return [];
  const ready = requests.map(({ items, key, answer }) => {
    const taken = items.map(() => true);
    return { items, key, taken, answer: answer(taken) ?? { status: 500, json: 'null' } };
  });
  const fresh = await insertOnce(database, ready);
  const others = requests.filter((_, i) => !fresh.has(i));
  const states = await readKeys(database, keysOf(others));
  const told = new Map(others.map((request, i) => [request, outcomeOf(states[i])]));
  return requests.map((request, i) => [request, told.get(request) ?? { kind: 'done', taken: ready[i]?.taken ?? [] }]);
}

/** Where callers chose ids, the answer is known when they are claimed. */
async function commitSlow(database: Database, requests: readonly KeyedRequest[]): Promise<[KeyedRequest, KeyedOutcome][]> {
  if (requests.length === 0) return [];
  return await database.transaction(async (tx) => {
    const states = await claimKeys(tx, keysOf(requests));
    const fresh = requests.filter((_, i) => states[i]?.kind === 'fresh');
    const taken = await insertNewNotifications(
      tx,
      fresh.flatMap((request) => request.items),
    );
    const done = new Map<KeyedRequest, readonly boolean[]>();
    for (const request of fresh) done.set(request, taken.splice(0, request.items.length));
    const answers = fresh.map((request) => ({ key: request.key, answer: request.answer(done.get(request) ?? []) }));
    await storeKeyAnswers(
      tx,
      answers.flatMap(({ key, answer }) => (answer === null ? [] : [{ key, answer }])),
    );
    return requests.map((request, i) => {
      const own = done.get(request);
      return [request, own === undefined ? outcomeOf(states[i]) : { kind: 'done', taken: own }];
    });
  });
}

function keysOf(requests: readonly KeyedRequest[]): IdempotencyKey[] {
  return requests.map(({ key }) => key);
}

function outcomeOf(state: KeyState | undefined): KeyedOutcome {
  if (state?.kind === 'answered') return { kind: 'replay', answer: state.answer };
  return state?.kind === 'reused' ? { kind: 'refused', error: new TodokuError('IDEMPOTENCY_KEY_REUSED') } : busy();
}
