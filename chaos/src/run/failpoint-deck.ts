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

/** What comes about a few times in a run: every process is armed with all of it, at its first time. */
const seldom: ReadonlySet<string> = new Set(['fanout_batch', 'held_release', 'lease_recovery', 'receipt_poll', 'before_receipts_commit']);
/** What comes about all the time: one at a start, else nobody would live until something seldom comes. At first it dies within so many of them. */
const soon = 4;
/** What struck before strikes later, so that processes live for a while. */
const late = 100;

/** Where a process stands still with the provider's answer in its hand, until its lease is over. */
const FROZEN_AT = 'after_response';
/** One start in so many. */
const freezeEvery = 10;

/** Hands each start of a worker the failpoints at which it may die; what was hit comes again only after all others. */
export class FailpointDeck {
  readonly #draw: () => number;
  readonly #all: readonly string[];
  /** Not hit yet, since all were: in the order in which they are handed out. */
  #left: string[];
  readonly #struck = new Set<string>();
  #isOver = false;
  #given = 0;

  /** `first` come before all others; an empty deck hands out nothing. */
  constructor(seed: number, all: readonly string[], first: readonly string[] = []) {
    this.#draw = random(seed ^ 0x5eed);
    this.#all = all;
    const order = shuffled(all, this.#draw);
    this.#left = [...order.filter((name) => first.includes(name)), ...order.filter((name) => !first.includes(name))];
  }

  /** As TODOKU_FAILPOINTS takes it; null: nothing. */
  next(): string | null {
    if (this.#isOver || this.#all.length === 0) return null;
    if (++this.#given % freezeEvery === 0) return this.#freeze();
    return [this.#nextCommon(0), ...this.#left.filter((name) => seldom.has(name)).map((name) => `${name}=kill9@1`)].join(',');
  }

  /** When it goes on, it dies soon, as the others do. */
  #freeze(): string {
    const hit = 1 + below(this.#draw, soon);
    return [`${FROZEN_AT}=stop@${hit}`, this.#nextCommon(hit, FROZEN_AT)].join(',');
  }

  /** After so many of its kind; workers have to go on dying, for there to be leases to recover, though only what is seldom is left. */
  #nextCommon(after: number, except?: string): string {
    const isCommon = (name: string): boolean => !seldom.has(name) && name !== except;
    const name = this.#left.find(isCommon) ?? shuffled(this.#all.filter(isCommon), this.#draw)[0] ?? '';
    // Behind the others until it is hit: a worker that was killed before may get it again.
    if (this.#left.includes(name)) this.#left = [...this.#left.filter((one) => one !== name), name];
    return `${name}=kill9@${after + 1 + below(this.#draw, this.#struck.has(name) ? late : soon)}`;
  }

  hit(name: string): void {
    this.#struck.add(name);
    this.#left = this.#left.filter((other) => other !== name);
    if (this.#left.length === 0) this.#left = shuffled(this.#all, this.#draw);
  }

  end(): void {
    this.#isOver = true;
  }
}
