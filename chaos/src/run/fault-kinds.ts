import type { FaultKind, TokenBehaviour } from '@todoku/simulator';
import { below, pick, shuffled } from './random.js';
import { PROXIED, PROXY_MODES, type Strike } from './strikes/strike.js';

export interface Fleet {
  readonly workers: number;
  readonly apis: number;
}

/** Draws a strike of one kind. */
export type Maker = (draw: () => number, fleet: Fleet) => Strike;

const oddRetryAfters: readonly [string, ...string[]] = ['1', '0', '-5', '3', 'soon', '2.5', '', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT'];

/** Answers to send requests. */
const broken = [
  'accept_then_reset',
  'accept_then_hang',
  'accept_then_504_html',
  'accept_then_truncate',
  'accept_then_slow_drip',
  'refuse_then_reset',
  'refuse_then_hang',
  'slow_response',
  'short_ticket_count',
  'extra_ticket',
  'permuted_tickets',
  'data_not_array',
  'data_missing',
  'errors_with_200',
  'html_with_200',
  'invalid_json',
  'huge_body',
  'gzip_bomb',
  'status_400',
  'status_429',
  'status_500',
  'status_502',
  'status_503',
  'status_504',
] as const satisfies readonly FaultKind[];

/** Answers to questions for receipts. */
const brokenReceipts = [
  'no_receipts',
  'extra_receipts',
  'accept_then_hang',
  'accept_then_truncate',
  'html_with_200',
  'status_429',
  'status_500',
] as const satisfies readonly FaultKind[];

/** Devices that answer so, at the ticket or at the receipt. */
const devices: readonly (readonly [name: string, behaviour: TokenBehaviour])[] = [
  ['dead_at_ticket', 'dead_at_ticket'],
  ['dead_at_receipt', 'dead_at_receipt'],
  ['too_fast_at_ticket', 'rate_exceeded_at_ticket'],
  ['too_fast_at_receipt', 'rate_exceeded'],
  ['too_big', 'too_big_at_ticket'],
  ['without_details', 'without_details_at_ticket'],
  ['unknown_code', 'unknown_code_at_ticket'],
  ['provider_error_at_receipt', 'provider_error'],
  ['receipt_never', 'receipt_never'],
];

const answers = (answer: FaultKind, on: 'send' | 'receipts'): Maker => {
  return (draw) => ({
    kind: 'answers',
    answer,
    on,
    times: 1 + below(draw, 3),
    retryAfter: pick(oddRetryAfters, draw),
    delayMs: answer === 'slow_response' ? 4000 : 50,
    bytes: 20 << 20,
  });
};

const lasting = (kind: 'disk_full' | 'no_connections_left' | 'held_xmin' | 'slow_disk' | 'locked_tables', atLeastMs: number): Maker => {
  return (draw) => ({ kind, ms: atLeastMs + below(draw, 2000) });
};

const processFaults: readonly (readonly [string, Maker])[] = [
  ['kill_worker', (draw, { workers }) => ({ kind: 'kill_worker', worker: below(draw, workers) })],
  ['end_worker', (draw, { workers }) => ({ kind: 'end_worker', worker: below(draw, workers) })],
  ['kill_api', (draw, { apis }) => ({ kind: 'kill_api', api: below(draw, apis) })],
  ['freeze_worker', (draw, { workers }) => ({ kind: 'freeze_worker', worker: below(draw, workers) })],
  ['worker_clock_ahead', (draw) => ({ kind: 'worker_clock', seconds: 7200 + below(draw, 600), ms: 4000 })],
  ['worker_clock_behind', (draw) => ({ kind: 'worker_clock', seconds: -7200 - below(draw, 600), ms: 4000 })],
];

const networkFaults = PROXIED.flatMap((target) =>
  PROXY_MODES.map((mode): [string, Maker] => [
    `${target}_${mode}`,
    (draw) => ({ kind: 'proxy', target, mode, ms: 1000 + below(draw, 2000) }),
  ]),
);

const providerFaults: readonly (readonly [string, Maker])[] = [
  ...broken.map((answer): [string, Maker] => [`provider_${answer}`, answers(answer, 'send')]),
  ...brokenReceipts.map((answer): [string, Maker] => [`receipts_${answer}`, answers(answer, 'receipts')]),
  ...devices.map(([name, behaviour]): [string, Maker] => [
    `device_${name}`,
    (draw) => ({ kind: 'answers', answer: 'behave_as', on: 'send', times: 1 + below(draw, 2), behaviour }),
  ]),
  // Whole chunks of them, one after the other.
  ['devices_dead_in_masses', () => ({ kind: 'answers', answer: 'behave_as', on: 'send', times: 12, behaviour: 'dead_at_ticket' })],
  ['receipts_late', (draw) => ({ kind: 'receipts_late', delayMs: 6000 + below(draw, 4000), ms: 3000 })],
  ['provider_429_storm', (draw) => ({ kind: 'rate_limit_storm', retryAfters: shuffled(oddRetryAfters, draw) })],
  ['provider_status_401', (draw) => ({ kind: 'refused_credentials', answer: 'status_401', ms: 1000 + below(draw, 1000) })],
  ['provider_status_403', (draw) => ({ kind: 'refused_credentials', answer: 'status_403', ms: 1000 + below(draw, 1000) })],
];

const databaseFaults: readonly (readonly [string, Maker])[] = [
  ['postgres_restart', () => ({ kind: 'postgres_restart' })],
  ['failover', () => ({ kind: 'failover' })],
  ['disk_full', lasting('disk_full', 3000)],
  ['fsync_errors', () => ({ kind: 'fsync_errors' })],
  ['slow_disk', lasting('slow_disk', 2500)],
  ['end_sessions', () => ({ kind: 'end_sessions' })],
  ['no_connections_left', lasting('no_connections_left', 1000)],
  ['held_xmin', lasting('held_xmin', 3000)],
  ['locked_tables', lasting('locked_tables', 1500)],
  ['two_migrators', () => ({ kind: 'two_migrators' })],
];

/** Runs in which the database's clock is wrong can be judged by fewer truths, so not every run is one. */
const clockFaults: readonly (readonly [string, Maker])[] = [
  ['database_clock_ahead', (draw) => ({ kind: 'database_clock', seconds: 20 + below(draw, 20), ms: 5000 })],
  ['database_clock_behind', (draw) => ({ kind: 'database_clock', seconds: -20 - below(draw, 20), ms: 5000 })],
];

export const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ...processFaults,
  ...networkFaults,
  ...providerFaults,
  ...databaseFaults,
  ...clockFaults,
]);

/** What the schedule of any run can have. */
export const SCHEDULED: readonly string[] = [...processFaults, ...networkFaults, ...providerFaults, ...databaseFaults].map(
  ([name]) => name,
);
/** What only runs of their own have. */
export const CLOCK_FAULTS: readonly string[] = clockFaults.map(([name]) => name);
/** What the provider and its devices do, which may go on beside all else. */
export const PROVIDER_FAULTS: ReadonlySet<string> = new Set(providerFaults.map(([name]) => name));
