/** One of those that are compared: what a round needs of it. */
export interface Contestant {
  readonly name: string;
  /** Ends its processes and starts them anew: nothing compiled, nothing cached. Nothing of it runs before the first call. */
  renew(): Promise<void>;
  /** Puts `count` committed notifications in place and settles the database; not timed. */
  prepare(count: number): Promise<void>;
  /** Sends them all; resolves when every outcome is recorded. */
  run(count: number): Promise<void>;
  /** Whether all were recorded, once each, and nothing is unaccounted for; throws when not. */
  check(count: number): Promise<void>;
  /** Seconds of processor time of its own processes so far. */
  cpu(): number;
  /** Where it keeps its work, when that is not the Postgres of the run. */
  readonly store?: Store;
  /** Rounds of this share of the count: for those that are so slow that the rest of the run would wait for them. Default 1. */
  readonly share?: number;
  /** Details for the JSON, after a round. */
  details?(count: number): Promise<Record<string, unknown>>;
}

export interface Store {
  /** Seconds of processor time so far. */
  cpu(): number;
  /** Bytes written to disk so far; NaN: unknown. */
  writtenBytes(): number;
}

/** What one round took. Times in seconds, amounts in bytes. */
export interface Round {
  readonly count: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** `database`: Postgres, or where the contestant keeps its work instead. */
  readonly cpu: { readonly sender: number; readonly database: number; readonly simulator: number; readonly bench: number };
  /** Request bodies on the wire. */
  readonly wireBytes: number;
  /** Write-ahead log, or what another store wrote to disk. */
  readonly walBytes: number;
  readonly details: Record<string, unknown>;
}
