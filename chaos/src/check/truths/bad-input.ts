import type { DatabaseFacts } from '../database/facts.js';
import type { BadAct, ServerFailure } from '../timeline.js';
import { Judgement, type TruthVerdict } from '../verdict.js';

/** Busy, shutting down, or without a database: said so, and to be tried again. Anything else of the 500s is a defect. */
const sayTryAgain: ReadonlySet<number> = new Set([503]);

/** Truth 9: what is wrong is refused with the path of the field, and leaves nothing. */
export function judgeBadInput(database: DatabaseFacts, bad: readonly BadAct[], failures: readonly ServerFailure[]): TruthVerdict {
  const judgement = new Judgement(9, 'Bad input gets a 4xx with the field’s path, never a 500, and leaves nothing half-done');
  const titles = new Set([...database.notifications.values()].map(({ title }) => title));
  for (const { name, status, path, marker } of bad) {
    if (status === null || sayTryAgain.has(status)) continue;
    judgement.examined();
    if (status < 400 || status > 499) judgement.found('bad_input_not_refused', `${name}: ${status}`);
    else if (path === null && status === 400) judgement.found('refused_without_path', `${name}: ${status}`);
    if (marker !== null && titles.has(marker)) judgement.found('bad_input_left_something', `${name}: «${marker}»`);
  }
  for (const { what, status } of failures) {
    judgement.examined();
    if (!sayTryAgain.has(status)) judgement.found('internal_error', `${what}: ${status}`);
  }
  return judgement.verdict();
}
