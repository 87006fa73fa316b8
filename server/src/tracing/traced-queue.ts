import { type AttributeValue, type Link, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Clock } from '../clock/clock.js';
import type { Queryable } from '../database/database.js';
import { describeError } from '../logging/describe-error.js';
import type { Logger } from '../logging/logger.js';
import { laneNames } from '../planning/lane-names.js';
import type { AttemptFacts, ChunkResult, ItemResult, LeasedChunk, QueueEngine } from '../queue/queue-engine.js';
import { byTrace, type NotificationTrace, type TraceContexts } from './trace-contexts.js';
import type { TraceOutput } from './trace-output.js';

interface QueueParts {
  readonly output: TraceOutput;
  readonly contexts: TraceContexts;
  readonly database: Queryable;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A chunk in our hands of which at least one delivery is traced: by the position of the delivery in it. */
interface TracedChunk {
  readonly startedAt: Date;
  readonly traces: readonly (NotificationTrace | undefined)[];
}

/** Leases that were lost are never heard of again; what is remembered of them goes when there are many. */
const MOST_REMEMBERED = 2_000;

const keyOf = ({ chunkId, epoch }: LeasedChunk): string => `${chunkId}/${epoch}`;

/**
 * A queue that tells of what it hands out: `todoku.deliver`, from a chunk's claim to its outcome, once in each trace that has a notification in
 * the chunk. A chunk is one request: its first span links the other notifications, and theirs link the first.
 */
export function tracedQueue(engine: QueueEngine, parts: QueueParts): QueueEngine {
  const { clock, log } = parts;
  const remembered = new Map<string, TracedChunk>();

  const remember = async (leases: LeasedChunk[], startedAt: Date, database = parts.database): Promise<LeasedChunk[]> => {
    try {
      for (const [key, traces] of await tracesOf(leases, { ...parts, database })) remembered.set(key, { startedAt, traces });
      for (const key of remembered.keys()) {
        if (remembered.size <= MOST_REMEMBERED) break;
        remembered.delete(key);
      }
    } catch (error) {
      log.warn({ error: describeError(error) }, 'traces: contexts could not be read');
    }
    return leases;
  };
  const settled = (lease: LeasedChunk, attempt: AttemptFacts, items: readonly ItemResult[]): void => {
    const chunk = remembered.get(keyOf(lease));
    remembered.delete(keyOf(lease));
    if (chunk !== undefined) tell(chunk, { lease, attempt, items }, parts);
  };
  const tellThose = (kept: Set<string>, results: readonly ChunkResult[]): Set<string> => {
    for (const { lease, attempt, items } of results) if (kept.has(lease.chunkId)) settled(lease, attempt, items);
    return kept;
  };

  return {
    claim: async (request) => {
      const startedAt = clock.now();
      return await remember(await engine.claim(request), startedAt);
    },
    claimNew: async (tx, request, chunkIds) => {
      const startedAt = clock.now();
      // Nobody else sees these chunks before the commit.
      return await remember(await engine.claimNew(tx, request, chunkIds), startedAt, tx);
    },
    claimExpiredLeases: async (max, leaseSeconds, worker) => {
      const startedAt = clock.now();
      return await remember(await engine.claimExpiredLeases(max, leaseSeconds, worker), startedAt);
    },
    complete: async (tx, results) => tellThose(await engine.complete(tx, results), results),
    settled: async (tx, results) => tellThose(await engine.settled(tx, results), results),
    retry: async (leases, retry) => {
      const kept = await engine.retry(leases, retry);
      for (const lease of leases) if (kept.has(lease.chunkId)) settled(lease, retry.attempt, []);
      return kept;
    },
    extend: (leases, leaseSeconds) => engine.extend(leases, leaseSeconds),
    expireOverdue: (max) => engine.expireOverdue(max),
    depth: () => engine.depth(),
  };
}

const contents = /* sql */ `
select id::text, notification_ids as "notificationIds" from push.chunks where id = any ($1::bigint[])`;

async function tracesOf(leases: readonly LeasedChunk[], { database, contexts }: QueueParts): Promise<Map<string, TracedChunk['traces']>> {
  const found = new Map<string, TracedChunk['traces']>();
  if (leases.length === 0) return found;
  const chunks = await database.query<{ id: string; notificationIds: string[] }>(contents, [leases.map(({ chunkId }) => chunkId)]);
  const traces = await contexts.sampled([...new Set(chunks.flatMap(({ notificationIds }) => notificationIds))]);
  if (traces.size === 0) return found;
  const byChunk = new Map(chunks.map(({ id, notificationIds }) => [id, notificationIds]));
  for (const lease of leases) {
    const ofChunk = byChunk.get(lease.chunkId)?.map((id) => traces.get(id)) ?? [];
    if (ofChunk.some((trace) => trace !== undefined)) found.set(keyOf(lease), ofChunk);
  }
  return found;
}

type Outcome = Pick<ChunkResult, 'lease' | 'attempt' | 'items'>;

function tell({ startedAt, traces }: TracedChunk, outcome: Outcome, { output, clock }: QueueParts): void {
  const end = clock.now();
  const groups = byTrace(traces.keys(), (position) => traces[position]);
  const [first, ...others] = groups;
  if (first === undefined) return;
  const emit = ({ trace, items: positions }: (typeof groups)[number], links: Link[]): Link => {
    const items =
      outcome.items.length === 0 ? [] : positions.map((position) => outcome.items[position]).filter((item) => item !== undefined);
    const span = output.child(trace.context, 'todoku.deliver', {
      kind: SpanKind.CLIENT,
      startTime: startedAt,
      links,
      attributes: { ...describeAttempt(outcome), 'todoku.deliveries': positions.length, ...describeItems(items) },
    });
    const fault = faultOf(outcome, items);
    if (fault !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
    span.end(end);
    return { context: span.spanContext() };
  };
  const shared = emit(
    first,
    others.map(({ trace: { context } }) => ({ context })),
  );
  for (const group of others) emit(group, [shared]);
}

function describeAttempt({ lease, attempt }: Outcome): Record<string, AttributeValue> {
  return {
    'todoku.chunk.id': lease.chunkId,
    'todoku.lane': laneNames[lease.lane],
    'todoku.project.id': lease.projectId,
    'todoku.attempt': lease.attempt + 1,
    'todoku.recipients': lease.recipients,
    'todoku.outcome': attempt.outcome,
    ...(attempt.httpStatus === null ? {} : { 'http.response.status_code': attempt.httpStatus }),
    ...(attempt.requestId === null ? {} : { 'todoku.provider.request_id': attempt.requestId }),
  };
}

/** How many deliveries went where; the first error code. */
function describeItems(items: readonly ItemResult[]): Record<string, AttributeValue> {
  const counts: Record<string, number> = {};
  for (const { to } of items) counts[`todoku.${to}`] = (counts[`todoku.${to}`] ?? 0) + 1;
  const code = codeOf(items);
  return code === null ? counts : { ...counts, 'todoku.code': code };
}

const codeOf = (items: readonly ItemResult[]): string | null => {
  for (const item of items) if (item.to !== 'accepted') return item.code;
  return null;
};

/** null: all is well, or ended as somebody wanted it. */
function faultOf({ attempt }: Outcome, items: readonly ItemResult[]): string | null {
  if (attempt.outcome !== 'answered' && attempt.outcome !== 'not_sent') return attempt.code ?? attempt.outcome;
  return codeOf(items.filter(({ to }) => to === 'failed' || to === 'unknown' || to === 'dead_letter' || to === 'queued'));
}
