import type { Contestant } from '../throughput/contestant.js';

export const peerNames = ['pg-boss', 'graphile-worker', 'bullmq', 'webhook', 'sdk'] as const;
export type PeerName = (typeof peerNames)[number];

/** Numbers that decide how a peer is driven (loops, batch, concurrency); which ones there are is the peer's own affair. */
export type Way = Readonly<Record<string, number>>;

/** One row of the table: the peer driven as well as it can be in one manner. */
export interface Line {
  /** Part of the figures' ids: `pg-boss.large`. */
  readonly id: string;
  readonly title: string;
  /** Each is tried once with the backlog of the rounds to come, and the best is kept; a single one needs no trial. */
  readonly ways: readonly Way[];
  /** Whether the packages' own documentation shows this manner, or it takes code that they neither have nor show. */
  readonly documented: boolean;
  /** Rounds of this share of the count, for those that are slow (`Contestant.share`). */
  readonly share?: number;
}

/** Something that one would otherwise pick. */
export interface Peer {
  readonly name: PeerName;
  readonly lines: readonly Line[];
  /** Whether it takes durable work and records outcomes, so that it can be called the best peer. */
  readonly comparable: boolean;
  /** Where it keeps its work, as the table calls it. */
  readonly store: string;
  /** The peer driven in one way. */
  driven(line: Line, way: Way): Contestant;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** Why a peer can't be measured here, and what to do about it. */
export class PeerMissing extends Error {}
