import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError, isConnectionError } from '../../../src/database/database-error.js';
import { type TestDatabase, testDatabase } from '../database.js';
import { drawFaults, everyFault, type Fault, type FaultDraw, parseFaults } from './fault-draw.js';
import { faultyDatabase } from './faulty-database.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
  await db.admin.query('create table written (n int); grant all on written to todoku_worker');
});
afterAll(() => db.close());
beforeEach(() => db.admin.query('truncate written'));

const insert = 'insert into written values (1)';
const written = async (): Promise<number> => (await db.admin.query('select from written')).length;
const named = (kind: Fault['kind'], code: string): Fault | undefined =>
  everyFault.find((fault) => fault.kind === kind && fault.code === code);

/** A fault for each statement in turn (begin and commit count), then none. */
function script(...faults: (Fault | null | undefined)[]): FaultDraw {
  const left = [...faults];
  return { next: () => left.shift() ?? null, losesHint: () => false };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof DatabaseError ? error.code : String(error)),
  );

describe('a statement', () => {
  it.each(everyFault)('$kind with $code: is done only when its answer is what got lost', async (fault) => {
    const faulty = faultyDatabase(db.database, script(fault));
    expect(await codeOf(faulty.query(insert))).toBe(fault.code);
    expect(await written()).toBe(fault.kind === 'answer_lost' ? 1 : 0);
    await faulty.rows(insert);
    expect(await written()).toBe(fault.kind === 'answer_lost' ? 2 : 1);
  });
});

describe('a transaction', () => {
  it.each(everyFault)('$kind with $code at a statement: nothing of it stays, or it is done again as a whole', async (fault) => {
    const faulty = faultyDatabase(db.database, script(null, null, fault));
    let tries = 0;
    const code = await codeOf(
      faulty.transaction(async (tx) => {
        tries += 1;
        await tx.query(insert);
        await tx.query(insert);
      }),
    );
    const repeats = fault.code === '40001' || fault.code === '40P01';
    expect({ code, tries, written: await written() }).toEqual(
      repeats ? { code: 'none', tries: 2, written: 2 } : { code: fault.code, tries: 1, written: 0 },
    );
  });

  it.each(everyFault)('$kind with $code at the commit', async (fault) => {
    const faulty = faultyDatabase(db.database, script(null, null, fault));
    const code = await codeOf(faulty.transaction((tx) => tx.query(insert)));
    const repeats = fault.code === '40001' || fault.code === '40P01';
    expect({ code, written: await written() }).toEqual({
      code: repeats ? 'none' : fault.code,
      written: repeats || fault.kind === 'answer_lost' ? 1 : 0,
    });
  });

  it('does not begin on a connection that cannot be made', async () => {
    const faulty = faultyDatabase(db.database, script(named('cut', '53300')));
    expect(await codeOf(faulty.transaction(() => Promise.reject(new Error('must not run'))))).toBe('53300');
  });

  it('cannot go on after an error that its work swallowed', async () => {
    for (const [fault, next] of [
      [named('refused', '57014'), '25P02'],
      [named('cut', '08006'), '08006'],
    ] as const) {
      const faulty = faultyDatabase(db.database, script(null, fault));
      const seen: string[] = [];
      const code = await codeOf(
        faulty.transaction(async (tx) => {
          seen.push(await codeOf(tx.query(insert)), await codeOf(tx.query(insert)));
        }),
      );
      expect(seen).toEqual([fault?.code, next]);
      expect(code).not.toBe('none');
      expect(await written()).toBe(0);
    }
  });
});

describe('the draw', () => {
  it('is the same for a seed, meets every fault, and keeps its rate', () => {
    const [one, two] = [drawFaults(7, 0.1), drawFaults(7, 0.1)];
    const drawn = Array.from({ length: 10_000 }, () => one.next());
    expect(Array.from({ length: 10_000 }, () => two.next())).toEqual(drawn);
    const met = drawn.filter((fault) => fault !== null);
    expect(new Set(met)).toEqual(new Set(everyFault));
    expect(met.length).toBeGreaterThan(800);
    expect(met.length).toBeLessThan(1200);
  });

  it('holds faults of connections as well as of statements', () => {
    const ofConnection = everyFault.map(({ code, message }) => isConnectionError(new DatabaseError(code, message)));
    expect(new Set(ofConnection)).toEqual(new Set([true, false]));
  });

  it('is asked for as seed:rate', () => {
    expect(parseFaults(undefined)).toBeNull();
    expect(parseFaults('7:0.5')?.next).toBeTypeOf('function');
    for (const wrong of ['7', '7:2', 'x:0.1', '7:0.1:']) expect(() => parseFaults(wrong)).toThrow('seed:rate');
  });
});
