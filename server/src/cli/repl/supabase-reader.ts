import type { Database } from '../../database/database.js';

interface Condition {
  readonly column: string;
  readonly operator: string;
  readonly value: unknown;
}

interface Read {
  readonly table: string;
  readonly columns: readonly string[];
  readonly conditions: readonly Condition[];
  readonly orders: readonly string[];
  readonly limit: number | null;
}

interface ReadAnswer {
  readonly data: readonly object[] | null;
  readonly error: { readonly message: string } | null;
}

const operators = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Quoted, so that a name is nothing but a name. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Reads of the app's tables as supabase-js writes them: `from(…).select(…).eq(…).order(…).limit(…)`, awaited to {data, error}. It reads and
 * cannot write.
 */
export function supabaseReader(database: Database): { from(table: string): { select(columns?: string): ReadBuilder } } {
  return {
    from: (table) => ({
      select: (columns = '*') =>
        new ReadBuilder(database, {
          table,
          columns: columns.split(',').map((column) => column.trim()),
          conditions: [],
          orders: [],
          limit: null,
        }),
    }),
  };
}

/** Each call gives a new one; awaiting it reads. */
class ReadBuilder implements PromiseLike<ReadAnswer> {
  readonly #database: Database;
  readonly #read: Read;

  constructor(database: Database, read: Read) {
    this.#database = database;
    this.#read = read;
  }

  eq(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.eq, value);
  }
  neq(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.neq, value);
  }
  gt(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.gt, value);
  }
  gte(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.gte, value);
  }
  lt(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.lt, value);
  }
  lte(column: string, value: unknown): ReadBuilder {
    return this.#where(column, operators.lte, value);
  }

  order(column: string, { ascending = true }: { readonly ascending?: boolean } = {}): ReadBuilder {
    return this.#with({ orders: [...this.#read.orders, `${quoted(column)} ${ascending ? 'asc' : 'desc'}`] });
  }

  limit(limit: number): ReadBuilder {
    return this.#with({ limit });
  }

  /** Awaiting it reads, as with supabase-js. */
  then<A = ReadAnswer, B = never>(
    onAnswer?: ((answer: ReadAnswer) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.#run().then(onAnswer, onError);
  }

  #where(column: string, operator: string, value: unknown): ReadBuilder {
    return this.#with({ conditions: [...this.#read.conditions, { column, operator, value }] });
  }

  #with(change: Partial<Read>): ReadBuilder {
    return new ReadBuilder(this.#database, { ...this.#read, ...change });
  }

  async #run(): Promise<ReadAnswer> {
    const { table, columns, conditions, orders, limit } = this.#read;
    const list = columns.map((column) => (column === '*' ? '*' : quoted(column))).join(', ');
    const where = conditions.map(({ column, operator }, i) => `${quoted(column)} ${operator} $${i + 1}`).join(' and ');
    const sql = [
      `select ${list} from public.${quoted(table)}`,
      where === '' ? '' : `where ${where}`,
      orders.length === 0 ? '' : `order by ${orders.join(', ')}`,
      limit === null ? '' : `limit ${Math.max(0, Math.trunc(Number(limit)) || 0)}`,
    ].join(' ');
    try {
      return {
        data: await this.#database.query(
          sql,
          conditions.map(({ value }) => value),
        ),
        error: null,
      };
    } catch (error) {
      return { data: null, error: { message: error instanceof Error ? error.message : String(error) } };
    }
  }
}
