import type { FaultKind, TokenBehaviour } from '@todoku/simulator';

export const PROXY_MODES = ['reset', 'black_hole', 'half_open', 'truncate', 'drip', 'latency'] as const;
export type ProxyMode = (typeof PROXY_MODES)[number];

export const PROXIED = ['api', 'postgres', 'provider'] as const;
type Proxied = (typeof PROXIED)[number];

/** Answers of the provider to the next requests, as the simulator's faults have them. */
export interface BrokenAnswers {
  readonly kind: 'answers';
  readonly answer: FaultKind;
  readonly on: 'send' | 'receipts';
  readonly times: number;
  readonly retryAfter?: string;
  readonly delayMs?: number;
  readonly bytes?: number;
  readonly behaviour?: TokenBehaviour;
}

export interface MovedClock {
  readonly kind: 'worker_clock' | 'database_clock';
  readonly seconds: number;
  readonly ms: number;
}

/** What is done to the plant, with all that it needs to be done again the same. */
export type Strike =
  | { readonly kind: 'kill_worker' | 'end_worker' | 'freeze_worker'; readonly worker: number }
  | { readonly kind: 'kill_api'; readonly api: number }
  | { readonly kind: 'proxy'; readonly target: Proxied; readonly mode: ProxyMode; readonly ms: number }
  | BrokenAnswers
  | { readonly kind: 'rate_limit_storm'; readonly retryAfters: readonly string[] }
  | { readonly kind: 'refused_credentials'; readonly answer: 'status_401' | 'status_403'; readonly ms: number }
  | { readonly kind: 'receipts_late'; readonly delayMs: number; readonly ms: number }
  | { readonly kind: 'postgres_restart' | 'end_sessions' | 'failover' | 'fsync_errors' | 'two_migrators' }
  | { readonly kind: 'disk_full' | 'no_connections_left' | 'held_xmin' | 'slow_disk' | 'locked_tables'; readonly ms: number }
  | MovedClock;

/** What shows that a fault struck; null: it struck nothing. */
export type Evidence = string | null;
