import type { ProjectRow } from '../database/facts.js';
import type { Hit } from '../hits.js';
import type { Judgement } from '../verdict.js';

export interface RateEvidence {
  readonly hits: readonly Hit[];
  /** The project whose budget holds, as it stood throughout the run. */
  readonly project: Pick<ProjectRow, 'rateBudget' | 'rateBurst'>;
  /** How long a request may be under way between its claim and the provider when nothing is broken, ms. */
  readonly usualDelayMs: number;
  /** Stretches (monotonic ms) in which something held requests up between their claim and the provider; widened by the caller. */
  readonly disturbed: readonly { readonly from: number; readonly to: number }[];
}

const windowsMs = [1000, 5000, 20_000];

/**
 * Truth 5: however many workers there are, the provider sees no more recipients than the budget lets pass. The budget is counted at the claim, so a
 * window at the provider may also hold what was claimed shortly before it: the usual delay. What a frozen process or a clogged proxy held back comes
 * in a heap; windows that such a fault touches are left out.
 */
export function judgeRate(judgement: Judgement, { hits, project, usualDelayMs, disturbed }: RateEvidence): void {
  const { rateBudget, rateBurst } = project;
  if (rateBudget === null) return;
  const requests = requestsOf(hits);
  for (const windowMs of windowsMs) {
    const most = rateBurst + ((rateBudget - rateBurst) * (windowMs + usualDelayMs)) / 1000;
    let [first, inside] = [0, 0];
    for (const [last, request] of requests.entries()) {
      inside += request.recipients;
      for (let head = requests[first]; head !== undefined && request.at - head.at > windowMs; head = requests[first]) {
        inside -= head.recipients;
        first++;
      }
      judgement.examined();
      const from = requests[first]?.at ?? request.at;
      if (inside <= most || disturbed.some((stretch) => stretch.from <= request.at && stretch.to >= from)) continue;
      judgement.found(
        `over_budget_in_${windowMs / 1000}_s`,
        `${inside} recipients in ${Math.round(request.at - from)} ms (${last - first + 1} requests), at most ${Math.floor(most)}`,
      );
    }
  }
}

/** Recipients of each request that the provider took, by time. */
function requestsOf(hits: readonly Hit[]): { at: number; recipients: number }[] {
  const requests = new Map<string, { at: number; recipients: number }>();
  for (const { request, tMono } of hits) {
    const known = requests.get(request);
    if (known === undefined) requests.set(request, { at: tMono, recipients: 1 });
    else known.recipients++;
  }
  return [...requests.values()].sort((a, b) => a.at - b.at);
}
