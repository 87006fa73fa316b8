import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { clientQueries } from '../database/client-queries.js';
import type { Database, Queryable } from '../database/database.js';
import { DatabaseError } from '../database/database-error.js';
import type { KeyedRequest } from './commit-keyed.js';
import { claimKeys, pruneIdempotencyKeys } from './idempotency.js';
import type { NewNotification } from './new-notification.js';
import { NotificationIntake } from './notification-intake.js';
import { uuidV7 } from './uuid-v7.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(() => db.admin.query('truncate notifications, push.outbox, push.ledger_entries, push.idempotency, push.notification_ids'));

function item(columns: Partial<NewNotification> = {}): NewNotification {
  return {
    id: uuidV7(new Date()),
    idGiven: false,
    userId: randomUUID(),
    type: 'reminder',
    title: 'Title',
    message: 'Message',
    dataJson: '{}',
    pushJson: null,
    sendAt: null,
    expiresAt: null,
    collapseKey: null,
    tokenId: null,
    ...columns,
  };
}

function keyed(key: string, columns: Partial<KeyedRequest> = {}, body = key): KeyedRequest {
  return {
    items: [item()],
    key: { owner: 'owner', key, bodyHash: createHash('sha256').update(body).digest() },
    answer: (taken) => ({ status: 202, json: JSON.stringify({ taken }) }),
    ...columns,
  };
}

async function stored(): Promise<{ rows: number; outbox: number; accepted: number; keys: number }> {
  const [row] = await db.admin.query<{ rows: number; outbox: number; accepted: number; keys: number }>(
    `select (select count(*) from notifications) as rows, (select coalesce(sum(n), 0) from push.outbox) as outbox,
       (select coalesce(sum(n), 0)::int from push.ledger_entries where item = 'accepted') as accepted, (select count(*) from push.idempotency) as keys`,
  );
  return row ?? { rows: -1, outbox: -1, accepted: -1, keys: -1 };
}

/** The database, whose `rows` first asks the test what to do. */
function interrupted(before: (name: string) => Promise<void>, after: (name: string) => Promise<void> = async () => undefined): Database {
  const around = (target: Queryable): Queryable => ({
    query: (sql, params) => target.query(sql, params),
    async rows(sql, params) {
      const name = typeof sql === 'string' ? '' : sql.name;
      await before(name);
      const rows = await target.rows(sql, params);
      await after(name);
      return rows;
    },
  });
  return {
    ...db.database,
    ...around(db.database),
    transaction: (work, options) => db.database.transaction((tx) => work(around(tx)), options),
  };
}

const connectionLost = new DatabaseError('08006', 'gone');

describe('NotificationIntake', () => {
  it('stores every column, and the trigger takes the rows in', async () => {
    const odd = 'a "quoted" \\ NULL {,} \u{1f600}\u200d\n';
    const given = item({
      title: odd,
      message: odd,
      dataJson: JSON.stringify({ odd, deep: [{ x: null }] }),
      pushJson: JSON.stringify({ sound: null, subtitle: odd }),
      sendAt: new Date('2030-01-01T00:00:00.123Z'),
      expiresAt: new Date('2030-01-02T00:00:00Z'),
      collapseKey: 'NULL',
      tokenId: randomUUID(),
    });
    expect(await new NotificationIntake(db.database).take([given])).toEqual([true]);
    const [row] = await db.admin.query('select * from notifications');
    expect(row).toMatchObject({
      id: given.id,
      user_id: given.userId,
      title: odd,
      message: odd,
      data: JSON.parse(given.dataJson),
      push: JSON.parse(given.pushJson ?? ''),
      send_at: given.sendAt,
      expires_at: given.expiresAt,
      collapse_key: 'NULL',
      token_id: given.tokenId,
      is_read: false,
    });
    expect(await stored()).toMatchObject({ rows: 1, outbox: 1, accepted: 1 });
  });

  it('merges concurrent requests into few commits', async () => {
    const intake = new NotificationIntake(db.database);
    const answers = await Promise.all(Array.from({ length: 300 }, () => intake.take([item()])));
    expect(answers.flat().every(Boolean)).toBe(true);
    expect(await stored()).toMatchObject({ rows: 300, outbox: 300, accepted: 300 });
    const [row] = await db.admin.query<{ commits: number }>('select count(*) as commits from push.outbox');
    expect(row?.commits).toBeLessThan(10);
  });

  it('takes an id that a caller chose once, whoever else is in the commit', async () => {
    const intake = new NotificationIntake(db.database);
    const id = randomUUID();
    const twice = item({ id, idGiven: true });
    const answers = await Promise.all([
      intake.take([twice]),
      intake.take([item()]),
      intake.take([item(), twice, item({ id: randomUUID(), idGiven: true })]),
    ]);
    expect(answers).toEqual([[true], [true], [true, false, true]]);
    expect(await intake.take([twice])).toEqual([false]);
    expect(await stored()).toMatchObject({ rows: 4, outbox: 4 });
  });

  it('sees the ids of rows that came by SQL', async () => {
    const id = randomUUID();
    await db.admin.query("insert into notifications (id, user_id, type, title) values ($1, $1, 'x', 'x')", [id]);
    expect(await new NotificationIntake(db.database).take([item({ id, idGiven: true })])).toEqual([false]);
  });

  it('lets a value that the database refuses fail alone', async () => {
    const intake = new NotificationIntake(db.database);
    const bad = intake.take([item({ userId: 'no-uuid' })]);
    const badKeyed = intake.takeOnce(keyed('bad', { items: [item({ dataJson: '[]' })] }));
    const good = Promise.all([intake.take([item()]), intake.takeOnce(keyed('good')), intake.take([item()])]);
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(badKeyed).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await good;
    expect(await stored()).toMatchObject({ rows: 3, keys: 1 });
  });

  it('refuses what would wait too long, and stores nothing of it', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const intake = new NotificationIntake(
      interrupted(() => gate),
      { writers: 1, mostAtOnce: 1, mostWaiting: 2 },
    );
    const first = intake.take([item(), item()]);
    await new Promise((resolve) => setImmediate(resolve));
    const second = intake.take([item(), item()]);
    await expect(intake.take([item()])).rejects.toMatchObject({ code: 'OVERLOADED', status: 503 });
    release();
    await Promise.all([first, second]);
    expect(await stored()).toMatchObject({ rows: 4 });
  });

  it('finds out whether a commit happened whose answer was lost', async () => {
    let broken = false;
    const intake = new NotificationIntake(
      interrupted(
        async () => undefined,
        async (name) => {
          if (!name.startsWith('insert') || broken) return;
          broken = true;
          throw connectionLost;
        },
      ),
    );
    const [plain, chosen] = await Promise.allSettled([intake.take([item()]), intake.take([item({ id: randomUUID(), idGiven: true })])]);
    expect(plain).toEqual({ status: 'fulfilled', value: [true] });
    // The row may be an older one with the same id: the caller has to ask again, and will hear of it.
    expect(chosen).toMatchObject({ status: 'rejected', reason: connectionLost });
    expect(await stored()).toMatchObject({ rows: 2 });
  });

  it('says so when a commit did not happen', async () => {
    const intake = new NotificationIntake(
      interrupted(async (name) => {
        if (name.startsWith('insert')) throw connectionLost;
      }),
    );
    await expect(intake.take([item()])).rejects.toBe(connectionLost);
    expect(await stored()).toMatchObject({ rows: 0 });
  });
});

describe('idempotency keys', () => {
  it('give the first answer again, and refuse another body', async () => {
    const intake = new NotificationIntake(db.database);
    const first = keyed('k', { items: [item(), item()] });
    expect(await intake.takeOnce(first)).toEqual({ kind: 'done', taken: [true, true] });
    expect(await intake.takeOnce(keyed('k'))).toEqual({ kind: 'replay', answer: { status: 202, json: '{"taken":[true,true]}' } });
    await expect(intake.takeOnce(keyed('k', {}, 'other body'))).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', status: 409 });
    expect(await stored()).toMatchObject({ rows: 2, keys: 1 });
  });

  it('belong to their owner', async () => {
    const intake = new NotificationIntake(db.database);
    await intake.takeOnce(keyed('k'));
    const other = keyed('k');
    expect(await intake.takeOnce({ ...other, key: { ...other.key, owner: 'somebody else' } })).toMatchObject({ kind: 'done' });
    expect(await stored()).toMatchObject({ rows: 2, keys: 2 });
  });

  it('are busy while their first request is under way, in this process and in others', async () => {
    const here = new NotificationIntake(db.database);
    const elsewhere = new NotificationIntake(db.database);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? here : elsewhere).takeOnce(keyed('k'))));
    const outcomes = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value.kind : (answer.reason as { code: string }).code,
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.every((outcome) => ['done', 'replay', 'IDEMPOTENCY_KEY_BUSY'].includes(outcome))).toBe(true);
    expect(await stored()).toMatchObject({ rows: 1, keys: 1 });
  });

  it('stay free when nothing came of the request', async () => {
    const intake = new NotificationIntake(db.database);
    const id = randomUUID();
    await intake.take([item({ id, idGiven: true })]);
    const answer: KeyedRequest['answer'] = (taken) => (taken.includes(true) ? { status: 202, json: '{}' } : null);
    expect(await intake.takeOnce(keyed('k', { items: [item({ id, idGiven: true })], answer }))).toEqual({ kind: 'done', taken: [false] });
    expect(await intake.takeOnce(keyed('k', { answer }, 'corrected'))).toEqual({ kind: 'done', taken: [true] });
  });

  it('leave all or nothing when the connection breaks before or after the commit', async () => {
    const breaking = (point: string) => {
      let broken = false;
      return interrupted(
        async () => undefined,
        async (name) => {
          if (name !== point || broken) return;
          broken = true;
          throw connectionLost;
        },
      );
    };
    // Inside of the transaction: nothing of it stays, and the second try does it.
    for (const point of ['insert_claimed_notifications', 'store_idempotent_answers']) {
      const request = keyed(point, { items: [item({ id: randomUUID(), idGiven: true })] });
      expect(await new NotificationIntake(breaking(point)).takeOnce(request)).toEqual({ kind: 'done', taken: [true] });
    }
    expect(await stored()).toMatchObject({ rows: 2, keys: 2 });
    // After the commit, whose answer was lost: the second try finds the first one's answer.
    expect(await new NotificationIntake(breaking('insert_notifications_once')).takeOnce(keyed('after'))).toEqual({
      kind: 'replay',
      answer: { status: 202, json: '{"taken":[true]}' },
    });
    expect(await stored()).toMatchObject({ rows: 3, keys: 3 });
  });

  it('wait for a first try whose connection broke and that Postgres has not ended yet', async () => {
    const first = new Client(db.url);
    await first.connect();
    await first.query('begin');
    const key = keyed('held').key;
    await claimKeys(clientQueries(first), [key]);
    let tries = 0;
    const intake = new NotificationIntake(
      interrupted(async (name) => {
        if (name !== 'insert_notifications_once') return;
        tries += 1;
        if (tries === 1) throw connectionLost;
        if (tries === 3) await first.query('rollback');
      }),
    );
    expect(await intake.takeOnce(keyed('held'))).toEqual({ kind: 'done', taken: [true] });
    expect(tries).toBeGreaterThanOrEqual(3);
    await first.end();
    expect(await stored()).toMatchObject({ rows: 1, keys: 1 });
  });

  it('are independent of each other in one commit, whatever they hold', async () => {
    const intake = new NotificationIntake(db.database);
    const id = randomUUID();
    await intake.takeOnce(keyed('known'));
    const outcomes = await Promise.allSettled([
      intake.take([item()]),
      intake.takeOnce(keyed('new', { items: [item(), item(), item()] })),
      intake.takeOnce(keyed('known')),
      intake.takeOnce(keyed('known elsewhere', { items: [item({ id, idGiven: true }), item(), item({ id, idGiven: true })] })),
      intake.takeOnce(keyed('bad', { items: [item({ dataJson: '7' })] })),
    ]);
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as { code: string }).code))).toEqual(
      [
        [true],
        { kind: 'done', taken: [true, true, true] },
        { kind: 'replay', answer: { status: 202, json: '{"taken":[true]}' } },
        { kind: 'done', taken: [true, true, false] },
        'INVALID_INPUT',
      ],
    );
    expect(await stored()).toMatchObject({ rows: 7, keys: 3 });
  });

  it('are forgotten after a day', async () => {
    const intake = new NotificationIntake(db.database);
    await Promise.all(['old', 'older', 'young'].map((key) => intake.takeOnce(keyed(key))));
    await db.admin.query("update push.idempotency set created_at = now() - interval '25 hours' where key like 'old%'");
    await db.admin.query("update push.idempotency set created_at = now() - interval '23 hours' where key = 'young'");
    expect(await pruneIdempotencyKeys(db.database, 1)).toBe(1);
    expect(await pruneIdempotencyKeys(db.database)).toBe(1);
    expect(await pruneIdempotencyKeys(db.database)).toBe(0);
    expect(await intake.takeOnce(keyed('young'))).toMatchObject({ kind: 'replay' });
  });
});
