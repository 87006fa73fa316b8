/** A statement of a hot path: sent under its name, so Postgres parses and plans it once per connection. */
export interface Statement {
  /** At most 63 bytes; one name, one text, in the whole program. */
  readonly name: string;
  readonly text: string;
}

export interface Queryable {
  /**
   * Rows as objects. `bigint` comes as number (an error when over 2^53), `timestamptz` as Date, `json` parsed, `bytea` as Buffer,
   * `numeric`, `date` and `interval` as Postgres writes them. Throws `DatabaseError`.
   */
  query<Row extends object = Record<string, unknown>>(sql: string | Statement, params?: readonly unknown[]): Promise<Row[]>;
  /** Rows as arrays of what Postgres wrote (text or null), nothing parsed: for hot paths. Throws `DatabaseError`. */
  rows(sql: string | Statement, params?: readonly unknown[]): Promise<(string | null)[][]>;
}

export interface TransactionOptions {
  /** How often a serialization failure or deadlock is tried again; 5 when absent. The work must then be safe to repeat. */
  readonly retries?: number;
}

export interface Subscription {
  close(): Promise<void>;
}

/** The seam to Postgres. Everything the domains need of it, and nothing of the driver. */
export interface Database extends Queryable {
  /** Commits when `work` resolves, rolls back when it throws. `tx` is useless afterwards. */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Notifications of a channel. They are hints: those sent while the connection is down are lost, so `onReconnect` is called when it
   * listens again and the caller looks for itself. Rejects when the first connection fails.
   */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect: () => void): Promise<Subscription>;
  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
}
