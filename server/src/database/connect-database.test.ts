import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import { silentLogger } from '../logging/logger.js';
import { connectDatabase } from './connect-database.js';
import type { Database } from './database.js';
import { DatabaseError, isConnectionError } from './database-error.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query('create table public.things (id int primary key, name text not null unique)');
  await db.admin.query('grant all on public.things to todoku_worker');
});
afterAll(() => db.close());

const options = (maxConnections: number) => ({
  url: db.url,
  role: 'todoku_worker',
  maxConnections,
  applicationName: 'seam',
  log: silentLogger,
});

async function using<T>(database: Database, work: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function failure(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error as DatabaseError;
}

describe('values', () => {
  it('reads bigint as number, timestamps as Date, the rest as Postgres writes it', async () => {
    const [row] = await db.database.query(/* sql */ `
      select 9007199254740991 as big, array[1, null, 9007199254740991]::bigint[] as bigs, '{}'::bigint[] as none,
        '2026-11-23 10:00+09'::timestamptz as at, '2026-11-23'::date as day, 1.50::numeric as amount, '{"a": [1]}'::jsonb as data,
        array['a', 'b,c'] as names, null::int as nothing, '\\x00ff'::bytea as bytes, true as yes`);
    expect(row).toEqual({
      big: 9007199254740991,
      bigs: [1, null, 9007199254740991],
      none: [],
      at: new Date('2026-11-23T01:00:00Z'),
      day: '2026-11-23',
      amount: '1.50',
      data: { a: [1] },
      names: ['a', 'b,c'],
      nothing: null,
      bytes: Buffer.from([0, 255]),
      yes: true,
    });
  });

  it('refuses a bigint that a number cannot hold, and goes on', async () => {
    await expect(db.database.query('select 9007199254740993')).rejects.toThrow(RangeError);
    expect(await db.database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('gives raw text by rows', async () => {
    expect(await db.database.rows(`select 9223372036854775807, null, '{1,2}'::int[], true`)).toEqual([
      ['9223372036854775807', null, '{1,2}', 't'],
    ]);
  });

  it('prepares a named statement once a connection', async () => {
    await using(connectDatabase(options(1)), async (database) => {
      const twice = { name: 'twice', text: 'select $1::int * 2 as twice' };
      expect(await database.query(twice, [2])).toEqual([{ twice: 4 }]);
      expect(await database.rows(twice, [3])).toEqual([['6']]);
      expect(await database.query(`select name from pg_prepared_statements`)).toEqual([{ name: 'twice' }]);
    });
  });

  it('has every connection in the role and its limits', async () => {
    await using(connectDatabase({ ...options(2), statementTimeoutMs: 50 }), async (database) => {
      const asked = /* sql */ `select current_user as role, current_setting('statement_timeout') as timeout, current_setting('timezone') as zone`;
      const both = await Promise.all([database.query(asked), database.query(asked)]);
      expect(both).toEqual(Array(2).fill([{ role: 'todoku_worker', timeout: '50ms', zone: 'UTC' }]));
      expect((await failure(database.query('select pg_sleep(60)'))).code).toBe('57014');
    });
  });
});

describe('errors', () => {
  it('keep code and names, and nothing of the values', async () => {
    await db.database.query(`insert into public.things values (1, 'secret-name')`);
    const error = await failure(db.database.query(`insert into public.things values (2, 'secret-name')`));
    expect(error).toMatchObject({ code: '23505', table: 'things', constraint: 'things_name_key' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-name');
  });

  it('do not quote a refused value', async () => {
    const error = await failure(db.database.query('select $1::uuid', ['secret "value"']));
    expect(error.code).toBe('22P02');
    expect(error.message).not.toContain('secret');
  });

  it('tell no connection from a statement at fault, where a server fails before the session begins', async () => {
    const fields = ['SFATAL', 'CXX000', 'Mcould not write init file', ''].map((field) => `${field}\0`).join('');
    const answer = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), Buffer.from(fields)]);
    answer.writeInt32BE(answer.length - 1, 1);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using(connectDatabase({ ...options(1), url: `postgres://x:y@127.0.0.1:${port}/x` }), async (database) => {
      const error = await failure(database.query('select 1'));
      expect(error.code).toBe('08001');
      expect(error.message).toBe('could not write init file');
    });
    server.close();
  });

  it('tell no connection from no free connection', async () => {
    const nowhere = connectDatabase({ ...options(1), url: 'postgres://x:y@127.0.0.1:1/x' });
    await using(nowhere, async (database) => {
      const error = await failure(database.query('select 1'));
      expect(error.code).toBe('ECONNREFUSED');
      expect(isConnectionError(error)).toBe(true);
    });
    await using(connectDatabase({ ...options(1), connectTimeoutMs: 3000 }), async (database) => {
      const error = await failure(database.transaction(() => database.query('select 1')));
      expect(error.code).toBe('53300');
    });
  });
});

it('has closed every connection when close resolves', async () => {
  const database = connectDatabase({ ...options(3), applicationName: 'closing' });
  await Promise.all(['a', 'b', 'c'].map((text) => database.query('select $1::text', [text])));
  await database.listen(
    'channel',
    () => undefined,
    () => undefined,
  );
  await database.close();
  // The server takes a moment to take them off its list.
  await vi.waitFor(async () => expect(await db.admin.query(`select from pg_stat_activity where application_name = 'closing'`)).toEqual([]));
});

describe('a killed connection', () => {
  it('while idle is replaced without a word', async () => {
    await using(connectDatabase(options(1)), async (database) => {
      const pid = await backend(database);
      await kill(pid);
      await vi.waitFor(async () => expect(await backend(database)).not.toBe(pid));
    });
  });

  it('during a statement fails that statement only', async () => {
    await using(connectDatabase(options(1)), async (database) => {
      const pid = await backend(database);
      const asked = failure(database.query('select pg_sleep(600)'));
      await killWhenBusy(pid);
      const error = await asked;
      expect(isConnectionError(error)).toBe(true);
      expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    });
  });

  it('inside a transaction undoes it and fails it', async () => {
    await using(connectDatabase(options(1)), async (database) => {
      const asked = failure(
        database.transaction(async (tx) => {
          const pid = await backend(tx);
          await tx.query(`insert into public.things values (100, 'unkept')`);
          await kill(pid);
          await gone(pid);
          await tx.query('select 1');
        }),
      );
      expect(isConnectionError(await asked)).toBe(true);
      expect(await database.query('select from public.things where id = 100')).toEqual([]);
    });
  });
});

async function backend(queries: Pick<Database, 'query'>): Promise<number> {
  const [row] = await queries.query<{ pid: number }>('select pg_backend_pid() as pid');
  return row!.pid;
}

async function kill(pid: number): Promise<void> {
  await db.admin.query('select pg_terminate_backend($1)', [pid]);
}

async function killWhenBusy(pid: number): Promise<void> {
  await vi.waitFor(async () => {
    expect(await db.admin.query(`select from pg_stat_activity where pid = $1 and state = 'active'`, [pid])).toHaveLength(1);
  });
  await kill(pid);
}

async function gone(pid: number): Promise<void> {
  await vi.waitFor(async () => expect(await db.admin.query('select from pg_stat_activity where pid = $1', [pid])).toEqual([]));
}
