import type { AttemptRow, DatabaseFacts, Step } from '../database/facts.js';
import { ACCEPTED_BY_EXPO } from '../states.js';
import { Judgement, type TruthVerdict } from '../verdict.js';

/** Outcomes after which the chunk is still there, under the same id, for a later epoch. */
const givesBack: ReadonlySet<string> = new Set(['transient', 'project_fault', 'not_sent']);

/** Truth 4: whoever lost a chunk's lease changes nothing of it. */
export function judgeFences(database: DatabaseFacts): TruthVerdict {
  const judgement = new Judgement(4, 'A stale worker changes nothing');
  const chunks = new Map<string, AttemptRow[]>();
  for (const attempt of database.attempts) {
    const group = chunks.get(attempt.chunkId);
    if (group === undefined) chunks.set(attempt.chunkId, [attempt]);
    else group.push(attempt);
  }
  for (const [chunkId, attempts] of chunks) {
    judgement.examined();
    judgeChunk(judgement, chunkId, attempts);
  }
  for (const [deliveryId, steps] of database.steps) judgeSteps(judgement, deliveryId, steps);
  return judgement.verdict();
}

function judgeChunk(judgement: Judgement, chunkId: string, attempts: readonly AttemptRow[]): void {
  const took = attempts.filter(({ outcome }) => outcome !== 'fenced');
  const epochs = took.map(({ epoch }) => epoch);
  if (new Set(epochs).size < epochs.length) {
    judgement.found(
      'two_outcomes_under_one_epoch',
      `chunk ${chunkId}: ${took.map(({ epoch, outcome }) => `${epoch} ${outcome}`).join(', ')}`,
    );
  }
  const settled = took.filter(({ outcome, code }) => !givesBack.has(outcome) || code === 'NOTHING_TO_SEND');
  if (settled.length > 1) judgement.found('chunk_settled_twice', `chunk ${chunkId}: ${settled.map(({ outcome }) => outcome).join(', ')}`);
  const [last] = settled;
  const newest = Math.max(...attempts.map(({ epoch }) => epoch));
  if (last !== undefined && last.epoch < newest) {
    judgement.found('stale_outcome_kept', `chunk ${chunkId}: settled under epoch ${last.epoch}, though epoch ${newest} had been given out`);
  }
}

/** One chunk gives a delivery one answer. */
function judgeSteps(judgement: Judgement, deliveryId: string, steps: readonly Step[]): void {
  const seen = new Set<string>();
  for (const { state, chunkId } of steps) {
    if (chunkId === null || state !== ACCEPTED_BY_EXPO) continue;
    if (seen.has(chunkId)) judgement.found('two_answers_of_one_chunk', `delivery ${deliveryId}, chunk ${chunkId}`);
    seen.add(chunkId);
  }
}
