/** What the controller goes by: the system in the last half minute. */
export interface Measurements {
  /** Workers that are alive. */
  readonly workers: number;
  /** Requests that a provider answered, and those that got no answer. */
  readonly requests: number;
  readonly unanswered: number;
  /** Requests that the provider refused because there were too many (429), and how long ago the last one was; null: none in five minutes. */
  readonly refused: number;
  readonly sinceRefusedMs: number | null;
  /** Of the answered ones; null: none. */
  readonly responseMs: number | null;
  /** Recipients a second in answered requests. */
  readonly perSecond: number;
  /** Deliveries that are due and that nothing but the number of slots holds up: no pause, back-off, breaker or spent budget. */
  readonly waiting: number;
  /** Of the chunks of these. */
  readonly waitingChunks: number;
  readonly waitingMs: number;
  /** Of the busiest group of slots of the busiest worker: the share in use, 0 … 1; null: nobody has said. */
  readonly saturation: number | null;
  /** The worst process: milliseconds by which its event loop is late (p99). */
  readonly loopLagMs: number | null;
  /** Milliseconds that a claim takes, on average over the workers. */
  readonly claimMs: number | null;
}

export interface Tuned {
  readonly slots: number;
  readonly chunkSize: number;
  readonly claimSize: number;
}

/** What it remembers from step to step. */
export interface Memory {
  /** The rise before this step: what it went up from, and what was sent then. */
  readonly rise?: { readonly from: number; readonly perSecond: number };
  /** More slots than these did no good lately, or were refused. `left`: steps until it is forgotten. */
  readonly ceiling?: { readonly slots: number; readonly left: number };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

export interface Bounds {
  readonly slots: Range;
  readonly chunkSize: Range;
  readonly claimSize: Range;
}

export interface Step {
  readonly next: Tuned;
  readonly memory: Memory;
  /** What was done, or why nothing, in a sentence with its numbers. */
  readonly reason: string;
}

/** Fewer requests than these say nothing. */
const ENOUGH_REQUESTS = 3;
const REFUSED_QUIET_MS = 60_000;
const BACK_OFF = 0.6;
const EASE = 0.8;
const CEILING = 0.85;
const LATE_LOOP_MS = 200;
const CLOSE_LOOP_MS = 80;
const LATE_CLAIM_MS = 1000;
const CLOSE_CLAIM_MS = 300;
const UNANSWERED = 0.2;
/** Average, between claims: a group's slots are all taken and a third of them is always just coming free. */
const SATURATED = 0.55;
/** With longer to go it doubles, else it goes up by a quarter. */
const FAR_BEHIND_SECONDS = 20;
const WORTH_WAITING_SECONDS = 2;
/** A rise has to bring this part of what it promised, or it is taken back. */
const WORTH = 0.2;
/** Ten minutes of steps. */
const CEILING_STEPS = 60;

/**
 * One step of the controller: additive and multiplicative increase, multiplicative decrease, and a memory of what did no good.
 *
 * Slots go down when the provider refuses (429), does not answer, or the event loop or the database is late; they go up when deliveries wait
 * that only the number of slots holds up, all slots are in use and no such sign is near. A rise that brings nothing is taken back, and what it
 * went up to is not tried again for ten minutes. Between "go up" and "go down" lies a band where nothing moves, so it comes to rest.
 * Without enough requests nothing is known and nothing moves.
 */
export function tune(measured: Measurements, current: Tuned, memory: Memory, bounds: Bounds): Step {
  const kept = age(memory);
  if (measured.workers === 0 || measured.requests + measured.unanswered + measured.refused < ENOUGH_REQUESTS) {
    return { next: current, memory: kept, reason: 'too few requests to judge by: nothing changes' };
  }
  const { slots, memory: after, reason } = tuneSlots(measured, current.slots, kept, bounds.slots);
  const claimSize = tuneClaimSize(measured, current.claimSize, slots, bounds.claimSize);
  const chunkSize = tuneChunkSize(measured, current.chunkSize, bounds.chunkSize);
  const more = [
    ...(claimSize === current.claimSize
      ? []
      : [`claims of at most ${claimSize} chunks, so that ${measured.workers} workers share what waits`]),
    ...(chunkSize === current.chunkSize ? [] : [`chunks of ${chunkSize}, since requests take ${ms(measured.responseMs ?? 0)}`]),
  ];
  return { next: { slots, chunkSize, claimSize }, memory: after, reason: [reason, ...more].join('; ') };
}

interface SlotStep {
  readonly slots: number;
  readonly memory: Memory;
  readonly reason: string;
}

function tuneSlots(measured: Measurements, slots: number, memory: Memory, range: Range): SlotStep {
  const down = (share: number, why: string): SlotStep => {
    const next = clamp(Math.floor(slots * share), range);
    // What was too many must not be tried again soon, nor just below it.
    const ceiling = { slots: Math.max(next, Math.floor(slots * CEILING)), left: CEILING_STEPS };
    return next < slots
      ? { slots: next, memory: { ceiling }, reason: `${why}: ${slots} → ${next} slots` }
      : { slots, memory: { ceiling }, reason: `${why}, and ${slots} slots are the fewest` };
  };
  const stay = (why: string): SlotStep => ({ slots, memory: withoutRise(memory), reason: `${why}: ${slots} slots stay` });

  const { refused, unanswered, requests, loopLagMs, claimMs } = measured;
  if (refused > 0) {
    const slower = 'the provider refuses requests as too many (429)';
    return down(BACK_OFF, `${slower}, ${refused} in the last half minute; a rate budget of the project would avoid them`);
  }
  if (unanswered > UNANSWERED * (requests + unanswered))
    return down(BACK_OFF, `${unanswered} of ${requests + unanswered} requests got no answer`);
  if ((loopLagMs ?? 0) > LATE_LOOP_MS) return down(EASE, `the event loop is ${ms(loopLagMs ?? 0)} late`);
  if ((claimMs ?? 0) > LATE_CLAIM_MS) return down(EASE, `a claim takes the database ${ms(claimMs ?? 0)}`);

  const { rise } = memory;
  if (rise !== undefined && measured.waiting > 0 && !isWorth(rise, slots, measured.perSecond)) {
    const ceiling = { slots: rise.from, left: CEILING_STEPS };
    const numbers = `${perSecond(measured.perSecond)} with ${slots} slots, ${perSecond(rise.perSecond)} with ${rise.from}`;
    return {
      slots: clamp(rise.from, range),
      memory: { ceiling },
      reason: `more slots brought nothing (${numbers}): back to ${rise.from} slots`,
    };
  }
  return goUp(measured, slots, memory, range, stay);
}

function goUp(measured: Measurements, slots: number, memory: Memory, range: Range, stay: (why: string) => SlotStep): SlotStep {
  const { waiting, perSecond: rate, saturation, sinceRefusedMs, loopLagMs, claimMs } = measured;
  const behindSeconds = rate > 0 ? waiting / rate : Number.POSITIVE_INFINITY;
  if (waiting === 0) return stay('nothing waits for a slot');
  if (behindSeconds < WORTH_WAITING_SECONDS) return stay('what waits is sent within two seconds');
  if (saturation === null || saturation < SATURATED) return stay('slots are free');
  if (sinceRefusedMs !== null && sinceRefusedMs < REFUSED_QUIET_MS) return stay('the provider refused requests within the last minute');
  if ((loopLagMs ?? 0) > CLOSE_LOOP_MS) return stay(`the event loop is ${ms(loopLagMs ?? 0)} late already`);
  if ((claimMs ?? 0) > CLOSE_CLAIM_MS) return stay(`claims take ${ms(claimMs ?? 0)} already`);
  const most = Math.min(range.most, memory.ceiling?.slots ?? range.most);
  const wanted = behindSeconds > FAR_BEHIND_SECONDS ? slots * 2 : slots + Math.max(1, Math.floor(slots / 4));
  const next = Math.min(wanted, most);
  if (next <= slots) return stay(most === range.most ? 'more are not allowed' : 'more did no good within the last ten minutes');
  const waited = `${Math.round(waiting)} deliveries wait, the oldest for ${ms(measured.waitingMs)}, and all slots are in use`;
  return {
    slots: next,
    memory: { ...memory, rise: { from: slots, perSecond: rate } },
    reason: `${waited} (requests take ${ms(measured.responseMs ?? 0)}): ${slots} → ${next} slots`,
  };
}

function isWorth(rise: NonNullable<Memory['rise']>, slots: number, now: number): boolean {
  const promised = slots / rise.from - 1;
  return now >= rise.perSecond * (1 + WORTH * promised);
}

/** A fair share of what waits for each worker; halves or doubles at most, and only when it is off by more than that. */
function tuneClaimSize({ workers, waitingChunks }: Measurements, current: number, slots: number, range: Range): number {
  if (waitingChunks === 0) return current;
  const fair = workers === 1 ? range.most : clamp(Math.ceil(waitingChunks / workers), { least: Math.min(4, slots), most: range.most });
  if (fair < current / 2) return clamp(Math.floor(current / 2), range);
  if (fair > current * 2) return clamp(current * 2, range);
  return current;
}

/** Full requests cost least; only those near their deadline are made smaller (see batch-size.ts). Short queues are planned in small chunks anyway. */
function tuneChunkSize({ responseMs }: Measurements, current: number, range: Range): number {
  if (responseMs === null) return current;
  if (responseMs > 10_000) return clamp(Math.floor(current / 2), { least: Math.max(range.least, 10), most: range.most });
  if (responseMs < 5_000 && current < range.most) return clamp(current * 2, range);
  return current;
}

function age({ ceiling, ...memory }: Memory): Memory {
  return ceiling === undefined || ceiling.left <= 1 ? memory : { ...memory, ceiling: { ...ceiling, left: ceiling.left - 1 } };
}

const withoutRise = ({ ceiling }: Memory): Memory => (ceiling === undefined ? {} : { ceiling });
const clamp = (value: number, { least, most }: Range): number => Math.min(most, Math.max(least, value));
const ms = (value: number): string => (value >= 1000 ? `${Math.round(value / 100) / 10} s` : `${Math.round(value)} ms`);
const perSecond = (value: number): string => `${Math.round(value)}/s`;
