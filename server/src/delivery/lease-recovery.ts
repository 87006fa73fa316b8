import type { Database } from '../database/database.js';
import { failpoint } from '../failpoints/failpoint.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { PolicyCache } from '../planning/policy-cache.js';
import type { ChunkResult, ItemResult, LeasedChunk, QueueEngine, RequeueGroup } from '../queue/queue-engine.js';
import { backoffMs } from './backoff.js';

export interface RecoveryOptions {
  readonly leaseSeconds: number;
  readonly worker: string;
}

const SPLIT_INTO = 10;
const MOST_AT_ONCE = 50;

/**
 * What nobody answered for. A chunk whose lease ran out may have been on the wire: its deliveries are unknown, and the type says whether they
 * are sent again. Each time it comes back in smaller parts, so that a message that kills workers ends up alone, and at the third time it is a
 * dead letter while its neighbours have long arrived.
 */
export class LeaseRecovery {
  readonly #parts: {
    readonly database: Database;
    readonly engine: QueueEngine;
    readonly policies: PolicyCache;
    readonly log: Logger;
    readonly random: () => number;
  };
  readonly #options: RecoveryOptions;

  constructor(
    parts: { database: Database; engine: QueueEngine; policies: PolicyCache; log: Logger; random: () => number },
    options: RecoveryOptions,
  ) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Settles expired leases. Returns how many chunks it found. */
  async recover(): Promise<number> {
    const { engine, database, log } = this.#parts;
    const leases = await engine.claimExpiredLeases(MOST_AT_ONCE, this.#options.leaseSeconds, this.#options.worker);
    if (leases.length === 0) return 0;
    if (FAILPOINTS) await failpoint('lease_recovery');
    const { maxCrashRecoveries } = await this.#parts.policies.get();
    const results = leases.map((lease) => this.#resultFor(lease, maxCrashRecoveries));
    await engine.complete(database, results);
    const found = { chunks: leases.length, deliveries: leases.reduce((sum, lease) => sum + lease.recipients, 0) };
    logNotificationError(log, 'LEASE_EXPIRED', 'leases ran out; their deliveries are unknown', found, 'warn');
    return leases.length;
  }

  #resultFor(lease: LeasedChunk, maxCrashRecoveries: number): ChunkResult {
    const attempt = { outcome: 'lease_expired', durationMs: 0, httpStatus: null, code: 'LEASE_EXPIRED', requestId: null } as const;
    const crashRecoveries = lease.crashRecoveries + 1;
    const all = (item: ItemResult): ItemResult[] => new Array<ItemResult>(lease.recipients).fill(item);
    if (!lease.resendUnknown) {
      return { lease, attempt, items: all({ to: 'unknown', code: 'LEASE_EXPIRED' }), groups: [], tokensLost: 0 };
    }
    if (crashRecoveries >= maxCrashRecoveries) {
      return { lease, attempt, items: all({ to: 'dead_letter', code: 'POISONED' }), groups: [], tokensLost: 0 };
    }
    const size = Math.max(1, Math.ceil(lease.recipients / SPLIT_INTO));
    const groups: RequeueGroup[] = [];
    const items = Array.from({ length: lease.recipients }, (_, index): ItemResult => {
      const group = Math.floor(index / size);
      groups[group] ??= {
        delayMs: backoffMs(lease.crashRecoveries, this.#parts.random),
        attempt: lease.attempt,
        crashRecoveries,
        projectId: lease.projectId,
      };
      return { to: 'queued', code: 'LEASE_EXPIRED', group, resent: true };
    });
    return { lease, attempt, items, groups, tokensLost: 0 };
  }
}
