import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.js';
import type { Database } from '../database/database.js';
import { ProjectRegistry } from './project-registry.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const setBreaker = (state: 'open' | 'closed'): Promise<unknown> => db.admin.query('update push.projects set breaker_state = $1', [state]);

/** The database, whose answers wait for `hold` when there is one. */
function slowly(database: Database): Database & { hold: Promise<void> | null; asked: number } {
  return {
    ...database,
    hold: null,
    asked: 0,
    async query(sql, params) {
      this.asked++;
      const { hold } = this;
      const rows = await database.query(sql, params);
      await hold;
      return rows as never;
    },
  };
}

const isOpen = (registry: ProjectRegistry): boolean | undefined => registry.get(1)?.breakerOpen;

it('is read anew beside the work past half of its age', async () => {
  let now = 0;
  await setBreaker('closed');
  const registry = new ProjectRegistry(db.database, () => now, 1000);
  await registry.list();
  await setBreaker('open');
  now = 500;
  await registry.list();
  expect(isOpen(registry)).toBe(false);
  now = 501;
  await registry.list();
  await vi.waitFor(() => expect(isOpen(registry)).toBe(true));
});

it('forgets an answer that a later question has overtaken', async () => {
  let now = 0;
  await setBreaker('closed');
  const database = slowly(db.database);
  const registry = new ProjectRegistry(database, () => now, 1000);
  await registry.list();
  let release = (): void => undefined;
  database.hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  now = 501;
  await registry.list();
  await vi.waitFor(() => expect(database.asked).toBe(2));
  database.hold = null;
  await setBreaker('open');
  await registry.refresh();
  expect(isOpen(registry)).toBe(true);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOpen(registry)).toBe(true);
});
