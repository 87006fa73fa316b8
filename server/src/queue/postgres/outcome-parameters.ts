import { plainArray, textArray } from '../../database/array-literal.js';
import type { ChunkResult, ItemResult } from '../queue-engine.js';

/** Codes of push.delivery_states, and the two ways back to the queue. */
const STATE_OF = { failed: 30, expired: 31, cancelled: 32, unknown: 33, dead_letter: 35 } as const;
const QUEUED = 1;
const QUEUED_ANEW = 0;
const ACCEPTED_BY_EXPO = 10;
const ACCEPTED_BY_PLATFORM = 20;

/** One chunk's result, as columns, and what the ledger counts of it. */
interface Outcome {
  readonly chunkId: string;
  readonly states: number[];
  readonly tickets: (string | null)[];
  readonly codes: (string | null)[];
  readonly groups: (number | null)[];
  readonly ledger: Map<string, number>;
  accepted: number;
  failed: number;
  awaited: number;
}

function outcomeOf(result: ChunkResult, receipts: boolean): Outcome {
  const outcome: Outcome = {
    chunkId: result.lease.chunkId,
    states: [],
    tickets: [],
    codes: [],
    groups: [],
    ledger: new Map(),
    accepted: 0,
    failed: 0,
    awaited: 0,
  };
  for (const item of result.items) {
    outcome.tickets.push(item.to === 'accepted' ? item.ticketId : null);
    outcome.codes.push(item.to === 'accepted' ? null : item.code);
    outcome.groups.push(item.to === 'queued' ? item.group : null);
    outcome.states.push(count(outcome, item, receipts));
  }
  if (outcome.awaited > 0) outcome.ledger.set('state:accepted_by_expo', outcome.awaited);
  return outcome;
}

/** Counts an item, and says its state. */
function count(outcome: Outcome, item: ItemResult, receipts: boolean): number {
  const ledger = (entry: string): unknown => outcome.ledger.set(entry, (outcome.ledger.get(entry) ?? 0) + 1);
  if (item.to === 'accepted') {
    outcome.accepted++;
    if (receipts && item.ticketId !== null) outcome.awaited++;
    else ledger(receipts ? 'state:receipt_missing' : 'state:accepted_by_platform');
    return receipts ? ACCEPTED_BY_EXPO : ACCEPTED_BY_PLATFORM;
  }
  if (item.to === 'queued') {
    if (item.resent) ledger('resent_unknown');
    return item.resent ? QUEUED_ANEW : QUEUED;
  }
  outcome.failed++;
  ledger(`state:${item.to}`);
  return STATE_OF[item.to];
}

/** An array literal, or null when there is nothing but nulls. */
const unlessEmpty = (values: readonly (string | number | null)[], literal: (values: readonly never[]) => string): string | null =>
  values.some((value) => value !== null) ? literal(values as readonly never[]) : null;

/** The parameters of `completeChunks`. `receipts`: whether a project's provider has receipts, for each result. */
export function outcomeParameters(
  results: readonly ChunkResult[],
  receipts: readonly boolean[],
  worker: string,
  receiptDelaySeconds: number,
): (string | number)[] {
  const outcomes = results.map((result, i) => outcomeOf(result, receipts[i] === true));
  const attempts = results.map((result) => result.attempt);
  const counts = outcomes.flatMap(({ chunkId, ledger }) => [...ledger].map(([item, n]) => ({ chunkId, item, n })));
  const groups = results.flatMap((result) => result.groups.map((group, number) => ({ ...group, number, chunkId: result.lease.chunkId })));
  const wholly = (outcome: Outcome): boolean => outcome.awaited === outcome.states.length;
  return [
    plainArray(outcomes.map((outcome) => outcome.chunkId)),
    plainArray(results.map((result) => result.lease.epoch)),
    textArray(outcomes.map((outcome) => plainArray(outcome.states))),
    textArray(outcomes.map((outcome) => unlessEmpty(outcome.tickets, textArray))),
    textArray(outcomes.map((outcome) => unlessEmpty(outcome.codes, textArray))),
    textArray(outcomes.map((outcome) => unlessEmpty(outcome.groups, plainArray))),
    worker,
    textArray(attempts.map((attempt) => attempt.outcome)),
    plainArray(attempts.map((attempt) => Math.round(attempt.durationMs))),
    plainArray(attempts.map((attempt) => attempt.httpStatus)),
    textArray(attempts.map((attempt) => attempt.code)),
    textArray(attempts.map((attempt) => attempt.requestId)),
    plainArray(results.map((result) => result.tokensLost)),
    plainArray(outcomes.map((outcome) => outcome.accepted)),
    plainArray(outcomes.map((outcome) => outcome.failed)),
    plainArray(counts.map((entry) => entry.chunkId)),
    textArray(counts.map((entry) => entry.item)),
    plainArray(counts.map((entry) => entry.n)),
    plainArray(groups.map((group) => group.chunkId)),
    plainArray(groups.map((group) => group.number)),
    plainArray(groups.map((group) => group.delayMs)),
    plainArray(groups.map((group) => group.attempt)),
    plainArray(groups.map((group) => group.crashRecoveries)),
    plainArray(groups.map((group) => group.projectId)),
    receiptDelaySeconds,
    plainArray(outcomes.map(wholly)),
    plainArray(outcomes.map((outcome) => outcome.awaited > 0 && !wholly(outcome))),
    plainArray(outcomes.map((outcome) => outcome.ledger.has('state:receipt_missing'))),
  ];
}
