import { codeField, field, idField } from './answer-fields.js';

/** How a request that was refused or failed as a whole is met. */
type RequestReaction = 'project_fault' | 'slow_down' | 'retry' | 'regroup' | 'isolate' | 'halve' | 'ambiguous';

/** `errors[].code` that blame one message. */
export const invalidMessageCodes: readonly string[] = ['VALIDATION_ERROR', 'API_ERROR'];

/** `errors[].code`. INTERNAL_SERVER_ERROR: it may have happened before or after the messages were taken. */
const reactions: ReadonlyMap<string, RequestReaction> = new Map([
  ['TOO_MANY_REQUESTS', 'slow_down'],
  ['PUSH_TOO_MANY_EXPERIENCE_IDS', 'regroup'],
  ['PUSH_TOO_MANY_NOTIFICATIONS', 'isolate'],
  // One bad message refuses the whole batch; its index stands only in the message text.
  ...invalidMessageCodes.map((code) => [code, 'isolate'] as const),
  // Only for receipts: fewer ids the next time, nothing is lost.
  ['PUSH_TOO_MANY_RECEIPTS', 'retry'],
  ['UNAUTHORIZED', 'project_fault'],
  ['INTERNAL_SERVER_ERROR', 'ambiguous'],
]);

/** Statuses that say something by themselves, whoever wrote the body. 404, 405, 410: the base URL is not Expo's. */
const statusReactions: ReadonlyMap<number, RequestReaction> = new Map([
  [404, 'project_fault'],
  [405, 'project_fault'],
  [407, 'project_fault'],
  [410, 'project_fault'],
  // The service gave up waiting for the request, or won't take it yet: it has taken nothing.
  [408, 'retry'],
  [425, 'retry'],
  // A proxy's limit on the body, or its excuse.
  [413, 'halve'],
]);

interface RequestError {
  readonly reaction: RequestReaction;
  /** Expo's code where it gave one, else a name for the status. */
  readonly code: string;
  /** Expo itself said so: a proxy or a firewall before it doesn't write its `errors`. */
  readonly byProvider: boolean;
  readonly requestId: string | null;
  /** `errors[].details`, unread. */
  readonly details: unknown;
}

/** The objects in `errors`; none when the answer has no such list. */
export function errorList(answer: unknown): readonly unknown[] {
  const errors = field(answer, 'errors');
  return Array.isArray(errors) ? errors : [];
}

/**
 * Reads an answer that brings no result. Statuses that come from whatever stands before Expo as well (429, 401, 403, 5xx) decide
 * whatever the body says; then the first code that is known; then the status. A refusal of the 4xx class under a code of Expo that nothing
 * here explains is taken as "one of these messages is the reason". One without Expo's words (the page of a proxy or a firewall) never is: it
 * would blame every message of every batch, one after the other.
 */
export function readRequestError(status: number, answer: unknown): RequestError {
  const errors = errorList(answer);
  const error = errors.find((candidate) => reactions.has(codeField(candidate, 'code') ?? '')) ?? errors[0];
  const code = codeField(error, 'code');
  return {
    reaction: gatewayReaction(status) ?? reactions.get(code ?? '') ?? statusReaction(status, code !== null),
    code: code ?? statusCode(status),
    byProvider: code !== null,
    requestId: idField(error, 'requestId'),
    details: field(error, 'details'),
  };
}

function gatewayReaction(status: number): RequestReaction | null {
  if (status === 429) return 'slow_down';
  if (status === 401 || status === 403) return 'project_fault';
  return status >= 500 ? 'ambiguous' : null;
}

function statusReaction(status: number, byProvider: boolean): RequestReaction {
  if (status < 300) return 'ambiguous';
  if (status < 400) return 'project_fault';
  return statusReactions.get(status) ?? (byProvider ? 'isolate' : 'retry');
}

function statusCode(status: number): string {
  if (status === 429) return 'TOO_MANY_REQUESTS';
  return status === 401 || status === 403 ? 'UNAUTHORIZED' : `HTTP_${status}`;
}
