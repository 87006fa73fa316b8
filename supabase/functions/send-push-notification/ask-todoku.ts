import { readBounded } from './read-bounded.ts';
import type { Settings } from './read-settings.ts';
import { Refusal } from './refusal.ts';

export interface Question {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Without the credential. */
  readonly headers: Headers;
}

/** What Todoku answered: anything with the form of an answer of its, whatever the status. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: TodokuBody;
}

export interface TodokuBody {
  readonly error?: { readonly code: string; readonly path: string | null; readonly message: string; readonly requestId: string };
  readonly results?: readonly { readonly status: string; readonly error?: { readonly code: string } }[];
}

/** An answer holds less than 200 bytes for each of at most 1,000 notifications; errors name their paths and take more. */
const answerLimit = 2 * 1_048_576;
/** Milliseconds before the same question is asked again. */
const pauses = [300, 1_000, 2_000];
/** What a later try may find otherwise; an operator's stop is none of these. */
const passing = new Set(['OVERLOADED', 'DATABASE_UNAVAILABLE', 'IDEMPOTENCY_KEY_BUSY']);

/**
 * Asks until `signal`, which is the deadline of all tries together. Only a question with an idempotency key is asked more than once: webhooks are
 * posted once and never again, so that what passes within seconds should not cost the notification. Throws TODOKU_UNAVAILABLE, CONFIGURATION_INVALID.
 */
export async function askTodoku(fetch: typeof globalThis.fetch, to: Settings, question: Question, signal: AbortSignal): Promise<Answered> {
  const mayRepeat = question.headers.has('idempotency-key');
  for (let tries = 0; ; tries += 1) {
    const answer = await askOnce(fetch, to, question, signal);
    if (answer !== null && !passing.has(answer.body.error?.code ?? '')) return answer;
    const pause = mayRepeat ? pauses[tries] : undefined;
    if (pause !== undefined && (await waited(pause, signal))) continue;
    if (answer !== null) return answer;
    throw new Refusal('TODOKU_UNAVAILABLE', signal.aborted ? late : undefined);
  }
}

const late = 'Todoku did not answer in time; it may have taken the request all the same.';

/** null: nobody answered, or something between did. */
async function askOnce(
  fetch: typeof globalThis.fetch,
  { target, apiKey }: Settings,
  question: Question,
  signal: AbortSignal,
): Promise<Answered | null> {
  const headers = new Headers(question.headers);
  headers.set('authorization', `Bearer ${apiKey}`);
  try {
    const response = await fetch(target, { method: 'POST', headers, body: question.body, redirect: 'manual', signal });
    const bytes = await readBounded(response.body, answerLimit, signal);
    return judge(response, bytesToBody(bytes));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return null;
  }
}

function judge({ status, headers }: Response, body: TodokuBody | null): Answered | null {
  if (body !== null && (status === 401 || status === 403))
    throw new Refusal('CONFIGURATION_INVALID', 'Todoku refuses TODOKU_API_KEY: it has to be a key with scope send that is not revoked.');
  if (body !== null) return { status, headers, body };
  if (status >= 500 || status === 429 || status === 408) return null;
  if (status === 413) throw new Refusal('BODY_TOO_LARGE', 'What stands before Todoku takes no body of this size.');
  throw new Refusal('CONFIGURATION_INVALID', `At TODOKU_URL something else than Todoku answers (HTTP ${status}).`);
}

/** null: not of Todoku's form. */
function bytesToBody(bytes: Uint8Array): TodokuBody | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value !== 'object' || value === null) return null;
    const { error, results, status, id } = value as Record<string, unknown>;
    const isOne = status === 'accepted' && typeof id === 'string';
    const isError = typeof error === 'object' && error !== null && typeof Reflect.get(error, 'code') === 'string';
    return isOne || isError || Array.isArray(results) ? (value as TodokuBody) : null;
  } catch {
    return null;
  }
}

/** false: the signal came first. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (isWhole: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(isWhole);
    };
    const abort = (): void => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}
