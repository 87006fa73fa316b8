import type { Clock } from '../clock/clock.js';
import { failpoint } from '../failpoints/failpoint.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { logNotificationError } from '../logging/notification-error.js';
import type { DeliveryMetrics } from '../monitoring/delivery-metrics.js';
import type { LoadedChunk } from '../planning/delivery-content.js';
import type { LocalTime } from '../planning/local-time.js';
import type { Policy } from '../planning/policy-cache.js';
import type { Provider, RefusedResult, SendResult } from '../providers/provider.js';
import type { AttemptFacts, LeasedChunk, QueueEngine } from '../queue/queue-engine.js';
import type { Keyring } from '../security/keyring.js';
import { backoffMs } from './backoff.js';
import { keepTrying } from './keep-trying.js';
import { logRefusal, logResults } from './log-failures.js';
import type { OutcomeWriter } from './outcome-writer.js';
import { type PreparedChunk, prepareChunk } from './prepare-chunk.js';
import type { ProjectBreaker } from './project-breaker.js';
import type { ProjectRegistry } from './project-registry.js';
import { attemptFacts, type Resolution, resolveResult } from './resolve-result.js';

export interface SendParts {
  readonly clock: Clock;
  readonly engine: QueueEngine;
  readonly outcomes: OutcomeWriter;
  readonly registry: ProjectRegistry;
  readonly breaker: ProjectBreaker;
  readonly keyring: Keyring;
  readonly localTime: LocalTime;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** The adapter of a project's provider. */
  readonly providerOf: (projectId: number) => Provider | undefined;
}

export interface SendOptions {
  /** The whole request, from connecting to the last byte of the answer. */
  readonly deadlineMs: number;
  readonly leaseSeconds: number;
}

const NOT_SENT: AttemptFacts = { outcome: 'not_sent', durationMs: 0, httpStatus: null, code: null, requestId: null };
/** What a lease must have left beyond the request's deadline, for the outcome to be written. */
const MARGIN_MS = 5000;

/** For how long a claim reserves the probe of an open breaker: nobody else probes while its request may be on the wire. */
export function probeSeconds(deadlineMs: number): number {
  return (deadlineMs + MARGIN_MS) / 1000;
}

/** Takes one leased chunk from its content to its committed outcome. */
export class ChunkSender {
  readonly #parts: SendParts;
  readonly #options: SendOptions;

  constructor(parts: SendParts, options: SendOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** claimedAt: monotonic time before the claim was sent, so that the lease is never thought longer than it is. */
  async send(lease: LeasedChunk, loaded: LoadedChunk | undefined, policy: Policy, claimedAt: number): Promise<void> {
    const { keyring, localTime, random, log, clock } = this.#parts;
    const provider = this.#parts.providerOf(lease.projectId);
    // Not ours any more, or made by a release that knows more providers: back, untouched.
    if (loaded === undefined || provider === undefined) {
      await this.#retry(lease, 5000, { ...NOT_SENT, code: 'NO_PROVIDER' });
      await this.#passProbeOn(lease);
      return;
    }
    const prepared = prepareChunk(lease, loaded, { policy, localTime, keyring, random });
    for (const fault of prepared.faults.slice(0, 1)) {
      logNotificationError(log, fault.code, fault.message, { chunkId: lease.chunkId, n: prepared.faults.length });
    }
    if (prepared.messages.length === 0) {
      await this.#complete(prepared, { items: prepared.items, groups: prepared.groups }, { ...NOT_SENT, code: 'NOTHING_TO_SEND' });
      await this.#passProbeOn(lease);
      return;
    }
    if (!(await this.#leaseLasts(lease, claimedAt))) return;
    if (FAILPOINTS) await failpoint('after_intent');
    const startedAt = clock.monotonic();
    const sending = provider.send(prepared.messages, this.#options.deadlineMs);
    if (FAILPOINTS) await failpoint('after_write');
    const result = await sending;
    if (FAILPOINTS) await failpoint('after_response');
    const attempt = attemptFacts(result, clock.monotonic() - startedAt);
    const { chunkId, projectId, lane } = lease;
    log.debug({ chunkId, projectId, lane, messages: prepared.messages.length, ...attempt }, 'a request has its answer');
    await this.#settle(prepared, result, attempt, policy.maxAttempts);
  }

  async #leaseLasts(lease: LeasedChunk, claimedAt: number): Promise<boolean> {
    const { leaseSeconds, deadlineMs } = this.#options;
    const left = leaseSeconds * 1000 - (this.#parts.clock.monotonic() - claimedAt);
    if (left >= deadlineMs + MARGIN_MS) return true;
    const held = await this.#parts.engine.extend([lease], leaseSeconds);
    if (held.length > 0 && lease.isProbe) await this.#parts.breaker.holdProbe(lease.projectId, probeSeconds(deadlineMs));
    return held.length > 0;
  }

  async #passProbeOn({ projectId, isProbe }: LeasedChunk): Promise<void> {
    if (isProbe) await this.#parts.breaker.probeUnused(projectId);
  }

  async #settle(prepared: PreparedChunk, result: SendResult, attempt: AttemptFacts, maxAttempts: number): Promise<void> {
    const { breaker } = this.#parts;
    const { projectId, isProbe } = prepared.lease;
    if (result.kind === 'transient' || result.kind === 'project_fault') {
      await this.#giveBack(prepared, result, attempt);
      return;
    }
    const resolution = resolveResult(prepared, result, { maxAttempts, random: this.#parts.random });
    if (result.kind === 'ambiguous' || (result.kind === 'isolate' && !result.byProvider))
      await breaker.failed(projectId, result.code, isProbe);
    else if (resolution.projectFault !== null) await breaker.fault(projectId, resolution.projectFault, isProbe);
    else await breaker.answered(projectId, isProbe);
    logResults(this.#parts.log, prepared, result, resolution.items);
    await this.#adoptProjects(resolution, projectId);
    await this.#complete(prepared, resolution, attempt, resolution.deadTokens);
  }

  /** Definitely not sent, as a whole: the chunk goes back as it is, and the project waits where the provider said so. */
  async #giveBack(prepared: PreparedChunk, result: RefusedResult, attempt: AttemptFacts): Promise<void> {
    const { breaker, random } = this.#parts;
    const { lease } = prepared;
    logRefusal(this.#parts.log, lease, result, 'a request was refused as a whole; it is tried again');
    if (result.kind === 'project_fault') {
      await breaker.fault(lease.projectId, result.code, lease.isProbe);
    } else if (result.wholeProject) {
      await breaker.backOff(lease.projectId, result.retryAfterMs ?? backoffMs(0, random));
      // The back-off keeps the next one waiting.
      await this.#passProbeOn(lease);
    } else {
      await breaker.failed(lease.projectId, result.code, lease.isProbe);
    }
    const delayMs = result.kind === 'project_fault' ? 1000 : (result.retryAfterMs ?? backoffMs(0, random));
    // What was cancelled or held while preparing will be so again at the next claim.
    await this.#retry(lease, delayMs, attempt);
    this.#parts.metrics.attempted(lease, attempt, []);
  }

  async #retry(lease: LeasedChunk, delayMs: number, attempt: AttemptFacts): Promise<void> {
    const { engine, sleep } = this.#parts;
    await keepTrying(() => engine.retry([lease], { delayMs, burnsAttempt: false, attempt }), sleep);
  }

  async #adoptProjects(resolution: Resolution, projectId: number): Promise<void> {
    const { registry, log } = this.#parts;
    try {
      for (const [name, { group, tokenIds }] of resolution.regroup) {
        const id = await registry.adopt(projectId, name, tokenIds);
        const old = resolution.groups[group];
        if (old !== undefined) resolution.groups[group] = { ...old, projectId: id };
      }
    } catch (error) {
      // They stay apart in their groups; the next refusal tells again whose they are. What was refused must be written all the same.
      logNotificationError(log, 'TOKENS_NOT_MOVED', 'tokens could not be moved to their project', {
        projectId,
        error: describeError(error),
      });
    }
  }

  async #complete(
    prepared: PreparedChunk,
    outcome: Pick<Resolution, 'groups'> & { readonly items: PreparedChunk['items'] },
    attempt: AttemptFacts,
    deadTokens: Resolution['deadTokens'] = [],
  ): Promise<void> {
    const items = outcome.items.map((item) => item ?? { to: 'unknown' as const, code: 'NO_OUTCOME' });
    const kept = await this.#parts.outcomes.write(
      { lease: prepared.lease, attempt, items, groups: outcome.groups, tokensLost: deadTokens.length },
      deadTokens,
    );
    if (FAILPOINTS) await failpoint('after_outcome_commit');
    // It was made in any case; what it made of its deliveries holds only within the lease.
    this.#parts.metrics.attempted(prepared.lease, attempt, kept ? items : []);
    if (!kept) {
      const { chunkId, epoch } = prepared.lease;
      const text = 'an outcome came after its lease and changed nothing';
      logNotificationError(this.#parts.log, 'OUTCOME_LATE', text, { chunkId, epoch }, 'warn');
    }
  }
}
