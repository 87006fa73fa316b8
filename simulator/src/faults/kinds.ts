import type { TokenBehaviour } from '../tokens/behaviours.js';

export type FaultEndpoint = 'send' | 'receipts';

interface KindFacts {
  /** Whether the notifications are recorded as taken before the fault strikes, unless the fault says otherwise. */
  readonly accepts: boolean;
  readonly on: readonly FaultEndpoint[];
  readonly summary: string;
}

const BOTH = ['send', 'receipts'] as const;
const SEND = ['send'] as const;
const RECEIPTS = ['receipts'] as const;

/** Every fault that can be scripted. */
export const FAULT_KINDS = {
  accept_then_reset: { accepts: true, on: BOTH, summary: 'takes the notifications, then resets the connection' },
  accept_then_hang: { accepts: true, on: BOTH, summary: 'takes them and never answers' },
  accept_then_504_html: { accepts: true, on: BOTH, summary: 'takes them and answers an HTML 504' },
  accept_then_truncate: { accepts: true, on: BOTH, summary: 'takes them and closes in the middle of the body' },
  accept_then_slow_drip: { accepts: true, on: BOTH, summary: 'takes them and answers one byte every delayMs' },
  refuse_then_reset: { accepts: false, on: BOTH, summary: 'takes nothing and resets the connection' },
  refuse_then_hang: { accepts: false, on: BOTH, summary: 'takes nothing and never answers' },
  slow_response: { accepts: true, on: BOTH, summary: 'answers rightly after delayMs' },
  short_ticket_count: { accepts: true, on: SEND, summary: 'leaves out the last ticket' },
  extra_ticket: { accepts: true, on: SEND, summary: 'adds a ticket nobody asked for' },
  permuted_tickets: { accepts: true, on: SEND, summary: 'answers the tickets in another order' },
  data_not_array: { accepts: true, on: SEND, summary: 'answers {"data":{}}' },
  data_missing: { accepts: true, on: BOTH, summary: 'answers {}' },
  errors_with_200: { accepts: false, on: BOTH, summary: 'answers an errors body under status 200' },
  html_with_200: { accepts: true, on: BOTH, summary: 'answers an HTML page under status 200' },
  invalid_json: { accepts: true, on: BOTH, summary: 'answers a body that is not JSON under status 200' },
  huge_body: { accepts: true, on: BOTH, summary: 'answers a body of `bytes` (64 MiB)' },
  gzip_bomb: { accepts: true, on: BOTH, summary: 'answers a small gzip body that unpacks to `bytes` (200 MiB)' },
  status_400: { accepts: false, on: BOTH, summary: 'VALIDATION_ERROR that names messageIndex' },
  status_401: { accepts: false, on: BOTH, summary: 'invalid_token' },
  status_403: { accepts: false, on: BOTH, summary: 'UNAUTHORIZED' },
  status_429: { accepts: false, on: BOTH, summary: 'TOO_MANY_REQUESTS, with retryAfter if given' },
  status_500: { accepts: false, on: BOTH, summary: 'INTERNAL_SERVER_ERROR' },
  status_502: { accepts: false, on: BOTH, summary: 'HTML 502' },
  status_503: { accepts: false, on: BOTH, summary: 'plain text 503' },
  status_504: { accepts: false, on: BOTH, summary: 'HTML 504' },
  behave_as: { accepts: true, on: SEND, summary: 'treats the recipients as devices with `behaviour`' },
  extra_receipts: { accepts: true, on: RECEIPTS, summary: 'adds receipts nobody asked for' },
  no_receipts: { accepts: true, on: RECEIPTS, summary: 'answers an empty map' },
} as const satisfies Record<string, KindFacts>;

export type FaultKind = keyof typeof FAULT_KINDS;

/** Which send requests a fault is meant for; parts left out match everything. */
export interface FaultMatch {
  /** Some recipient is this token. */
  readonly token?: string;
  /** Some message carries this `data._deliveryId`. */
  readonly deliveryId?: string;
  readonly project?: string;
  /** Some title contains this text. */
  readonly titleIncludes?: string;
}

/** One scripted fault: applied to the next `times` matching requests of its endpoint. */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Default `send`; the kinds that only receipts have default to `receipts`. */
  readonly endpoint?: FaultEndpoint;
  /** How often; null = for ever. Default 1, or for ever when `probability` is given. */
  readonly times?: number | null;
  /** Lets so many matching requests through first. */
  readonly after?: number;
  /** 0 … 1, drawn from the simulator's seeded generator once for every matching request. */
  readonly probability?: number;
  readonly match?: FaultMatch;
  /** Overrides whether the notifications are recorded as taken, e.g. a 503 after acceptance. */
  readonly accept?: boolean;
  /** slow_response: wait (60,000); accept_then_slow_drip: gap between bytes (100). */
  readonly delayMs?: number;
  /** huge_body, gzip_bomb: size of the plain body. */
  readonly bytes?: number;
  /** status_429: a number of seconds, `{ dateInMs }` for an HTTP date from now, or any text as it stands. */
  readonly retryAfter?: number | string | { readonly dateInMs: number };
  /** behave_as: how the recipients behave. */
  readonly behaviour?: TokenBehaviour;
  /** behave_as: which recipients of the request, by position; default all. */
  readonly recipients?: readonly number[];
  /** status_400: the message that is blamed; default 0. */
  readonly messageIndex?: number;
}

export function acceptsFirst(fault: FaultSpec): boolean {
  return fault.accept ?? FAULT_KINDS[fault.kind].accepts;
}

export function endpointOf(fault: FaultSpec): FaultEndpoint {
  return fault.endpoint ?? FAULT_KINDS[fault.kind].on[0];
}
