import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { actAsUser } from '../security/act-as-user.js';
import type { User } from '../security/user-jwt.js';
import { Inbox } from './inbox.js';
import { printCursor, readCursor } from './inbox-cursor.js';

let db: TestDatabase;
let inbox: Inbox;

beforeAll(async () => {
  db = await testDatabase();
  inbox = new Inbox(db.database);
});
afterAll(() => db.close());

const somebody = (): User => ({ userId: randomUUID(), claims: {} });
const all = { limit: 200, unreadOnly: false, cursor: null };

async function notify(user: User, count = 1, columns: Record<string, unknown> = {}): Promise<string[]> {
  const names = Object.keys(columns);
  const rows = await db.admin.query<{ id: string }>(
    `insert into notifications (user_id, type, title ${names.map((name) => `, ${name}`).join('')})
     select $1, 'x', 'Title ' || i ${names.map((_, i) => `, $${i + 3}`).join('')} from generate_series(1, $2) i returning id`,
    [user.userId, count, ...Object.values(columns)],
  );
  return rows.map((row) => row.id);
}

describe('Inbox', () => {
  it('lists the newest first, page by page, each once, also those of one instant', async () => {
    const user = somebody();
    const ids = [...(await notify(user, 30)), ...(await notify(user, 30))];
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await inbox.list(user, { ...all, limit: 7, cursor });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toHaveLength(60);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(new Set(seen.slice(0, 30))).toEqual(new Set(ids.slice(30)));
  });

  it('goes on where it was when newer ones come between two pages', async () => {
    const user = somebody();
    await notify(user, 4);
    const first = await inbox.list(user, { ...all, limit: 2 });
    await notify(user, 3);
    const second = await inbox.list(user, { ...all, limit: 10, cursor: first.nextCursor });
    expect(second.items).toHaveLength(2);
    expect(second.nextCursor).toBeNull();
  });

  it('counts and lists the unread, and leaves out what is scheduled for later', async () => {
    const user = somebody();
    const [read] = await notify(user, 3);
    await notify(user, 1, { send_at: new Date(Date.now() + 3_600_000) });
    expect(await inbox.unreadCount(user)).toBe(3);
    expect(await inbox.markRead(user, [read ?? ''])).toBe(1);
    expect(await inbox.unreadCount(user)).toBe(2);
    expect((await inbox.list(user, { ...all, unreadOnly: true })).items.map((item) => item.id)).not.toContain(read);
    expect((await inbox.list(user, all)).items).toHaveLength(3);
  });

  it('marks as read once: the first time stands', async () => {
    const user = somebody();
    const ids = await notify(user, 3);
    expect(await inbox.markRead(user, ids.slice(0, 2))).toBe(2);
    const before = (await inbox.list(user, all)).items.find((item) => item.id === ids[0]);
    expect(before).toMatchObject({ isRead: true, readAt: expect.any(Date) });
    expect(await inbox.markRead(user, ids)).toBe(1);
    expect((await inbox.list(user, all)).items.find((item) => item.id === ids[0])).toEqual(before);
  });

  it('marks all as read, up to what the user saw', async () => {
    const user = somebody();
    await notify(user, 3);
    const [newest] = (await inbox.list(user, all)).items;
    await notify(user, 2);
    expect(await inbox.markAllRead(user, new Date((newest?.createdAt.getTime() ?? 0) + 1))).toBe(3);
    expect(await inbox.markAllRead(user, null)).toBe(2);
    expect(await inbox.unreadCount(user)).toBe(0);
  });

  it('marks as opened, which is also read, once', async () => {
    const user = somebody();
    const [id = ''] = await notify(user);
    await inbox.markOpened(user, id);
    const [item] = (await inbox.list(user, all)).items;
    expect(item).toMatchObject({ isRead: true, readAt: expect.any(Date), openedAt: expect.any(Date) });
    await inbox.markOpened(user, id);
    expect((await inbox.list(user, all)).items[0]).toEqual(item);
  });

  it("neither shows nor changes another user's notifications", async () => {
    const owner = somebody();
    const other = somebody();
    const [id = ''] = await notify(owner);
    expect((await inbox.list(other, all)).items).toEqual([]);
    expect(await inbox.unreadCount(other)).toBe(0);
    expect(await inbox.markRead(other, [id])).toBe(0);
    expect(await inbox.markAllRead(other, null)).toBe(0);
    await expect(inbox.markOpened(other, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await inbox.find(other, id)).toBeNull();
    expect((await inbox.list(owner, all)).items[0]).toMatchObject({ isRead: false, openedAt: null });
  });
});

describe('actAsUser', () => {
  it('lets the policies judge, whatever a statement forgets', async () => {
    const owner = somebody();
    const other = somebody();
    await notify(owner);
    const statement = 'update public.notifications set is_read = true returning id';
    expect(await actAsUser(db.database, other, (tx) => tx.query(statement))).toEqual([]);
    expect(await actAsUser(db.database, owner, (tx) => tx.query(statement))).toHaveLength(1);
    await expect(actAsUser(db.database, owner, (tx) => tx.query("update public.notifications set title = 'mine'"))).rejects.toMatchObject({
      code: '42501',
    });
    await expect(actAsUser(db.database, owner, (tx) => tx.query('select from push.outbox'))).rejects.toMatchObject({ code: '42501' });
  });

  it('leaves nothing behind on the connection, whether it went well or not', async () => {
    const user = somebody();
    await actAsUser(db.database, user, (tx) => tx.query('select 1'));
    await actAsUser(db.database, user, (tx) => tx.query('select 1/0')).catch(() => undefined);
    for (let i = 0; i < 10; i++) {
      const [row] = await db.database.query(
        "select current_user::text as role, auth.uid() as uid, current_setting('request.jwt.claims', true) as claims",
      );
      expect(row).toMatchObject({ role: 'todoku_worker', uid: null });
      expect(row?.claims ?? '').toBe('');
    }
  });
});

describe('cursors', () => {
  it('are read as they were printed, and refused otherwise', () => {
    const place = { createdAt: '2026-08-01 09:00:00.123456+00', id: randomUUID() };
    expect(readCursor(printCursor(place))).toEqual(place);
    for (const bad of [
      '',
      'x',
      printCursor({ ...place, id: 'x' }),
      printCursor({ ...place, createdAt: '2026-99-01 09:00:00+00' }),
      `${printCursor(place)}AAAA`,
    ]) {
      expect(() => readCursor(bad)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path: 'query.cursor' }));
    }
  });
});
