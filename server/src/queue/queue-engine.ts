import type { Queryable } from '../database/database.js';
import type { Lane } from '../planning/planning-types.js';

/**
 * The queue seam. Its unit is a chunk: up to 100 deliveries of one provider project, lane and due time.
 *
 * States of a chunk: ready (claimable from its due time) → sending (leased: `lease` and `epoch` name the one worker that may settle it)
 * → gone (every delivery has ended or moved to another chunk). parked: ready, but its broadcast is paused. A lease that runs out makes the chunk
 * recoverable: what was on the wire then is unknown.
 *
 * The epoch is the fence: it grows with every claim, and nothing that carries an older one changes anything.
 */
export interface Lease {
  readonly chunkId: string;
  readonly epoch: number;
}

export interface LeasedChunk extends Lease {
  readonly projectId: number;
  readonly lane: Lane;
  readonly recipients: number;
  /** Requests that were answered badly so far. */
  readonly attempt: number;
  /** Leases that ran out so far. */
  readonly crashRecoveries: number;
  /** What the type says of unknown outcomes: send again, or not. */
  readonly resendUnknown: boolean;
  readonly expiresAt: Date;
  readonly broadcastId: string | null;
  /** The project's breaker is open, and this chunk alone passes to see whether the provider answers again. */
  readonly isProbe: boolean;
}

export interface ClaimRequest {
  readonly projectId: number;
  /** Lanes to look at, the most urgent first; one claim serves one lane. */
  readonly lanes: readonly Lane[];
  readonly maxChunks: number;
  readonly leaseSeconds: number;
  /** For how long nobody else probes an open breaker; has to outlast the request. */
  readonly probeSeconds: number;
  readonly worker: string;
}

/** What became of one delivery of a leased chunk. */
export type ItemResult =
  /** Taken by the provider. ticketId null with receipts: the ticket can't be attributed. */
  | { readonly to: 'accepted'; readonly ticketId: string | null }
  | { readonly to: 'failed' | 'expired' | 'cancelled' | 'unknown' | 'dead_letter'; readonly code: string }
  /** Back to the queue, as a part of `groups[group]`. resent: it may have been sent before; counted. */
  | { readonly to: 'queued'; readonly code: string; readonly group: number; readonly resent: boolean };

/** Deliveries of one chunk that go back to the queue together, as a chunk of their own. */
export interface RequeueGroup {
  readonly delayMs: number;
  readonly attempt: number;
  readonly crashRecoveries: number;
  readonly projectId: number;
}

/** One provider request, or what stood in its place. */
export interface AttemptFacts {
  readonly outcome: 'answered' | 'transient' | 'isolate' | 'regroup' | 'project_fault' | 'ambiguous' | 'not_sent' | 'lease_expired';
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly code: string | null;
  readonly requestId: string | null;
}

export interface ChunkResult {
  readonly lease: LeasedChunk;
  readonly attempt: AttemptFacts;
  /** One for each delivery, in the chunk's order. */
  readonly items: readonly ItemResult[];
  readonly groups: readonly RequeueGroup[];
  /** How many tokens the provider called dead in this request. */
  readonly tokensLost: number;
}

export interface QueueDepth {
  readonly lane: Lane;
  readonly state: 'ready' | 'delayed' | 'sending' | 'parked';
  readonly chunks: number;
  readonly deliveries: number;
  readonly oldest: Date | null;
}

export interface QueueEngine {
  /**
   * Claims chunks that are due. One commit checks the switches, the project's pause, breaker, back-off and rate budget, the broadcast's pause
   * and the expiry, takes the recipients out of the budget, and writes the lease: this is the intent, and nothing may go on the wire before it.
   */
  claim(request: ClaimRequest): Promise<LeasedChunk[]>;
  /**
   * The same within the transaction that wrote these chunks, as its last statement: its commit is the intent. Claims only among them, and nothing
   * while others wait in the request's lanes. An engine that can't do that claims nothing.
   */
  claimNew(tx: Queryable, request: ClaimRequest, chunkIds: readonly string[]): Promise<LeasedChunk[]>;
  /** Holds leases for longer. Returns those that are still the caller's. */
  extend(leases: readonly Lease[], leaseSeconds: number): Promise<Lease[]>;
  /** Writes what became of chunks, all or nothing, in `tx`. Returns the ids of those whose lease was still the caller's; others change nothing. */
  complete(tx: Queryable, results: readonly ChunkResult[]): Promise<Set<string>>;
  /**
   * Of these, the ids of those that `complete` has settled already, under their very leases: for whoever never heard how its commit ended. Waits, in
   * `tx`, for one that is under way.
   */
  settled(tx: Queryable, results: readonly ChunkResult[]): Promise<Set<string>>;
  /** Gives whole chunks back, due again after `delayMs`; their deliveries were definitely not sent. */
  retry(leases: readonly LeasedChunk[], retry: { delayMs: number; burnsAttempt: boolean; attempt: AttemptFacts }): Promise<Set<string>>;
  /** Chunks whose lease ran out, leased anew to the caller so that it can settle them as unknown. */
  claimExpiredLeases(max: number, leaseSeconds: number, worker: string): Promise<LeasedChunk[]>;
  /** Ends ready chunks that are past their expiry. Returns how many deliveries expired. */
  expireOverdue(max: number): Promise<number>;
  depth(): Promise<QueueDepth[]>;
}
