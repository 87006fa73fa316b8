import type { Database } from '../database/database.js';
import { TodokuError } from '../errors/todoku-error.js';
import type { UserCache } from '../performance/caches/user-cache.js';
import { actAsUser } from '../security/act-as-user.js';
import type { User } from '../security/user-jwt.js';
import { type InboxPlace, printCursor, readCursor } from './inbox-cursor.js';

interface InboxItem {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly isRead: boolean;
  readonly readAt: Date | null;
  readonly openedAt: Date | null;
  readonly createdAt: Date;
}

export interface InboxPage {
  readonly items: readonly InboxItem[];
  /** For the next page; null: this was the last. */
  readonly nextCursor: string | null;
}

export interface InboxQuestion {
  /** 1 … 200 */
  readonly limit: number;
  readonly unreadOnly: boolean;
  /** `nextCursor` of the page before. */
  readonly cursor: string | null;
}

const lastPlace: InboxPlace = { createdAt: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** What is scheduled for later is not in the inbox yet. */
const hers = /* sql */ 'user_id = (select auth.uid()) and (send_at is null or send_at <= now())';

/**
 * A user's own notifications. Every statement runs as the user, so that what she may see and change is decided by the policies of the table
 * and nowhere else. Reading and opening are what engagement is measured from; the first time of each stands.
 */
export class Inbox {
  readonly #database: Database;
  readonly #unread: UserCache<number> | null;

  constructor(database: Database, unread: UserCache<number> | null = null) {
    this.#database = database;
    this.#unread = unread;
  }

  /** The newest first. Throws INVALID_INPUT for a cursor that is none. */
  async list(user: User, { limit, unreadOnly, cursor }: InboxQuestion): Promise<InboxPage> {
    const place = cursor === null ? lastPlace : readCursor(cursor);
    const rows = await actAsUser(this.#database, user, (tx) =>
      tx.query<InboxItem & { place: string }>(
        /* sql */ `
select id, type, title, message, data, is_read as "isRead", read_at as "readAt", opened_at as "openedAt", created_at as "createdAt",
  created_at::text as place
from public.notifications
where ${hers} and (created_at, id) < ($1::timestamptz, $2::uuid) and not ($3::boolean and is_read)
order by created_at desc, id desc
limit $4`,
        [place.createdAt, place.id, unreadOnly, limit + 1],
      ),
    );
    const items = rows.slice(0, limit).map(({ place: _, ...item }) => item);
    const last = rows[limit - 1];
    return { items, nextCursor: rows.length > limit && last !== undefined ? printCursor({ createdAt: last.place, id: last.id }) : null };
  }

  async unreadCount(user: User): Promise<number> {
    const count = () => this.#countUnread(user);
    return this.#unread === null ? (await count()).value : await this.#unread.get(user.userId, JSON.stringify(user.claims), count);
  }

  /** True until the next of her scheduled ones comes into the inbox, which nobody tells. */
  async #countUnread(user: User): Promise<{ readonly value: number; readonly freshMs: number | null }> {
    const [row] = await actAsUser(this.#database, user, (tx) =>
      tx.query<{ n: number; next_ms: number | null }>(
        /* sql */ `
select count(*) filter (where send_at is null or send_at <= now()) as n,
  (extract(epoch from min(send_at) filter (where send_at > now()) - now()) * 1000)::float8 as next_ms
from public.notifications where user_id = (select auth.uid()) and not is_read`,
      ),
    );
    return { value: row?.n ?? 0, freshMs: row?.next_ms ?? null };
  }

  /** Returns how many were unread. Ids of others, and of nothing, count as nothing. */
  async markRead(user: User, ids: readonly string[]): Promise<number> {
    const rows = await actAsUser(this.#database, user, (tx) =>
      tx.query(
        /* sql */ `update public.notifications set is_read = true where ${hers} and id = any($1::uuid[]) and not is_read returning id`,
        [ids],
      ),
    );
    this.#unread?.forget(user.userId);
    return rows.length;
  }

  /** Everything up to `until` (now when null), so that what came while she looked stays unread. Returns how many were unread. */
  async markAllRead(user: User, until: Date | null): Promise<number> {
    const rows = await actAsUser(this.#database, user, (tx) =>
      tx.query(
        /* sql */ `update public.notifications set is_read = true where ${hers} and not is_read and created_at <= coalesce($1, now()) returning id`,
        [until],
      ),
    );
    this.#unread?.forget(user.userId);
    return rows.length;
  }

  /** She opened the push or the entry: it is read, too. Throws NOT_FOUND. */
  async markOpened(user: User, id: string): Promise<void> {
    await actAsUser(this.#database, user, async (tx) => {
      const rows = await tx.query<{ opened: boolean }>(
        /* sql */ `select opened_at is not null as opened from public.notifications where ${hers} and id = $1`,
        [id],
      );
      if (rows[0] === undefined) throw new TodokuError('NOT_FOUND', { message: 'There is no such notification in this inbox.' });
      if (rows[0].opened) return;
      await tx.query(
        /* sql */ `update public.notifications set opened_at = now(), is_read = true where ${hers} and id = $1 and opened_at is null`,
        [id],
      );
    });
    this.#unread?.forget(user.userId);
  }

  /** Whether the notification is hers, and if so, what is known of it for the ledger. */
  async find(user: User, id: string): Promise<{ readonly createdAt: string; readonly broadcastId: string | null } | null> {
    const [row] = await actAsUser(this.#database, user, (tx) =>
      tx.rows(/* sql */ 'select created_at, broadcast_id from public.notifications where user_id = (select auth.uid()) and id = $1', [id]),
    );
    return row === undefined ? null : { createdAt: row[0] ?? '', broadcastId: row[1] ?? null };
  }
}
