import type { Child } from '../processes/child.js';

/** One of those that are compared: what a round needs of it. */
export interface Contestant {
  readonly name: string;
  /** Puts `count` committed notifications in place and settles the database; not timed. */
  prepare(count: number): Promise<void>;
  /** Sends them all; resolves when every outcome is recorded. */
  run(count: number): Promise<void>;
  /** Whether all were recorded, once each, and nothing is unaccounted for; throws when not. */
  check(count: number): Promise<void>;
  readonly process: Child;
  /** Details for the JSON, after a round. */
  details?(count: number): Promise<Record<string, unknown>>;
}

/** What one round took. Times in seconds, amounts in bytes. */
export interface Round {
  readonly perSecond: number;
  readonly seconds: number;
  readonly cpu: { readonly sender: number; readonly postgres: number; readonly simulator: number; readonly bench: number };
  /** Request bodies on the wire. */
  readonly wireBytes: number;
  readonly walBytes: number;
  readonly details: Record<string, unknown>;
}
