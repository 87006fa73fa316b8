/** Which faults strike when: from the seed alone, so that a run can be told again. */

const PROXY_MODES = ['reset', 'black_hole', 'half_open', 'truncate', 'drip', 'latency'] as const;
export type ProxyMode = (typeof PROXY_MODES)[number];

const proxied = ['api', 'postgres', 'provider'] as const;
type Proxied = (typeof proxied)[number];

/** Answers of the provider, by the simulator's names. */
const PROVIDER_FAULTS = [
  'status_429',
  'status_500',
  'status_503',
  'status_504',
  'accept_then_reset',
  'accept_then_hang',
  'accept_then_truncate',
  'accept_then_504_html',
  'accept_then_slow_drip',
  'short_ticket_count',
  'extra_ticket',
  'invalid_json',
  'no_receipts',
] as const;
type ProviderFault = (typeof PROVIDER_FAULTS)[number];

export type Strike =
  | { readonly kind: 'kill_worker'; readonly worker: number }
  | { readonly kind: 'kill_api'; readonly api: number }
  | { readonly kind: 'freeze_worker'; readonly worker: number }
  | { readonly kind: 'proxy'; readonly target: Proxied; readonly mode: ProxyMode; readonly ms: number }
  | { readonly kind: 'provider'; readonly fault: ProviderFault; readonly times: number; readonly retryAfter: string }
  | { readonly kind: 'dead_devices'; readonly times: number }
  | { readonly kind: 'postgres_restart' }
  | { readonly kind: 'end_sessions' }
  | { readonly kind: 'no_connections_left'; readonly ms: number }
  | { readonly kind: 'held_xmin'; readonly ms: number }
  | { readonly kind: 'two_migrators' };

export interface Planned {
  /** After the load began. */
  readonly atMs: number;
  readonly fault: string;
  readonly strike: Strike;
}

/** mulberry32: small, and good enough for a schedule. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const oddRetryAfters = ['1', '0', '-5', '1e9', 'soon', '2.5', '', 'Thu, 01 Jan 1970 00:00:00 GMT'];

type Maker = (draw: () => number, workers: number, apis: number) => Strike;

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['kill_worker', (draw, workers) => ({ kind: 'kill_worker', worker: below(draw, workers) })],
  ['kill_api', (draw, _, apis) => ({ kind: 'kill_api', api: below(draw, apis) })],
  ['freeze_worker', (draw, workers) => ({ kind: 'freeze_worker', worker: below(draw, workers) })],
  ...proxied.flatMap((target) =>
    PROXY_MODES.map((mode): [string, Maker] => [
      `${target}_${mode}`,
      (draw) => ({ kind: 'proxy', target, mode, ms: 1000 + below(draw, 2000) }),
    ]),
  ),
  ...PROVIDER_FAULTS.map((fault): [string, Maker] => [
    `provider_${fault}`,
    (draw) => ({
      kind: 'provider',
      fault,
      times: 1 + below(draw, 3),
      retryAfter: oddRetryAfters[below(draw, oddRetryAfters.length)] ?? '1',
    }),
  ]),
  ['dead_devices', (draw) => ({ kind: 'dead_devices', times: 1 + below(draw, 2) })],
  ['postgres_restart', () => ({ kind: 'postgres_restart' })],
  ['end_sessions', () => ({ kind: 'end_sessions' })],
  ['no_connections_left', (draw) => ({ kind: 'no_connections_left', ms: 1000 + below(draw, 2000) })],
  ['held_xmin', (draw) => ({ kind: 'held_xmin', ms: 3000 + below(draw, 4000) })],
  ['two_migrators', () => ({ kind: 'two_migrators' })],
]);

export const FAULTS: readonly string[] = [...makers.keys()];

export interface ScheduleSetting {
  readonly seed: number;
  readonly ms: number;
  readonly only: readonly string[];
  readonly workers: number;
  readonly apis: number;
}

/** Every fault once in an order of the seed, then again, about every two seconds until `ms`. Each draws from its own numbers. */
export function schedule({ seed, ms, only, workers, apis }: ScheduleSetting): Planned[] {
  const draw = random(seed);
  const planned: Planned[] = [];
  let deck: string[] = [];
  for (let at = 3000; at < ms; at += 1200 + below(draw, 1600)) {
    if (deck.length === 0) deck = shuffled(only.length > 0 ? only : FAULTS, draw);
    const fault = deck.pop() ?? '';
    const make = makers.get(fault);
    if (make === undefined) throw new Error(`There is no fault ${fault}.`);
    planned.push({ atMs: at, fault, strike: make(draw, workers, apis) });
  }
  return planned;
}

export function below(draw: () => number, limit: number): number {
  return Math.floor(draw() * limit);
}

export function shuffled<T>(list: readonly T[], draw: () => number): T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(below(draw, left.length), 1));
  return out;
}
