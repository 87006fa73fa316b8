/** Which faults strike when: from the seed alone, so that a run can be told again. */
import { type Fleet, makers } from './fault-kinds.js';
import { below, random, shuffled } from './random.js';
import type { Strike } from './strikes/strike.js';

export interface Planned {
  /** After the load began. */
  readonly atMs: number;
  readonly fault: string;
  readonly strike: Strike;
}

export interface ScheduleSetting {
  readonly seed: number;
  readonly ms: number;
  readonly faults: readonly string[];
  /** Of these, the ones that come before all others. */
  readonly first: readonly string[];
  readonly fleet: Fleet;
}

/** Every fault once in an order of the seed, then again, about every second until `ms`. Each draws from its own numbers. */
export function schedule({ seed, ms, faults, first, fleet }: ScheduleSetting): Planned[] {
  const draw = random(seed);
  const planned: Planned[] = [];
  if (faults.length === 0) return planned;
  const isFirst = (fault: string): boolean => first.includes(fault);
  let deck = shuffled(faults, draw);
  deck = [...deck.filter((fault) => !isFirst(fault)), ...deck.filter(isFirst)];
  for (let at = 3000; at < ms; at += 500 + below(draw, 1000)) {
    if (deck.length === 0) deck = shuffled(faults, draw);
    const fault = deck.pop() ?? '';
    const make = makers.get(fault);
    if (make === undefined) throw new Error(`There is no fault ${fault}.`);
    planned.push({ atMs: at, fault, strike: make(draw, fleet) });
  }
  return planned;
}
