/**
 * What can happen to a statement. `refused`: Postgres answers with this error and does nothing. `cut`: the connection is gone before the
 * statement arrived. `answer_lost`: it was done, and the connection is gone before the answer came.
 */
export interface Fault {
  readonly kind: 'refused' | 'cut' | 'answer_lost';
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
}

/** Every fault that is drawn, as Postgres and the driver report it. */
export const everyFault: readonly Fault[] = [
  { kind: 'refused', code: '40001', message: 'could not serialize access due to concurrent update' },
  { kind: 'refused', code: '40P01', message: 'deadlock detected' },
  { kind: 'refused', code: '57014', message: 'canceling statement due to statement timeout' },
  { kind: 'cut', code: '57P01', message: 'terminating connection due to administrator command' },
  { kind: 'cut', code: '08006', message: 'Connection terminated unexpectedly' },
  { kind: 'cut', code: '53300', message: 'sorry, too many clients already' },
  { kind: 'answer_lost', code: '08006', message: 'Connection terminated unexpectedly' },
];

export interface FaultDraw {
  /** The fate of the next statement; null: nothing happens to it. */
  next(): Fault | null;
  /** Whether the next hint (NOTIFY) is lost. */
  losesHint(): boolean;
}

/** A sequence that depends on the seed alone; `rate` of the statements meet a fault, each kind as often. */
export function drawFaults(seed: number, rate: number): FaultDraw {
  const random = seeded(seed);
  return {
    next: () => (random() < rate ? (everyFault[Math.floor(random() * everyFault.length)] ?? null) : null),
    losesHint: () => random() < rate,
  };
}

/** `seed:rate`, as in 7:0.02; nothing when the variable is not set. Throws when it says something else. */
export function parseFaults(text: string | undefined): FaultDraw | null {
  if (text === undefined || text === '') return null;
  const [, seed, rate] = /^(\d+):(0\.\d+)$/.exec(text) ?? [];
  if (seed === undefined || rate === undefined) throw new Error(`TEST_DATABASE_FAULTS is seed:rate, such as 7:0.02, and not ${text}`);
  return drawFaults(Number(seed), Number(rate));
}

/** Mulberry32: small, and its sequence is the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
