import { plainArray, textArray } from '../database/array-literal.js';
import type { OutboxItem } from './outbox-rows.js';
import type { Policy } from './policy-cache.js';

/** What user_recent says of a user that matters. */
export interface RecentUser {
  readonly granted: number;
  /** Which notification had a content first, and whether it had it before this batch. */
  readonly firstWithContent: ReadonlyMap<string, { readonly id: string; readonly before: boolean }>;
}

interface Remembered {
  readonly content: string;
  readonly id: string;
  readonly seconds: number;
}

interface Ask {
  readonly userId: string;
  notifications: number;
  /** Of them, those that the cap counts. */
  capped: number;
  readonly contents: Remembered[];
}

const MOST = 32_767;

/** What a batch asks of the users' history, and which of its notifications repeat an earlier one of the same batch. */
export class RecentAsks {
  readonly #asks = new Map<string, Ask>();
  readonly #repeats = new Map<OutboxItem, string>();

  constructor(items: readonly OutboxItem[], policy: Policy) {
    for (const item of items) if (item.userId !== null) this.#add(item, item.userId, policy);
  }

  get empty(): boolean {
    return this.#asks.size === 0;
  }

  /** The notification of the same batch whose content this one repeats. */
  repeated(item: OutboxItem): string | null {
    return this.#repeats.get(item) ?? null;
  }

  #add(item: OutboxItem, userId: string, policy: Policy): void {
    let ask = this.#asks.get(userId);
    if (ask === undefined) {
      ask = { userId, notifications: 0, capped: 0, contents: [] };
      this.#asks.set(userId, ask);
    }
    const { dedupeSeconds, capped } = policy.typeRules(item.type);
    ask.notifications++;
    if (capped) ask.capped++;
    if (dedupeSeconds <= 0 || item.content === null) return;
    const first = ask.contents.find(({ content }) => content === item.content);
    if (first !== undefined) this.#repeats.set(item, first.id);
    else ask.contents.push({ content: item.content, id: item.id, seconds: dedupeSeconds });
  }

  /** The first nine parameters of `noteRecent`. `capLimit`: more than that the cap never grants at once. */
  parameters(capLimit: number): string[] {
    const asks = [...this.#asks.values()].sort((a, b) => (a.userId < b.userId ? -1 : 1));
    const only = asks.map(({ contents }) => (contents.length === 1 ? contents[0] : undefined));
    const more = (of: (entry: Remembered) => string | number): string =>
      textArray(asks.map(({ contents }) => (contents.length > 1 ? plainArray(contents.map(of)) : null)));
    return [
      plainArray(asks.map((ask) => ask.userId)),
      plainArray(asks.map((ask) => Math.min(ask.notifications, MOST))),
      plainArray(asks.map((ask) => Math.min(ask.capped, capLimit, MOST))),
      plainArray(only.map((entry) => entry?.content ?? null)),
      plainArray(only.map((entry) => entry?.id ?? null)),
      plainArray(only.map((entry) => entry?.seconds ?? null)),
      more((entry) => entry.content),
      more((entry) => entry.id),
      more((entry) => entry.seconds),
    ];
  }
}

/** `{a,b}` of numbers or uuids. */
const elements = (literal: string | null | undefined): string[] =>
  literal == null || literal === '{}' ? [] : literal.slice(1, -1).split(',');

/** Reads the rows of `noteRecent`. */
export function readRecentUsers(rows: readonly (readonly (string | null)[])[]): Map<string, RecentUser> {
  const users = new Map<string, RecentUser>();
  for (const [userId, granted, contents, ids, known] of rows) {
    const notifications = elements(ids);
    const firstWithContent = new Map(
      elements(contents).map((content, i) => [content, { id: notifications[i] ?? '', before: i < Number(known) }]),
    );
    users.set(userId ?? '', { granted: Number(granted), firstWithContent });
  }
  return users;
}
