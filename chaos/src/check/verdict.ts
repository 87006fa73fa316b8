/** What the checker says of a run. */

/** One rule that was broken: how often, and some of what broke it. */
export interface Finding {
  readonly rule: string;
  readonly count: number;
  /** The first few, told one by one. */
  readonly examples: readonly string[];
}

export interface TruthVerdict {
  /** The number in the list of what must always be true; 0 for what is asked besides (liveness, broadcasts, coverage). */
  readonly truth: number;
  readonly name: string;
  readonly holds: boolean;
  /** How many things were looked at: a truth that looked at nothing has proved nothing. */
  readonly examined: number;
  readonly findings: readonly Finding[];
}

export interface CoverageVerdict {
  readonly complete: boolean;
  readonly failpointsHit: readonly string[];
  readonly failpointsMissed: readonly string[];
  readonly faultsHit: readonly string[];
  readonly faultsMissed: readonly string[];
}

export interface Verdict {
  readonly clean: boolean;
  readonly seed: number;
  readonly replay: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly truths: readonly TruthVerdict[];
  readonly coverage: CoverageVerdict;
  /** Plain figures of the run, for the page. */
  readonly figures: Readonly<Record<string, number>>;
}

const examplesKept = 8;

/** Gathers what one truth finds. */
export class Judgement {
  readonly #truth: number;
  readonly #name: string;
  readonly #findings = new Map<string, { count: number; examples: string[] }>();
  #examined = 0;

  constructor(truth: number, name: string) {
    this.#truth = truth;
    this.#name = name;
  }

  examined(things = 1): void {
    this.#examined += things;
  }

  found(rule: string, example: string): void {
    const finding = this.#findings.get(rule) ?? { count: 0, examples: [] };
    finding.count++;
    if (finding.examples.length < examplesKept) finding.examples.push(example);
    this.#findings.set(rule, finding);
  }

  verdict(): TruthVerdict {
    return {
      truth: this.#truth,
      name: this.#name,
      holds: this.#findings.size === 0,
      examined: this.#examined,
      findings: [...this.#findings].map(([rule, finding]) => ({ rule, ...finding })),
    };
  }
}
