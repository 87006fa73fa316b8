import { below, random, shuffled } from './random.js';

/** Every failpoint of the product. */
export const FAILPOINTS = [
  'before_plan_commit',
  'after_claim',
  'after_intent',
  'after_write',
  'after_response',
  'before_outcome_commit',
  'after_outcome_commit',
  'fanout_batch',
  'receipt_poll',
  'before_receipts_commit',
  'held_release',
  'lease_recovery',
] as const;

/** What comes about a few times in a run: it has to strike at once. */
const seldom: ReadonlySet<string> = new Set(['fanout_batch', 'held_release', 'lease_recovery', 'receipt_poll', 'before_receipts_commit']);

/** Where a process stands still with the provider's answer in its hand, until its lease is over. */
const FROZEN_AT = 'after_response';
/** One start in so many. */
const freezeEvery = 4;

/** Hands each start of a worker the failpoint at which it shall die; what was hit comes again only after all others. */
export class FailpointDeck {
  readonly #draw: () => number;
  readonly #all: readonly string[];
  #left: string[];
  #isOver = false;
  #given = 0;

  /** `first` come before all others; an empty deck hands out nothing. */
  constructor(seed: number, all: readonly string[], first: readonly string[] = []) {
    this.#draw = random(seed ^ 0x5eed);
    this.#all = all;
    const order = shuffled(all, this.#draw);
    this.#left = [...order.filter((name) => first.includes(name)), ...order.filter((name) => !first.includes(name))];
  }

  next(): string | null {
    if (this.#isOver) return null;
    if (this.#all.length > 0 && ++this.#given % freezeEvery === 0) return `${FROZEN_AT}=stop@${1 + below(this.#draw, 4)}`;
    const name = this.#left.shift();
    if (name === undefined) return null;
    // Behind the others until it is hit: a worker that was killed before may get it again.
    this.#left.push(name);
    return `${name}=kill9@${1 + below(this.#draw, seldom.has(name) ? 1 : 4)}`;
  }

  hit(name: string): void {
    this.#left = this.#left.filter((other) => other !== name);
    if (this.#left.length === 0) this.#left = shuffled(this.#all, this.#draw);
  }

  end(): void {
    this.#isOver = true;
  }
}
