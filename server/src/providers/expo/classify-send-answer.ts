import type { OutgoingMessage, SendResult } from '../provider.js';
import { field, parseAnswer } from './answer-fields.js';
import { classifyRequestError } from './classify-request-errors.js';
import { classifyTickets } from './classify-tickets.js';
import { errorList } from './request-errors.js';

interface SendAnswer {
  readonly status: number;
  /** null: the body didn't come whole. */
  readonly text: string | null;
  readonly retryAfterMs: number | null;
}

/** What any answer to a send means; a status and a text of any content are taken. */
export function classifySendAnswer({ status, text, retryAfterMs }: SendAnswer, messages: readonly OutgoingMessage[]): SendResult {
  const answer = parseAnswer(text);
  const facts = { httpStatus: status, requestId: null };
  const data = field(answer, 'data');
  const isRefused = errorList(answer).length > 0;
  const hasData = data !== undefined && data !== null;
  if (status !== 200 || (isRefused && !hasData)) return classifyRequestError({ status, answer, retryAfterMs }, messages);
  // Errors beside tickets: neither "refused" nor "taken" is proved.
  if (isRefused) return { kind: 'ambiguous', code: 'ERRORS_BESIDE_TICKETS', ...facts };
  return { ...classifyTickets(data, messages), ...facts };
}
