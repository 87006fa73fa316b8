interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly weight: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitLimits {
  /** Commits under way at the same time. */
  readonly writers: number;
  /** Most weight in one commit; a request that is heavier goes alone. */
  readonly mostAtOnce: number;
  /** Most weight that may wait; more is refused. */
  readonly mostWaiting: number;
}

/**
 * Merges requests that come at the same time into one commit: while one is under way the next ones gather. Nobody waits for a timer, so a
 * lone request is not slower for it.
 *
 * States of a request: waiting → in a commit → answered. Refused (`submit` returns null) when too much waits already.
 */
export class GroupCommit<Request, Answer> {
  readonly #commit: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  readonly #limits: GroupCommitLimits;
  #waiting: Waiting<Request, Answer>[] = [];
  #waitingWeight = 0;
  #writing = 0;

  /** `commit` answers in the order of its requests. When it rejects, every request of that commit does. */
  constructor(commit: (requests: readonly Request[]) => Promise<readonly Answer[]>, limits: GroupCommitLimits) {
    this.#commit = commit;
    this.#limits = limits;
  }

  submit(request: Request, weight: number): Promise<Answer> | null {
    if (this.#waitingWeight + weight > this.#limits.mostWaiting) return null;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, weight, resolve, reject });
      this.#waitingWeight += weight;
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#writing >= this.#limits.writers) return;
    this.#writing++;
    // What else arrives in this turn of the loop goes into the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#write(batch);
    this.#writing--;
  }

  async #write(batch: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await this.#commit(batch.map(({ request }) => request));
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #next(): Waiting<Request, Answer>[] {
    let weight = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && weight + waiting.weight > this.#limits.mostAtOnce) break;
      weight += waiting.weight;
      count++;
    }
    const batch = this.#waiting.splice(0, count);
    this.#waitingWeight -= weight;
    return batch;
  }
}
